"""The fuzzer: an input is always the same, and every oracle fires at what it is there for."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from importlib import import_module
from itertools import islice, pairwise
from pathlib import Path

import pytest

from benchmarks.fuzzing import execute, worker
from benchmarks.fuzzing import protobuf as pb
from benchmarks.fuzzing.case import (
    CANARY,
    OUTSIDE,
    SECRET,
    Call,
    Case,
    Fault,
    Outcome,
    Step,
    Write,
)
from benchmarks.fuzzing.families import ALONE, FAMILIES, draw, family_of, indices_of
from benchmarks.fuzzing.oracles import ORACLES, Results, faults_of, is_evaluated
from benchmarks.fuzzing.summary import Summary, one_line, told
from convcost import evaluate, load

ROOT = Path(__file__).parents[1]
SEED = 7
EVAL = Call(("eval", "net.yaml", "--format", "json"), "net", (108, 6912))
CHECK = Call(("check", "net.yaml", "--format", "json"))
REFUSED = Outcome(2, err='net.yaml:1:1: error: "x" is wrong\nhint: write y\n')


def result(**changes: object) -> str:
    layer = {"name": "1", "params": 108, "macs": 6912, "activations": 256}
    network = {"name": "net", "params": 108, "macs": 6912, "activations": 256, "layers": [layer]}
    document = {"schema": "convcost.eval/1", "networks": [network | changes], "problems": []}
    return json.dumps(document)


def verdict(**changes: object) -> str:
    check = {"passed": True, "level": "error", "baseline": None, "actual": 1, "limit": 2}
    document = {"schema": "convcost.check/1", "passed": True, "findings": [], "problems": []}
    return json.dumps(document | {"checks": [check | changes]})


def digest(inputs: int) -> str:
    made = hashlib.sha256()
    for index in range(inputs):
        made.update(repr(draw(SEED, index)).encode("utf-8", "surrogatepass"))
    return made.hexdigest()


def test_an_input_depends_on_its_seed_and_index_alone() -> None:
    assert [draw(SEED, index) for index in (3, 977)] == [draw(SEED, index) for index in (3, 977)]
    assert draw(SEED, 3) != draw(SEED + 1, 3)
    code = f"from tests.test_fuzz import digest; print(digest({400}))"
    for hash_seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        command = [sys.executable, "-c", code]
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, cwd=ROOT, env=environment
        )
        assert done.stdout.strip() == digest(400)


def test_every_family_has_its_turn_and_stays_below_a_megabyte() -> None:
    assert {family_of(index) for index in (*range(20), *ALONE.values())} == set(FAMILIES)
    for index in range(2000):
        case = draw(SEED, index)
        assert case.family == family_of(index)
        assert sum(len(step.data) for step in case.steps if isinstance(step, Write)) < 2**20


GOOD: tuple[Results, ...] = (
    [(EVAL, Outcome(0, result()))],
    [(EVAL, REFUSED)],
    [(CHECK, Outcome(0, verdict()))],
    [(EVAL, Outcome(0, result())), (EVAL._replace(args=("eval", "net.yaml")), Outcome(0, "x"))],
    [(Call(("check", "a", "--format", "github")), Outcome(1, "::error file=a::b\n"))],
    [(Call(("eval", "a", "--format", "csv")), Outcome(0, "network,macs\na,-1\n"))],
    [(Call(("eval", "a", "--format", "markdown")), Outcome(0, "| a |\n| --- |\n| `@x` |<br>\n"))],
    [(Call(("export", "pytorch", "a")), Outcome(0, "class A:\n    x = len('a')\n"))],
)


@pytest.mark.parametrize("results", GOOD)
def test_no_oracle_fires_at_what_is_right(results: Results) -> None:
    assert faults_of(results) == []


def test_an_input_is_evaluated_where_its_first_call_gave_a_result() -> None:
    assert is_evaluated([(EVAL, Outcome(0)), (CHECK, REFUSED)])
    assert is_evaluated([(CHECK, Outcome(1))])
    assert not is_evaluated([(EVAL, REFUSED), (CHECK, Outcome(0))])
    assert not is_evaluated([])


BAD: tuple[tuple[str, str, Outcome], ...] = (
    ("raised", "eval a", Outcome(None, raised="ValueError at x.py:f")),
    ("hang", "eval a", Outcome(None, raised="never ends")),
    ("hang", "eval a", Outcome(None, raised="waits for ever")),
    ("aftermath", "", Outcome(0, raised="a temporary file was left behind")),
    ("code", "eval a", Outcome(3)),
    ("code", "eval a", Outcome(-9)),
    ("bug", "eval a", Outcome(2, err="error: this is a bug in convcost: ValueError: x\nhint: y\n")),
    ("bug", "eval a", Outcome(2, '{"message": "this is a bug in convcost: ValueError: x"}')),
    ("bug", "eval a", Outcome(2, err="Traceback (most recent call last):\nx: error: y\n")),
    ("slow", "eval a", REFUSED._replace(seconds=3.5)),
    ("memory", "eval a", REFUSED._replace(megabytes=300)),
    ("memory", "eval a", Outcome(0, megabytes=2000)),
    ("memory", "eval a", Outcome(2, err="error: not enough memory\nhint: x\n")),
    ("silence", "eval a", Outcome(2)),
    ("silence", "eval a", Outcome(0, err="net.yaml:1: error: x\n")),
    ("remedy", "eval a", Outcome(2, err="error: it went wrong\n")),
    ("leak", "check", Outcome(2, err=f"x.toml:1: error: {SECRET}\n")),
    ("leak", "lock", Outcome(0, written=(("x", SECRET.encode()),))),
    ("log", "eval a", Outcome(0, "x\n \u3000::add-mask::x\n")),
    ("log", "eval a", Outcome(0, "x ##[group]y\n")),
    ("log", "eval a", Outcome(0, "x ##vso[task]y\n")),
    ("log", "eval a", Outcome(0, "x\x1b[1m\n")),
    ("log", "eval a", Outcome(0, "x\u202ey\n")),
    ("log", "eval a", Outcome(0, "::error::x\n")),
    ("annotated log", "check a --format github", Outcome(1, "::add-mask::x\n")),
    ("json", "eval a --format json", Outcome(0, "{")),
    ("json", "eval a --format json", Outcome(0, '{"schema": "convcost.x/1", "a": 1, "a": 2}')),
    ("json", "eval a --format json", Outcome(0, '{"a": 1}')),
    ("json", "eval a --format json", Outcome(0, '{"schema": "convcost.\u00e9"}')),
    ("json", "eval a --format json", Outcome(0, result(macs=6913))),
    ("json", "check a --format json", Outcome(1, verdict(passed=False))),
    ("json", "check a --format json", Outcome(0, verdict(passed=None))),
    ("json", "check a --format json", Outcome(0, verdict(actual=3))),
    ("json", "check a --output json=a.json", Outcome(0, written=(("a.json", b"{"),))),
    ("csv", "eval a --format csv", Outcome(0, "a,b\n1\n")),
    ("csv", "eval a --format csv", Outcome(0, "a\n=1+1\n")),
    ("csv", "eval a --format csv", Outcome(0, "a\n\u3000＝1+1\n")),
    ("csv", "eval a --format csv", Outcome(0, 'a\n" @SUM(A1)"\n')),
    *(
        ("markdown", "eval a --format markdown", Outcome(0, text))
        for text in (
            *("<img src=x>", "a <b onclick=x>c</b>", "[a](b)", "![a](b)", "<http://a.b>", "\\@a"),
            *(
                "see https://a.b",
                "www.a.b",
                "a@b.c",
                "a/b#1",
                "&#35;1",
                "GH-1",
                "| a |\n|---|\n| #1 |",
            ),
        )
    ),
    ("python", "export pytorch a", Outcome(0, "self. = 1\n")),
    ("python", "export pytorch a", Outcome(0, "class A: pass\nclass A: pass\n")),
    ("python", "export pytorch a", Outcome(0, "def f(x):\n    return y\n")),
    ("python", "export pytorch a", Outcome(0, "def f(self):\n    self.forward = 1\n")),
    ("python", "export pytorch a", Outcome(0, "def __init__(self):\n    self.a = self.a = 1\n")),
    ("sarif", "check a --format sarif", Outcome(0, "{}")),
    ("gitlab", "check a --format gitlab", Outcome(1, '[{"fingerprint": 1}, {"fingerprint": 1}]')),
    ("gitlab", "check a --format gitlab", Outcome(0, "{")),
    ("junit", "check a --format junit", Outcome(0, "<a><b></a>")),
)


@pytest.mark.parametrize(("oracle", "words", "outcome"), BAD)
def test_every_oracle_fires(oracle: str, words: str, outcome: Outcome) -> None:
    assert oracle in [fault.oracle for fault in faults_of([(Call(tuple(words.split())), outcome)])]


def test_a_summary_of_a_job_is_read_as_markdown() -> None:
    env = (("GITHUB_ACTIONS", "true"), ("GITHUB_STEP_SUMMARY", "sum.md"))
    outcome = Outcome(0, written=(("sum.md", b"[a](b)"),))
    assert [fault.oracle for fault in faults_of([(CHECK._replace(env=env), outcome)])][-1:] == [
        "markdown"
    ]


def test_other_figures_than_counted_are_a_fault() -> None:
    wrong = result(params=109, layers=[])
    assert [fault.oracle for fault in faults_of([(EVAL, Outcome(0, wrong))])] == ["count"]


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("table", "109 params\n6,912 MACs (6.91 k)\n"),
        ("csv", "layer,params,macs\n1,108,6900\n2,0,13\n"),
        ("markdown", "**108 params · 6,913 MACs (6.91 k) · 256 activations**\n"),
    ],
)
def test_formats_that_disagree_are_a_fault(form: str, text: str) -> None:
    other = EVAL._replace(args=("eval", "net.yaml", "--format", form), counts=None)
    found = faults_of([(EVAL, Outcome(0, result())), (other, Outcome(0, text))])
    assert [fault.oracle for fault in found] == ["disagreement"]


def test_a_refusal_after_a_result_is_a_fault_and_not_the_other_way_round() -> None:
    found = faults_of([(EVAL, Outcome(0, result())), (EVAL, REFUSED)])
    assert [fault.oracle for fault in found] == ["disagreement"]
    assert faults_of([(EVAL, REFUSED), (EVAL, Outcome(0, result()))]) == []


def test_a_broken_promise_is_a_fault_unless_the_case_was_refused_before() -> None:
    promised = CHECK._replace(never=(0,), because="it cannot be")
    passed = Outcome(0, verdict())
    assert [fault.oracle for fault in faults_of([(promised, passed)])] == ["promise"]
    assert faults_of([(EVAL, REFUSED), (promised, passed)]) == []


def run_as(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Let convcost's `run` do something else."""

    def run(args: list[str]) -> int:
        exec(code, {"args": args})  # noqa: S102 (the lines below)
        return 0

    monkeypatch.setattr(import_module("convcost.cli.run"), "run", run)


