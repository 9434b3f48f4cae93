"""Names that would act, in every place that takes one and every format that shows it."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from base64 import b64encode
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import cycle
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from convcost.views.formats import formats_of
from tests.cli.hostile import NAMES, Fragment, Page, Tex, commands, printable
from tests.cli.projects import write
from tests.cli.runner import Outcome, Runner
from tests.views.report.reading import Page as PageReader
from tests.views.samples import written

SHOWN = [printable(name) for name in NAMES]
NO_COMMAND = re.compile(r"\\x([0-9a-f]{2})")
CONVENTION = "ours.yaml"
OF_LOGS = NAMES[: NAMES.index("=1+1")]
OF_CONVENTIONS = [name for name in NAMES if len(name) <= 40]


def quoted(name: str) -> str:
    """YAML takes JSON's strings, but for the surrogates that `ensure_ascii` makes."""
    text = json.dumps(name, ensure_ascii=False)
    return "".join(
        char if char.isprintable() and char != "\ufeff" else f"\\U{ord(char):08x}" for char in text
    )


def spec(name: str, layers: Sequence[str], more: str = "") -> str:
    lines = [f"  - {{name: {quoted(each)}, kind: standard, m: 4, k: 3}}" for each in layers]
    return "\n".join([f"name: {quoted(name)}", "input: 3x8x8", more, "layers:", *lines, ""])


def file_name(number: int, name: str) -> str:
    """A file name takes what the name has but `/` and NUL, and 255 bytes."""
    stem = name.replace("/", "_").replace("\x00", "_")[:60]
    return f"specs/{stem}{number}.yaml"


@pytest.fixture
def names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sequence[str]:
    """A folder with a spec for each name, one with all of them as its layers, a convention."""
    monkeypatch.chdir(tmp_path)
    write({file_name(at, name): spec(name, [name]) for at, name in enumerate(NAMES)})
    write({"all.yaml": spec("all", [*NAMES, "last"], "budgets: {params: 1, layer_macs: 1}")})
    write({"few.yaml": spec(NAMES[0], ["last"])})
    return NAMES


HTML_TAGS = {
    *("h3", "p", "br", "strong", "ul", "li", "dl", "dt", "dd", "details", "summary"),
    *("table", "thead", "tbody", "tfoot", "tr", "th", "td"),
}

# Readers, none of them this program's own.


def check_people(text: str) -> None:
    assert not commands(text)
    assert all(line.isprintable() for line in text.split("\n"))


def check_csv(text: str) -> None:
    assert not commands(text)
    rows = list(csv.reader(io.StringIO(text)))
    assert len({len(row) for row in rows}) == 1
    assert len(rows) == text.count("\n"), "a field's line is a line of its own"
    for field in (field for row in rows for field in row):
        assert field.isprintable()
        # In half of Europe a semicolon parts the fields of a line.
        for part in [field, *field.split(";")[1:]]:
            start = unicodedata.normalize("NFKC", part.lstrip(' "\u034f\ufe0f'))[:1]
            assert start not in tuple("=+-@\t\r") or re.fullmatch(r"-?\d+(\.\d+)?", field), field


def check_json(text: str) -> None:
    assert not commands(text)
    assert text.isascii()
    json.loads(text)


def check_markdown(text: str) -> None:
    assert not commands(text)
    assert not Page(text).acting()


def check_html(text: str) -> None:
    assert not commands(text)
    attributes = {"", "scope=col", "style=text-align:right", "scope=col style=text-align:right"}
    assert {tag for tag, _ in Fragment(text).tags} <= HTML_TAGS
    assert {each for _, each in Fragment(text).tags} <= attributes


