"""The frame around every command: exit codes, messages, streams."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest
import typer

from convcost import __version__
from convcost.cli import main as main_module
from convcost.cli.app import app_of
from convcost.cli.commands import COMMANDS
from convcost.cli.run import run
from tests.cli.probe import COMMANDS as PROBES

ROOT = Path(__file__).parents[2]
FULL = Path("/dev/full")
PLAIN = {
    name: value
    for name, value in os.environ.items()
    if name not in {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "CONVCOST_TRACEBACK"}
    and not name.startswith(("PYTHONIO", "PYTHONUTF8", "PYTHONUNBUFFERED"))
}


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in set(os.environ) - set(PLAIN):
        monkeypatch.delenv(name)


def probe(*args: str, **environ: str) -> subprocess.Popen[bytes]:
    """Start the probe command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.cli.probe", "probe", *args],
        cwd=ROOT,
        env=PLAIN | environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.mark.parametrize(
    ("ending", "code"),
    [("none", 0), ("budget", 1), ("spec", 2), ("system", 2), ("memory", 2), ("bug", 2)],
)
def test_exit_code(ending: str, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["probe", "--fail", ending], PROBES) == code
    assert capsys.readouterr().out == "4 × 3²\n"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["proob"], 'error: there is no command "proob"\nhint: did you mean "probe"?\n'),
        (
            ["\x1b[31m"],
            'error: there is no command "\\x1b[31m"\nhint: "convcost --help" lists the commands\n',
        ),
        (["probe", "--lin", "3"], 'error: no such option: --lin\nhint: did you mean "--lines"?\n'),
        (
            ["probe", "--fab"],
            'error: no such option: --fab\nhint: "convcost probe --help" shows the usage\n',
        ),
        (
            ["--lines"],
            'error: no such option: --lines\nhint: "convcost --help" shows the usage\n',
        ),
        (
            ["import"],
            'error: missing command\nhint: "convcost import --help" shows the usage\n',
        ),
        (
            ["probe", "--fail", "spec"],
            dedent("""\
                a.yaml:2:4: error: unexpected key "kernal"
                  |
                2 |   {kernal: 3}
                  |    ^~~~~~
                hint: did you mean "kernel"?
                """),
        ),
        (["probe", "--fail", "system"], "error: report.xml: Permission denied\n"),
        (["probe", "--fail", "recursion"], "error: the input is nested too deeply\n"),
        (["probe", "--fail", "memory"], "error: not enough memory\n"),
    ],
)
def test_every_mistake_reads_alike(
    args: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(args, PROBES) == 2
    assert capsys.readouterr().err == message


@pytest.mark.parametrize(
    ("color", "hint"),
    [("alway", 'did you mean "always"?'), ("", "it is auto, always or never")],
)
def test_wrong_color(color: str, hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["probe", "--color", color], PROBES) == 2
    assert capsys.readouterr().err == f'error: --color cannot be "{color}"\nhint: {hint}\n'


def test_bug_is_one_line_without_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["probe", "--fail", "bug"], PROBES) == 2
    error, hint, end = capsys.readouterr().err.split("\n")
    assert error == (
        "error: this is a bug in convcost: ZeroDivisionError: division by\\nzero \\x1b[31m"
    )
    assert "CONVCOST_TRACEBACK=1" in hint
    assert end == ""


