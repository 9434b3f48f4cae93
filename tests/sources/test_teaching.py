"""What unknown operations cost, in YAML of the user's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from convcost.errors import Problem, SpecError
from convcost.sources.imports.unknowns import Unknowns
from convcost.sources.teaching import Rules, Taught, read_rules

INS = ((1, 10, 6), (24, 6), (5, 24))
OUTS = ((1, 10, 5),)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return Path("rules.yaml")


def rules(path: Path, text: str) -> Rules:
    path.write_text(text)
    return read_rules([path])


def refused(path: Path, text: str) -> list[tuple[str, int, int]]:
    """Message, line and column of everything that is wrong, at the latest when it is asked for."""
    with pytest.raises(SpecError) as caught:
        rules(path, text)["mix"].cost(INS, OUTS)
    return [placed(problem) for problem in caught.value.problems]


def placed(problem: Problem) -> tuple[str, int, int]:
    assert problem.place
    return problem.message, problem.place.line, problem.place.col


@pytest.mark.parametrize(
    ("macs", "count"),
    [
        ("0", 0),
        ("1200", 1200),
        ('"${prod(ins[0]) * ins[1][0] + prod(outs[0]) * ins[-1][-1]}"', 60 * 24 + 50 * 24),
        ('"${len(ins) + len(ins[0])}"', 6),
        ('"${prod(ins[0][1:]) // 7}"', 8),
        ('"${max(ins[0][1], outs[0][2]) if ins[0] == outs[0] else min(3, 4)}"', 3),
        ('"${prod(outs[0][3:])}"', 1),
    ],
)
def test_counts_are_numbers_or_expressions_on_shapes(path: Path, macs: str, count: int) -> None:
    assert rules(path, f"mix: {{macs: {macs}}}")["mix"].cost(INS, OUTS) == Taught(count, None, None)


def test_a_block_needs_no_quotes_and_parameters_and_activations_may_be_said(path: Path) -> None:
    text = "own::mix:\n  macs: 7\n  params: ${ins[1][0] + 1}\n  activations: ${prod(outs[0])}\n"
    found = rules(path, text)
    assert found["own.mix"].cost(INS, OUTS) == Taught(7, 25, 50)
    assert found["own.mix"].cost(INS, OUTS).fields == {
        "macs": 7,
        "activations": 50,
        "counted": True,
    }


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("[1]", [("rules must be a mapping", 1, 1)]),
        ("mix: 5", [("what mix costs must be a mapping", 1, 6)]),
        ("mix: {}", [("the rule for mix needs macs", 1, 6)]),
        (
            "mix: {macs: -1, params: 1.5, activations: [1]}",
            [
                ("macs must be a whole number of at least 0, not -1", 1, 13),
                ("params must be a whole number of at least 0, not 1.5", 1, 25),
                ("activations must be a whole number of at least 0, not several values", 1, 43),
            ],
        ),
        ("mix: {macs: true}", [("macs must be a whole number of at least 0, not True", 1, 13)]),
        (
            "mix: {mac: 1}",
            [
                ('unexpected key "mac" in the rule for mix', 1, 7),
                ("the rule for mix needs macs", 1, 6),
            ],
        ),
        (
            'mix: {macs: "${inz[0]}"}\nb: {macs: "${in[0]}"}',
            [
                ('"inz" is not defined', 1, 13),
                ("in ${in[0]}: this cannot be read as an expression", 2, 11),
            ],
        ),
        (
            'mix: {macs: "${ins.count(1)}"}',
            [("in ${ins.count(1)}: only a function can be called", 1, 13)],
        ),
        (
            'mix: {macs: "${sum(ins[0])}"}',
            [('in ${sum(ins[0])}: there is no function "sum"', 1, 13)],
        ),
        (
            'mix: {macs: "${ins[0][0] / 3}"}',
            [("macs must be a whole number of at least 0, not 0.3333333333333333", 1, 13)],
        ),
        (
            'mix: {macs: "${0 - ins[0][1]}"}',
            [("macs must be a whole number of at least 0, not -10", 1, 13)],
        ),
        (
            'mix: {macs: "${ins[0]}"}',
            [("macs must be a whole number of at least 0, not several values", 1, 13)],
        ),
        (
            'mix: {macs: "${ins[3][0]}"}',
            [
                (
                    "in ${ins[3][0]}: there is no such number or shape",
                    1,
                    13,
                )
            ],
        ),
        *(
            (
                f'mix: {{macs: "${{{text}}}"}}',
                [(f"in ${{{text}}}: there is no such number or shape", 1, 13)],
            )
            for text in ("ins[0.5]", "ins['a']", "ins[0][::0]", "prod()", "len(ins, 3)")
        ),
        (
            'mix: {macs: "${ins[0] * 10**9}"}',
            [
                (
                    'in ${ins[0] * 10**9}: "(1, 10, 6)" is a shape, of which x[0] is a number',
                    1,
                    13,
                )
            ],
        ),
        (
            'mix: {macs: "${prod(ins)}"}',
            [("in ${prod(ins)}: prod takes one shape, as in prod(outs[0])", 1, 13)],
        ),
        (
            'mix: {macs: "${len(3)}"}',
            [("in ${len(3)}: len takes a shape, as in len(ins[0])", 1, 13)],
        ),
        (
            'mix: {macs: "${10**18 * ins[0][1]}"}',
            [("in ${10**18 * ins[0][1]}: a number beyond 10^18", 1, 13)],
        ),
        (
            'mix: {macs: "x${ins[0][0]}"}',
            [("macs must be a whole number of at least 0, not x${ins[0][0]}", 1, 13)],
        ),
    ],
)
def test_what_is_no_rule_is_refused_at_its_place(
    path: Path, text: str, problems: list[tuple[str, int, int]]
) -> None:
    assert refused(path, text) == problems


def test_hints_name_what_was_meant(path: Path) -> None:
    with pytest.raises(SpecError) as caught:
        rules(path, 'mix: {macs: "${prd(ins[0])}", param: 3, activations: "${out[0][0]}"}')
    assert [problem.hint for problem in caught.value.problems] == [
        'did you mean "prod"?',
        'did you mean "params"?',
        'did you mean "outs"?',
    ]


def test_files_are_read_together_and_no_operation_has_two_rules(path: Path) -> None:
    other = Path("other.yaml")
    other.write_text("own.mix: {macs: 1}\nroll: {macs: 0}\n")
    path.write_text("own::mix: {macs: 2}\n")
    assert set(read_rules([other])) == {"own.mix", "roll"}
    with pytest.raises(SpecError, match=r"rules\.yaml:1:1: there are two rules for own::mix"):
        read_rules([other, path])


def test_rules_that_nothing_asked_for_are_noted_with_what_was_meant(path: Path) -> None:
    found = Unknowns(rules(path, "sihn: {macs: 0}\nfft: {macs: 0}\nmix: {macs: 3}\n"))
    assert found.cost("mix", INS, OUTS) == Taught(3, None, None)
    assert found.cost("sinh", INS, OUTS) is None
    assert dict(found.counts) == {"sinh": 1}
    (note,) = found.idle()
    assert note == '--with: no unknown operation is called sihn, fft; did you mean "sinh"?'
    assert Unknowns().idle() == ()