def check_page(text: str) -> None:
    assert not commands(text)
    page = PageReader(text)
    policy = next(attrs["content"] or "" for tag, attrs in page.tags if "http-equiv" in attrs)
    assert policy.startswith("default-src 'none'")
    for _, attrs in page.tags:
        assert not [name for name in attrs if name.startswith("on") or name in ("src", "action")]
        assert (attrs.get("href") or "#").startswith("#")
    for own in (*page.texts.get("script", ()), *page.texts["style"]):
        digest = b64encode(sha256(own.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy


def check_latex(text: str) -> None:
    assert not commands(text)
    assert not Tex(text).acting


def check_xml(text: str) -> None:
    assert not commands(text)
    ElementTree.fromstring(text)  # noqa: S314 - our own output


ANNOTATION = re.compile(r"::(error|warning) (title=convcost[^:]*)::(.*)")


def workflow_commands(text: str) -> Iterator[tuple[dict[str, str], str]]:
    """Commands as GitHub's runner reads them: a line each."""
    for line in text.splitlines():
        found = ANNOTATION.fullmatch(line)
        assert found, line
        pairs = (pair.partition("=") for pair in found[2].split(","))
        yield {key: unescaped(value) for key, _, value in pairs}, unescaped(found[3])


def unescaped(text: str) -> str:
    for code, char in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        text = text.replace(code, char)
    return text


def check_github(text: str) -> None:
    for properties, message in workflow_commands(text):
        assert properties.keys() <= {"title", "file", "line", "col", "endLine", "endColumn"}
        assert all(each.isprintable() for each in (*properties.values(), message))
        assert not commands(message)
    assert not any("##[" in line for line in text.splitlines())


def check_sarif(text: str) -> None:
    check_json(text)
    (run,) = json.loads(text)["runs"]
    for result in run["results"]:
        # A link of SARIF's is [text](target), where neither bracket has a backslash.
        said = re.sub(r"\\.", "", result["message"]["text"])
        assert not re.search(r"\[[^\]]*\]\(", said)


READERS = {
    **dict.fromkeys(("table", "concise", "total"), check_people),
    **dict.fromkeys(("json", "gitlab"), check_json),
    "csv": check_csv,
    "markdown": check_markdown,
    "html": check_html,
    "report": check_page,
    "latex": check_latex,
    "junit": check_xml,
    "github": check_github,
    "sarif": check_sarif,
}


def is_plain(path: str) -> bool:
    """Whether a lock file can record it."""
    return path.isprintable() and "\\" not in path


def read(outcome: Outcome, format_name: str, *codes: int) -> str:
    """The result, once nothing in it or beside it acts."""
    assert outcome.code in codes, outcome.err
    assert "this is a bug" not in outcome.err
    check_people(outcome.err)
    if outcome.out or outcome.code != 2:
        READERS[format_name](outcome.out)
    return outcome.out


def plain(text: str) -> str:
    """Text for people with `::` and `##[` in it again."""
    return re.sub(r"\\x(3a|23|73)", lambda found: chr(int(found[1], 16)), text)


def texts(format_name: str, text: str) -> set[str]:
    """The fields and texts that a format holds, as its readers show them."""
    match format_name:
        case "csv":
            rows = csv.reader(io.StringIO(text))
            return {plain(field) for row in rows for field in (*row, *(f[1:] for f in row))}
        case "json":
            return {printable(each) for each in strings(json.loads(text))}
        case "markdown":
            return set(Page(text).texts)
        case "html":
            return set(Fragment(text).raw)
        case "latex":
            return set(Tex(text).texts)
    raise AssertionError(format_name)


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)


def check_all_there(format_name: str, text: str, shown: Sequence[str] = SHOWN) -> None:
    """Every name is shown, and can be told."""
    if format_name == "table":
        missing = [name for name in shown if name not in plain(text)]
    else:
        found = texts(format_name, text)
        # A semicolon in front of a formula is followed by a quote, of which nothing is asked here.
        missing = [name for name in shown if name not in found and ";=" not in name]
    assert not missing


def test_the_readers_see_what_acts() -> None:
    assert commands(" ::error::x\n\ufe0f::x\na ##[error]\n##vso[x]y\n")[3] == "##vso[x]y"
    raw = [name for name in NAMES if not Page(f"{name}\n").acting()]
    assert len(raw) < len(NAMES) / 2
    with pytest.raises(AssertionError):
        check_csv("a\n=1\n")


@pytest.mark.parametrize("format_name", written("eval"))
@pytest.mark.parametrize("detail", [None, "--summary", "--stages"])
@pytest.mark.usefixtures("names")
def test_eval(convcost: Runner, format_name: str, detail: str | None) -> None:
    options = [*([detail] if detail else []), "--format", format_name]
    check_all_there(format_name, read(convcost("eval", "specs", *options), format_name, 0))
    if not detail:
        check_all_there(format_name, read(convcost("eval", "all.yaml", *options), format_name, 0))


@pytest.mark.parametrize("format_name", formats_of("check"))
@pytest.mark.usefixtures("names")
def test_check(convcost: Runner, monkeypatch: pytest.MonkeyPatch, format_name: str) -> None:
    show = ("--format", format_name)
    text = read(convcost("check", "specs", "--max-params", "1", *show), format_name, 1)
    if format_name in ("table", "csv", "json", "markdown", "html", "latex"):
        check_all_there(format_name, text)
    read(convcost("check", "all.yaml", "few.yaml", *show), format_name, 2)
    recorded = [path for path in map(str, Path("specs").iterdir()) if is_plain(path)]
    locked = format_name if format_name in formats_of("lock") else "table"
    read(convcost("lock", *recorded, "--format", locked), locked, 0)
    written = json.loads(Path("convcost.lock").read_text(encoding="utf-8"))
    for entry in written["networks"].values():
        entry["params"] -= 1
    Path("convcost.lock").write_text(json.dumps(written), encoding="utf-8")
    read(convcost("check", *recorded, *show), format_name, 1)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary.md")
    outcome = convcost("check", *recorded, *show)
    lines = [*outcome.out.splitlines(), *outcome.err.splitlines()]
    annotated = [line for line in lines if line.startswith("::")]
    assert annotated
    check_github("\n".join(annotated))
    check_people("\n".join(line for line in lines if not line.startswith("::")))
    check_markdown(Path("summary.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize("format_name", formats_of("check"))
def test_a_convention_or_a_missing_file_of_any_name(
    names: Sequence[str], convcost: Runner, format_name: str
) -> None:
    show = ("--max-params", "1", "--format", format_name)
    shows_it = format_name in ("table", "concise", "total", "json", "markdown")
    for name in OF_CONVENTIONS if shows_it else OF_CONVENTIONS[:1]:
        write({CONVENTION: f"name: {quoted(name)}\nlike: papers\n"})
        read(convcost("check", "few.yaml", "--convention", CONVENTION, *show), format_name, 1)
    missing = [f"{name}.yaml" for name in names if name[0] != "-" and "\x00" not in name]
    read(convcost("check", *missing, *show), format_name, 2)


def test_a_baseline_of_any_name(names: Sequence[str], convcost: Runner) -> None:
    assert convcost("lock", "few.yaml").code == 0
    write({"other.yaml": spec("other", ["a"])})
    for number, (name, format_name) in enumerate(
        zip(names, cycle(formats_of("check")), strict=False)
    ):
        base = file_name(number, name).removeprefix("specs/")
        Path(base).write_bytes(Path("convcost.lock").read_bytes())
        options = ("--base", base, "--format", format_name)
        read(convcost("check", "few.yaml", *options), format_name, 0)
        read(convcost("check", "other.yaml", *options), format_name, 2)
        Path(base).unlink()


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("eval", ("few.yaml",)),
        ("diff", ("few.yaml", "other.yaml")),
        ("reconcile", ("few.yaml",)),
        ("reconcile", ("few.yaml", "--explain", CONVENTION)),
    ],
)
@pytest.mark.usefixtures("names")
def test_a_convention_of_any_name(convcost: Runner, command: str, words: Sequence[str]) -> None:
    write({"other.yaml": spec("other", ["a"])})
    for name, format_name in zip(OF_CONVENTIONS, cycle(written(command)), strict=False):
        write({CONVENTION: f"name: {quoted(name)}\nsummary: {quoted(name)}\nlike: fvcore\n"})
        show = ("--convention", CONVENTION, "--format", format_name)
        read(convcost(command, *words, *show), format_name, 0)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("diff", ("few.yaml", "all.yaml")),
        ("diff", ("all.yaml", "few.yaml")),
        ("diff", ("all.yaml", "--replace", "standard=depthwise-separable")),
        ("rewrite", ("all.yaml", "--replace", "standard=depthwise-separable")),
        ("rewrite", ("all.yaml", "--replace", "standard=group[groups=3]")),
        ("suggest", ("all.yaml", "--max-macs", "1")),
        ("reconcile", ("all.yaml",)),
        ("reconcile", ("all.yaml", "--explain", "ptflops")),
        ("reconcile", ("all.yaml", "--number", "7")),
    ],
)
@pytest.mark.usefixtures("names")
def test_layers_of_any_name(convcost: Runner, command: str, words: Sequence[str]) -> None:
    for format_name in written(command):
        text = read(convcost(command, *words, "--format", format_name), format_name, 0, 1)
        if "few.yaml" in words and format_name not in ("markdown", "html", "latex"):
            # The first layer is the one that both have.
            check_all_there(format_name, text, SHOWN[1:])


