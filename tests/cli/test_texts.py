"""Commands that take their values as texts, whatever the version of Typer would make of them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_origin

import pytest
import typer

from convcost.cli.app import app_of, group
from convcost.cli.commands import COMMANDS
from convcost.cli.failures import failure
from convcost.cli.options import Color
from convcost.cli.signatures import parameters
from convcost.cli.terminal import ColorChoice
from convcost.cli.texts import TextCommand
from convcost.errors import UsageError

Words = Annotated[list[str], typer.Argument(metavar="WORD...")]
Name = Annotated[str, typer.Option("--name", "-n")]
Tags = Annotated[list[str] | None, typer.Option("--tag")]
Loud = Annotated[bool, typer.Option("--loud")]
Note = Annotated[str | None, typer.Option("--note")]


def taken(*args: str) -> dict[str, Any]:
    """What a command's function is called with."""
    called: dict[str, Any] = {}

    def command(
        words: Words,
        name: Name,
        tags: Tags = None,
        loud: Loud = False,
        note: Note = None,
        padding: Annotated[str, typer.Option("--padding")] = "same",
        color: Color = "auto",
    ) -> None:
        called.update(
            words=words,
            name=name,
            tags=tags,
            loud=loud,
            note=note,
            padding=padding,
            color=color,
        )

    app = group()
    app.command(cls=TextCommand)(command)
    app(args=list(args), prog_name="command", standalone_mode=False)
    return called


def test_what_is_left_out_has_its_default() -> None:
    assert taken("--name", "x", "a") == {
        "words": ["a"],
        "name": "x",
        "tags": None,
        "loud": False,
        "note": None,
        "padding": "same",
        "color": "auto",
    }


def test_texts_arrive_as_they_were_typed() -> None:
    args = ("a", "-n=1", " 2 ", "--tag", "", "--loud", "--tag=\udce9", "--note", "-1", "--", "--x")
    assert taken(*args, "--name", "y") == {
        "words": ["a", " 2 ", "--x", "--name", "y"],
        "name": "=1",
        "tags": ["", "\udce9"],
        "loud": True,
        "note": "-1",
        "padding": "same",
        "color": "auto",
    }


def test_the_last_of_several_values_counts() -> None:
    assert taken("-n", "a", "--name=b", "w", "--color", "never", "--color", "always") == {
        "words": ["w"],
        "name": "b",
        "tags": None,
        "loud": False,
        "note": None,
        "padding": "same",
        "color": "always",
    }


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ([], "missing argument 'WORD...'"),
        (["a"], "missing option '--name' / '-n'"),
        (["a", "-n"], "option '-n' requires an argument"),
        (["a", "-n", "x", "--loud=1"], "option '--loud' does not take a value"),
        (["a", "-n", "x", "--bogus"], "no such option: --bogus"),
        (["a", "-n", "x", "--color", "red"], '--color cannot be "red"'),
    ],
)
def test_what_cannot_be_taken_is_said(args: list[str], message: str) -> None:
    with pytest.raises((typer.TyperException, UsageError)) as caught:
        taken(*args)
    (problem,) = failure(caught.value).problems
    assert problem.message == message


def test_too_many_arguments() -> None:
    app = group()
    app.command(cls=TextCommand)(lambda: None)
    with pytest.raises(typer.TyperException) as caught:
        app(args=["a\x1b", "b"], prog_name="command", standalone_mode=False)
    (problem,) = failure(caught.value).problems
    assert problem.message == "got unexpected extra argument(s) (a\x1b b)"


def test_help_needs_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert taken("--name", "x", "--help", "--color", "red") == {}
    assert capsys.readouterr().out.startswith("Usage: command [OPTIONS] WORD...\n")


def commands() -> Iterator[Any]:
    """Every command that ships, those within groups too."""
    for command in COMMANDS.values():
        found: Any = typer.main.get_command(app_of(command))
        yield from getattr(found, "commands", {"": found}).values()


@pytest.mark.parametrize("command", [*commands()], ids=lambda command: command.callback.__name__)
def test_every_parameter_is_a_text_or_a_flag(command: Any) -> None:
    assert isinstance(command, TextCommand)
    function: Any = command.callback
    types = {_type(each.annotation) for each in parameters(function)}
    assert types <= {str, str | None, list[str], list[str] | None, bool, ColorChoice}


def _type(annotation: Any) -> Any:
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


@pytest.mark.parametrize(
    "args",
    [
        "compare --in 3 --out 4 -k 3 --bias --color always --kind standard --format json",
        "explain depthwise-separable --in 3 --out 4 -k 3",
        "kinds",
        "eval specs/resnet50.yaml --summary",
        "check specs/resnet50.yaml --max-macs 5G",
        "compare --help",
        "compare --bogus",
    ],
)
def test_no_command_waits_for_pydantic(args: str) -> None:
    """Typer imports it from 0.29 on, to convert what is not text."""
    program = (
        "import sys; from convcost.cli.run import run; run(sys.argv[1:]);"
        "sys.exit('pydantic' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program, *args.split()], check=True)