def faults_of_running(folder: Path, *steps: Step) -> list[str]:
    results = execute.perform(Case("specs", steps or (Call(("eval", "x")),)), folder)
    return [str(fault) for fault in faults_of(results)]


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("while True: pass", "hang: never ends (eval)"),
        ("import time; time.sleep(60)", "hang: waits for ever (eval)"),
        ("raise KeyError", "raised: KeyError at"),
        ("print('##vso[x]')", "log: text that a log acts on"),
        (f"import {CANARY}", "aftermath: a module of the checked folder was imported"),
        (f"open('{CANARY}.ran', 'w').close()", "aftermath: a module of the checked folder"),
        ("open('../outside/new', 'w').close()", "aftermath: a file outside of the folder"),
        ("open('.convcost.lock.x1', 'w').close()", "aftermath: a temporary file was left behind"),
        ("import shutil; shutil.copy('../outside/secret.txt', 'x')", "leak: copies a file"),
    ],
)
def test_what_a_command_does_is_seen(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: str, fault: str
) -> None:
    monkeypatch.setattr(execute, "MOST_SECONDS", 0.3)
    monkeypatch.setattr(execute, "IDLE_SECONDS", 0.3)
    run_as(monkeypatch, code)
    assert any(found.startswith(fault) for found in faults_of_running(tmp_path / "case"))