@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.parametrize("color", [True, False])
@pytest.mark.usefixtures("names")
def test_no_line_that_is_folded_or_painted_starts_with_a_command(
    convcost: Runner, monkeypatch: pytest.MonkeyPatch, width: int, color: bool
) -> None:
    monkeypatch.setattr("convcost.cli.output.width", lambda stream: width)
    paint = ("--color", "always" if color else "never")
    for words in (
        ("eval", "specs", "--stages"),
        ("check", "all.yaml"),
        ("check", "specs", "--max-params", "1"),
        ("diff", "few.yaml", "all.yaml"),
        ("rewrite", "all.yaml", "--replace", "standard=depthwise-separable"),
        ("rewrite", "all.yaml", "--replace", "standard=depthwise-separable", "--only", "x*"),
        ("suggest", "all.yaml", "--max-macs", "1"),
        ("reconcile", "all.yaml", "--explain", "ptflops"),
    ):
        outcome = convcost(*words, *paint)
        assert outcome.code in (0, 1), outcome.err
        text = re.sub(r"\x1b\[[0-9;]*m", "", outcome.out) if color else outcome.out
        check_people(text)


def test_problems_show_the_line_of_a_file_that_acts(names: Sequence[str], convcost: Runner) -> None:
    for name in names:
        broken = (
            spec("a", [name]).replace("k: 3", f"kernal: {quoted(name)}"),
            f"name: a\ninput: 3x8x8\n{quoted(name)}: 1\nlayers: []\n",
            f"input: 3x8x8\nlayers:\n  - use: {quoted(name)}\n",
            f"input: 3x8x8\nvars: {{{quoted(name)}: 1}}\nlayers: []\n",
            f"input: 3x8x8\nlayers: [{{kind: {quoted(name)}}}]\n",
            f"input: 3x8x8\nlayers: [{{kind: standard, m: {quoted('${' + name + '}')}, k: 3}}]\n",
            f"input: {quoted(name)}\nlayers: []\n",
            spec("a", [name, name]),
        )
        write({f"broken/{number}.yaml": text for number, text in enumerate(broken)})
        outcome = convcost("eval", "broken")
        assert outcome.code == 2
        check_people(outcome.out + outcome.err)


