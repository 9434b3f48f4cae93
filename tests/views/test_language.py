"""Texts of output languages, and that nothing gets into them but by their escapes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import convcost
from convcost.errors import UsageError
from convcost.views.check.github import Commands
from convcost.views.check.junit import Xml
from convcost.views.check.sarif import message
from convcost.views.formats import OWN, PICTURES, formats_of, results_with
from convcost.views.html import Html
from convcost.views.jsontext import Json
from convcost.views.language import Language
from convcost.views.latex import Latex
from convcost.views.markdown import Markdown
from convcost.views.pictures.svg import Svg
from convcost.views.source import Source
from convcost.views.spreadsheet import Csv
from convcost.views.text import Figure, Printable

PACKAGE = Path(convcost.__file__).parent
LANGUAGES = {
    each.__name__: each
    for each in (
        Printable,
        Figure,
        Markdown,
        Html,
        Svg,
        Latex,
        Csv,
        Json,
        Xml,
        Commands,
        Source,
        Language,
    )
}
# Where text that is in order already is taken for it: in the languages, in tables, which are typed
# to hold nothing else, and may be long, and in pages, whose style and script are the program's.
MAKERS = {
    "check/github.py",
    "figures.py",
    "grid.py",
    "jsontext.py",
    "language.py",
    "markdown.py",
    "pictures/svg.py",
    "report/frame.py",
    "richtable.py",
    "spreadsheet.py",
}


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call in views and commands, with its module."""
    for folder in (PACKAGE / "views", PACKAGE / "cli"):
        for path in sorted(folder.rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    yield path.relative_to(folder).as_posix(), node


def test_templates_are_the_program_s_own_words() -> None:
    found = [
        (module, node)
        for module, node in calls()
        if ast.unparse(node.func) in {f"{name}.of" for name in (*LANGUAGES, "cls")}
    ]
    assert len(found) > 50
    for module, node in found:
        assert isinstance(node.args[0], ast.Constant), f"{module}:{node.lineno}"


def test_only_languages_and_tables_take_text_as_it_is() -> None:
    made = {module for module, node in calls() if ast.unparse(node.func).endswith("._made")}
    assert made == MAKERS
    figures = {
        module
        for module, node in calls()
        if ast.unparse(node.func).partition(".")[0] == "Figure" and node.args
    }
    assert figures == {"figures.py"}


RENDERERS = [
    *(f"formats.{name}" for name in formats_of("eval") if name not in PICTURES),
    *(f"pictures.{result}" for result in results_with("svg")),
    *(f"{result}.{name}" for result, names in OWN.items() for name in names),
]


@pytest.mark.parametrize("name", RENDERERS)
def test_every_renderer_gives_a_language(name: str) -> None:
    module = import_module(f"convcost.views.{name}")
    assert module.render.__annotations__["return"] in LANGUAGES


@pytest.mark.parametrize("language", [Printable, Markdown, Html, Latex, Csv, Json, Xml, Commands])
def test_what_is_joined_in_is_escaped_once(language: type[Language]) -> None:
    raw = 'a\n##[x] <b>&"%'
    escaped = language(raw)
    assert escaped != raw
    assert "\n" not in escaped
    assert "##[" not in escaped
    assert language(escaped) is escaped
    assert language.of("{}-{:>3}", raw, 7) == f"{escaped}-  7"
    assert language.of("|").join([raw, escaped]) == f"{escaped}|{escaped}"
    assert type(language.of("|").join([raw])) is language


def test_a_language_has_an_escape() -> None:
    with pytest.raises(NotImplementedError):
        Language("a")


def test_properties_of_commands() -> None:
    assert Commands.property("a:b,c%\n") == r"a%3Ab%2Cc%25\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("stage[0].conv", "stage[0].conv"),
        ("[a](1)", r"\[a\](1)"),
        (r"[a\](1)", r"\[a\\\](1)"),
    ],
)
def test_messages_of_sarif_hold_no_links(text: str, said: str) -> None:
    assert message(text) == said


@pytest.mark.parametrize(
    "text", ["a\n ::b", "##[a]", "x ##vso[a]", "\x1b[31m", "\x9b", "a\rb", "\x00"], ids=ascii
)
def test_a_file_that_would_act_is_no_source(text: str) -> None:
    with pytest.raises(UsageError, match="would act on the terminal"):
        Source(text)


def test_a_file_is_shown_as_it_is() -> None:
    text = "# a: b ::c \u5377\u7a4d\r\n\tname: x # [y]\n"
    assert Source(text) == text