def test_memory_is_measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    run_as(monkeypatch, "bytearray(300 * 2**20); raise SystemExit(2)")
    if not Path("/proc/self/clear_refs").exists():
        pytest.skip("only Linux says what a process needed at its peak")
    (_, outcome), *_ = execute.perform(Case("specs", (Call(("eval", "x")),)), tmp_path / "case")
    assert outcome.megabytes > 250


def test_a_case_stands_where_it_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    run_as(monkeypatch, "import pathlib as p; print(p.Path('x').read_text(), args, p.Path.cwd())")
    steps = (Write("x", OUTSIDE.encode()), Call(("eval", OUTSIDE)), Call(("eval",), needs="y"))
    ((_, outcome),) = execute.perform(Case("specs", steps), tmp_path / "case")
    outside = str(tmp_path / "case" / "outside")
    assert outcome.out == f"{outside} {['eval', outside]} {tmp_path / 'case' / 'work'}\n"


def test_an_input_that_kills_its_process_is_found_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def judge(seed: int, index: int, case: Case, folder: Path) -> worker.Verdict:
        if index == 1:
            os._exit(7)
        return worker.Verdict(index, case.family, True, ())

    monkeypatch.setattr(worker, "judge", judge)
    verdicts = list(worker.verdicts(SEED, range(4), jobs=2))
    assert {each.number: [str(fault) for fault in each.faults] for each in verdicts} == {
        0: [],
        1: ["death: the process ended with 7"],
        2: [],
        3: [],
    }