@pytest.mark.parametrize("value", ["1", "yes"])
@pytest.mark.parametrize(
    "args",
    [
        *(["probe", "--fail", ending] for ending in ("spec", "system", "recursion", "memory")),
        ["probe", "--lines", "many"],
        ["proob"],
        [],
    ],
)
def test_what_is_no_bug_has_no_traceback(
    args: list[str],
    value: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(args, PROBES)
    without = capsys.readouterr()
    monkeypatch.setenv("CONVCOST_TRACEBACK", value)
    assert run(args, PROBES) == 2
    assert capsys.readouterr() == without


@pytest.mark.parametrize("value", ["", "0"])
def test_bug_shows_no_traceback_unasked(
    value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CONVCOST_TRACEBACK", value)
    for args in (["probe", "--fail", "bug"], ["broken"]):
        assert run(args, PROBES) == 2
        assert "Traceback" not in capsys.readouterr().err


def test_bug_shows_its_traceback_on_request(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CONVCOST_TRACEBACK", "1")
    assert run(["probe", "--fail", "bug"], PROBES) == 2
    message = capsys.readouterr().err
    assert message.startswith("Traceback (most recent call last):\n")
    assert "\x1b" not in message


def test_command_that_cannot_be_imported_is_a_bug(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["broken"], PROBES) == 2
    assert "this is a bug in convcost: ModuleNotFoundError" in capsys.readouterr().err


def test_help_lists_commands_without_importing_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"], PROBES) == 0
    assert "  broken  Cannot even be imported.\n" in capsys.readouterr().out


def test_no_command_says_what_this_is_but_passes_no_gate(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run([], PROBES) == 2
    streams = capsys.readouterr()
    assert streams.out == ""
    assert streams.err.startswith("Usage: convcost")
    assert max(map(len, streams.err.splitlines())) <= 60
    examples = [line.split() for line in streams.err.splitlines() if line.startswith("  convcost")]
    assert len(examples) == 3
    for _, *args in examples:
        assert run(args) == 0
    assert "docs/README.md" in streams.err
    assert (ROOT / "docs" / "README.md").exists()


@pytest.mark.parametrize(
    ("args", "usage"),
    [
        (["-h"], "Usage: convcost [OPTIONS] COMMAND"),
        (["help"], "Usage: convcost [OPTIONS] COMMAND"),
        (["help", "help"], "Usage: convcost [OPTIONS] COMMAND"),
        (["probe", "-h"], "Usage: convcost probe [OPTIONS]"),
        (["help", "probe"], "Usage: convcost probe [OPTIONS]"),
        (["help", "probe", "--lines", "3"], "Usage: convcost probe [OPTIONS]"),
        (["import", "-h"], "Usage: convcost import [OPTIONS] COMMAND"),
        (["import", "torch", "-h"], "Usage: convcost import torch [OPTIONS]"),
        (["help", "import", "torch"], "Usage: convcost import torch [OPTIONS]"),
    ],
)
def test_help(args: list[str], usage: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(args, PROBES) == 0
    streams = capsys.readouterr()
    assert streams.out.startswith(usage)
    assert streams.err == ""
    assert "-h, --help" in streams.out


def test_help_about_what_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["help", "prob"], PROBES) == 2
    assert 'did you mean "probe"?' in capsys.readouterr().err


def test_group_of_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["import", "torch"], PROBES) == 0
    assert capsys.readouterr().out == "from torch\n"


def test_two_dashes_before_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--", "import", "torch"], PROBES) == 0
    assert capsys.readouterr().out == "from torch\n"


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"convcost {__version__}\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_listed_help_is_that_of_the_command(name: str) -> None:
    found = typer.main.get_command(app_of(COMMANDS[name]))
    assert (found.help or "").partition("\n")[0] == COMMANDS[name].help


@pytest.mark.parametrize(
    ("option", "environ", "colored"),
    [
        ("auto", {}, False),
        ("auto", {"FORCE_COLOR": "1"}, True),
        ("auto", {"FORCE_COLOR": "0"}, False),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ("auto", {"GITHUB_ACTIONS": "true"}, False),
        ("always", {"NO_COLOR": "1"}, True),
        ("never", {"FORCE_COLOR": "1"}, False),
    ],
)
def test_color_of_both_streams(
    option: str,
    environ: dict[str, str],
    colored: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    run(["probe", "--fail", "spec", "--color", option], PROBES)
    streams = capsys.readouterr()
    assert ("\x1b[" in streams.out, "\x1b[" in streams.err) == (colored, colored)


def test_interrupt_while_starting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main_module, "_end_in_order", lambda asked: None)  # not this process's

    def interrupted(args: list[str]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("convcost.cli.run.run", interrupted)
    with pytest.raises(SystemExit) as exit_:
        main_module.main()
    assert exit_.value.code == 130


def test_interrupted_command_ends_quietly_with_130() -> None:
    with probe("--wait") as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    assert (process.returncode, out, err) == (130, b"", b"")


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_signal_ends_a_command_quietly(name: str) -> None:
    number = signal.Signals[name]
    with probe("--wait") as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(number)
        out, err = process.communicate()
    assert (process.returncode, out, err) == (128 + number, b"", b"")


def test_signal_that_is_ignored_stays_ignored() -> None:
    code = (
        "import os, signal, sys; signal.signal(signal.SIGHUP, signal.SIG_IGN); "
        "sys.argv[1:] = ['--version']; from convcost.cli import run; work = run.run; "
        "run.run = lambda args: (os.kill(os.getpid(), signal.SIGHUP), work(args))[1]; "
        "from convcost.cli.main import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
@pytest.mark.parametrize("moment", ["open", "write", "fsync", "chmod", "replace"])
def test_signal_leaves_no_temporary_file(tmp_path: Path, name: str, moment: str) -> None:
    """Whatever is being done to the file that is written, the signal arrives right behind it."""
    code = f"""\
import os, signal, sys
from convcost.cli.main import main
# A shell lets what runs in the background, or under nohup, ignore them.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
sys.argv[1:] = ["schema", "-o", {str(tmp_path / "made.json")!r}]
real = os.{moment}
def signalled(*args, **named):
    done = real(*args, **named)
    if {str(tmp_path)!r} in str(args[0]) or isinstance(args[0], int):
        for _ in range(2 - (signal.{name} == signal.SIGINT)):
            signal.raise_signal(signal.{name})
    return done
os.{moment} = signalled
main()
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=PLAIN, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (128 + signal.Signals[name], b"", b"")
    assert [path.name for path in tmp_path.iterdir()] in ([], ["made.json"])
    assert moment == "replace" or not (tmp_path / "made.json").exists()


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_reader_that_goes_away_ends_the_run_quietly(unbuffered: str) -> None:
    with probe("--lines", "100000", PYTHONUNBUFFERED=unbuffered) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read()
    assert (process.returncode, err) == (141, b"")


@pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")
def test_full_disk_is_one_message() -> None:
    with FULL.open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "tests.cli.probe", "probe"],
            cwd=ROOT,
            env=PLAIN,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr == b"error: cannot write the output: No space left on device\n"


def test_stream_that_knows_only_ascii() -> None:
    with probe(PYTHONIOENCODING="ascii") as process:
        out, err = process.communicate()
    assert (process.returncode, out, err) == (0, b"4 x 3^2\n", b"")