@pytest.mark.usefixtures("names")
def test_what_is_typed_acts_in_no_problem(convcost: Runner) -> None:
    for name in OF_LOGS:
        for words in (
            ("eval", "few.yaml", "--set", f"{name}=1"),
            ("eval", "few.yaml", "--format", name),
            ("compare", "--in", "3", "--out", "4", "-k", "3", "--kind", name),
            ("explain", name),
            (name,),
            ("check", f"--{name}"),
            ("check", "few.yaml", "--max-params", name),
            ("diff", f"git:{name}:few.yaml", "few.yaml"),
            ("diff", f"few.yaml#{name}", "few.yaml"),
        ):
            outcome = convcost(*words)
            assert outcome.code == 2, words
            assert "this is a bug" not in outcome.err
            check_people(outcome.err)
            check_people(outcome.out)


@pytest.mark.usefixtures("names")
def test_settings_and_locks_are_read_back(convcost: Runner) -> None:
    outcome = convcost("init")
    check_people(outcome.out + outcome.err)
    if outcome.code == 0:
        read(convcost("check"), "table", 0, 2)
    outcome = convcost("lock", "specs")
    check_people(outcome.out + outcome.err)


@pytest.mark.usefixtures("names")
def test_specs_written_anew_hold_the_names(convcost: Runner) -> None:
    words = ("rewrite", "all.yaml", "--replace", "standard=depthwise-separable", "--emit", "spec")
    outcome = convcost(*words, "--unroll")
    assert outcome.code == 0, outcome.err
    assert not commands(outcome.out)
    assert len(yaml.safe_load(outcome.out)["layers"]) > 0
    outcome = convcost(*words)
    assert outcome.code in (0, 2)
    assert not commands(outcome.out + outcome.err)


def test_a_file_that_would_act_is_not_shown_but_written(
    convcost: Runner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ("rewrite", "a.yaml", "--replace", "standard=depthwise-separable", "--emit", "spec")
    for comment in ("# ##[add-mask]x", "# a ##vso[task.complete]"):
        write({"a.yaml": f"{comment}\n{spec('a', ['a', 'b'])}"})
        outcome = convcost(*words)
        assert (outcome.code, outcome.out) == (2, "")
        assert "line 1 of the text" in outcome.err
        assert "hint: write it to a file: -o FILE" in outcome.err
        assert convcost(*words, "-o", "b.yaml").code == 0
        assert Path("b.yaml").read_text(encoding="utf-8").splitlines()[1] == comment


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("eval", ("all.yaml",)),
        ("diff", ("all.yaml", "few.yaml")),
        ("memory", ("all.yaml",)),
        ("roofline", ("all.yaml", "--device", "t4")),
        ("reconcile", ("all.yaml", "--explain", "ptflops")),
    ],
)
@pytest.mark.usefixtures("names")
def test_pictures(convcost: Runner, command: str, words: Sequence[str]) -> None:
    if "svg" not in formats_of(command):
        pytest.skip("it has no picture")
    code, out, err = convcost(command, *words, "--format", "svg")
    assert code in (0, 1), err
    check_people(out)
    marks = {each.tag.rpartition("}")[2] for each in ElementTree.fromstring(out).iter()}  # noqa: S314 - our own
    assert marks <= {"svg", "title", "desc", "style", "g", "rect", "circle", "path", "text"}