def test_a_process_that_nothing_can_stop_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    def judge(seed: int, index: int, case: Case, folder: Path) -> worker.Verdict:
        time.sleep(60 if index == 0 else 0)
        return worker.Verdict(index, case.family, True, ())

    monkeypatch.setattr(worker, "judge", judge)
    monkeypatch.setattr(worker, "warm_up", lambda folder: None)
    monkeypatch.setattr(worker, "SILENT_SECONDS", 0.5)
    first, second = worker.verdicts(SEED, range(2))
    assert [fault.oracle for fault in first.faults] == ["hang"]
    assert (second.number, second.faults) == (1, ())


def test_the_summary_groups_by_fault_and_says_how_to_see_it_again(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    summary = Summary(SEED, tmp_path)
    (fault,) = faults_of([(CHECK, Outcome(3))])
    for number in (2, 5):
        summary.add(worker.Verdict(number, "onnx", True, (fault,)))
    summary.add(worker.Verdict(6, "specs", False, ()))
    assert summary.told() == 1
    said = capsys.readouterr().out
    assert "2 x code: exit code 3" in said
    assert f"python benchmarks/fuzz.py --replay {SEED}:2" in said
    assert " 66.7 % evaluated" in said
    assert "code: exit code 3" in (tmp_path / f"{SEED}-2" / "README").read_text(encoding="utf-8")
    assert Summary(SEED).told() == 0


def test_what_is_slow_only_beside_others_is_no_finding(capsys: pytest.CaptureFixture[str]) -> None:
    summary = Summary(SEED)
    slow, hang, code = (Fault(each, "x") for each in ("slow", "hang", "code"))
    for number in range(5):
        summary.add(worker.Verdict(number, "specs", False, (slow, hang, code)))
    assert summary.doubts() == [0, 1, 2]
    summary.excuse([worker.Verdict(1, "specs", False, (hang,))])
    assert set(summary.found) == {hang, code}
    assert "not where it runs alone: 5 x slow: x" in capsys.readouterr().out


def test_broken_files_are_files_that_were_right() -> None:
    pytest.importorskip("onnx")
    start = ALONE["broken"]
    assert list(islice(indices_of(["broken"]), 2)) == [start, start + 1]
    for index in range(start, start + 50):
        (written, *_) = draw(SEED, index).steps
        assert isinstance(written, Write)
        assert 0 < len(written.data) < 100_000


def test_files_of_tensorflow_lite_cost_what_was_drawn(tmp_path: Path) -> None:
    pytest.importorskip("tflite")
    known = 0
    for index in islice(indices_of(["tflite"]), 60):
        written, call, *_ = draw(SEED, index).steps
        assert isinstance(written, Write)
        assert isinstance(call, Call)
        if call.counts:
            (tmp_path / "net.tflite").write_bytes(written.data)
            given = [said for option, said in pairwise(call.args) if option == "--input"]
            report = evaluate(load(tmp_path / "net.tflite", input_shape=given or None))
            assert (report.params, report.macs) == call.counts
            known += 1
    assert known


def test_keras_files_are_drawn_where_they_are_asked_for() -> None:
    start = ALONE["keras"]
    assert next(indices_of(["keras"])) == start
    assert {family_of(index) for index in (start, start + 7)} == {"keras"}
    for index in range(start, start + 50):
        (written, *_) = draw(SEED, index).steps
        assert isinstance(written, Write)
        assert written.path in ("net.keras", "net.h5")


def test_a_message_is_read_as_it_was_written() -> None:
    node = pb.node("Relu", ["x"], ["y"], "own", {"a": 3, "b": 0.5, "c": [1, 2], "d": "text"})
    raw = pb.model(pb.graph([node], {"x": (1, 3)}, ["y"], [pb.numbers("n", [-1, 2])]))
    made = pb.decoded(raw)
    assert made is not None
    assert pb.encoded(made) == raw
    assert pb.decoded(raw[:-1]) is None


def test_every_case_can_be_told() -> None:
    for index in range(200):
        assert all(line.isprintable() or "\n" in line for line in told(draw(SEED, index)))
        assert one_line(SEED, index).startswith("python benchmarks/fuzz.py --replay ")


def test_it_runs_as_a_script() -> None:
    command = [sys.executable, "benchmarks/fuzz.py", "--inputs", "2", "--only", "expressions"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert "seed 1, 2 inputs" in done.stdout
    assert done.returncode in (0, 1)
    again = [sys.executable, "benchmarks/fuzz.py", "--replay", "1:6"]
    done = subprocess.run(again, capture_output=True, text=True, check=False, cwd=ROOT)
    assert "[exit code " in done.stdout


def test_no_oracle_is_left_untried() -> None:
    fired = {
        fault.oracle
        for _, words, outcome in BAD
        for fault in faults_of([(Call(tuple(words.split())), outcome)])
    }
    assert len(ORACLES) == 7, "a new oracle needs an outcome in BAD"
    assert fired >= {"code", "bug", "slow", "silence", "leak", "json"}
