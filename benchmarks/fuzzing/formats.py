"""Each format of a result, read back by a reader that is not convcost's: what is wrong with it.

`FORMATS` holds a function for each; it yields a kind of fault for all that is wrong, or that a
terminal, a CI log, a spreadsheet or a page would act on.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias
from xml.etree import ElementTree

from benchmarks.fuzzing.case import Call, Outcome
from benchmarks.fuzzing.figures import format_of
from benchmarks.fuzzing.pages import markdown
from benchmarks.fuzzing.programs import python

Reader: TypeAlias = Callable[[str], Iterator[str]]

_COMMAND = re.compile(r"^\s*::\s*([\w-]+)[^:\n]*::", re.MULTILINE)
_ANNOTATIONS = ("error", "warning", "notice", "group", "endgroup")
_ANYWHERE = re.compile(r"##\[|##vso\[")
_FORMULA = re.compile(r"[\s\u200b\ufeff]*[=+\-@＝＋－＠]|[\t\r]")
csv.field_size_limit(2**26)
_NUMBER = re.compile(r"-?\d+(\.\d+)?%?")
_ACTING = ("Cc", "Cf", "Cs", "Zl", "Zp")


def texts(call: Call, outcome: Outcome) -> Iterator[tuple[str, str]]:
    """What a call said, each with the format that it is to be read as."""
    annotates = format_of(call) == "github" or ("GITHUB_ACTIONS", "true") in call.env
    for said in (outcome.out, outcome.err):
        yield "annotated log" if annotates else "log", said
    if outcome.out and outcome.code in (0, 1):
        yield from _named(_stdout_format(call), outcome.out)
    for path, data in outcome.written:
        text = data.decode("utf-8", "replace")
        yield from _named(_file_format(call, path), text)


def _named(name: str, text: str) -> Iterator[tuple[str, str]]:
    if name in FORMATS:
        yield name, text


def _stdout_format(call: Call) -> str:
    if "--help" in call.args:
        return ""
    if call.args[:2] == ("export", "pytorch") or "pytorch" in call.args:
        return "python" if "-o" not in call.args else ""
    if "--emit" in call.args and "-o" not in call.args:
        return ""
    return {"pytorch": "python"}.get(format_of(call), format_of(call))


def _file_format(call: Call, path: str) -> str:
    for word in call.args:
        name, equals, file = word.partition("=")
        if equals and file == path:
            return name
    if dict(call.env).get("GITHUB_STEP_SUMMARY") == path:
        return "markdown"
    return "python" if path.endswith(".py") else ""


def log(text: str) -> Iterator[str]:
    """A log that no name can command: nothing at the start of a line, nothing anywhere."""
    yield from _commands(text, ())


def annotated_log(text: str) -> Iterator[str]:
    """A log with annotations of our own, and no other commands."""
    yield from _commands(text, _ANNOTATIONS)


def _commands(text: str, ours: tuple[str, ...]) -> Iterator[str]:
    for found in _COMMAND.finditer(text):
        if found[1] not in ours:
            yield f"a line that GitHub runs: {_spaced(found[0])}::{found[1]}"
    for found in _ANYWHERE.finditer(text):
        yield f"text that a log acts on: {found[0]}"
    for char in set(text) - {"\n"}:
        if unicodedata.category(char) in _ACTING:
            yield f"a character that acts or hides: {unicodedata.category(char)}"


def _spaced(text: str) -> str:
    return "blank " if text[:1].isspace() and text.strip("\n")[:1] != ":" else ""


def json_text(text: str) -> Iterator[str]:
    """JSON with every key once, a schema, and rows that add up."""
    try:
        document = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        yield f"no JSON: {re.sub(r'[0-9]+', '0', str(error))[:60]}"
        return
    if not text.isascii():
        yield "not ASCII"
    if not isinstance(document, dict) or not str(document.get("schema")).startswith("convcost."):
        yield "no schema"
        return
    for network in document.get("networks", []):
        if isinstance(network, dict):  # a sweep names them
            yield from _sums(network)
    if "passed" in document:
        yield from _verdict(document)
    for problem in document.get("problems", []):
        if not problem.get("message") or not (problem.get("path") or problem.get("hint")):
            yield "a problem without message, or with neither path nor hint"


def _sums(network: Mapping[str, Any]) -> Iterator[str]:
    for metric in ("params", "macs", "activations"):
        rows = [layer[metric] for layer in network.get("layers", [])]
        if rows and sum(rows) != network[metric]:
            yield f"rows do not add up to the total of {metric}"
        for layer in network.get("layers", []):
            stages = [stage[metric] for stage in layer.get("stages", [])]
            if stages and metric != "activations" and sum(stages) != layer[metric]:
                yield f"stages do not add up to the {metric} of a layer"


def _verdict(document: Mapping[str, Any]) -> Iterator[str]:
    broken = [each for each in document["checks"] if each["passed"] is False]
    over = [each for each in broken if each["level"] == "error"]
    undecided = [each for each in document["checks"] if each["passed"] is None]
    if document["passed"] != (not over and not undecided and not document["problems"]):
        yield "passed is not what checks and problems say"
    if len(document["findings"]) != len(broken):
        yield "findings are not the checks that are exceeded"
    for each in document["checks"]:
        if each["passed"] is True and each["baseline"] is None and each["actual"] > each["limit"]:
            yield "a check above its limit passes"


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a key twice")
    return dict(pairs)


def csv_text(text: str) -> Iterator[str]:
    """CSV of one width, in which no field is a formula."""
    rows = list(csv.reader(io.StringIO(text), strict=True))
    if len({len(row) for row in rows}) > 1:
        yield "rows of several lengths"
    for field in (field for row in rows for field in row):
        if _FORMULA.match(field) and not _NUMBER.fullmatch(field):
            yield f"a field that starts a formula: {_formula_kind(field)}"


def _formula_kind(field: str) -> str:
    start = field.lstrip(" \t\r\n\u3000\u200b\ufeff\xa0")[:1]
    return ("full-width" if start in "＝＋－＠" else "ASCII") + (
        " behind blanks" if field[:1] != start else ""
    )


def sarif(text: str) -> Iterator[str]:
    """SARIF: JSON of its version, with results that name rules that are there."""
    try:
        run = json.loads(text, object_pairs_hook=_once)["runs"][0]
        rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    except (ValueError, KeyError, TypeError, IndexError) as error:
        yield f"no SARIF: {type(error).__name__}"
        return
    if any(result["ruleId"] not in rules for result in run["results"]):
        yield "a result of a rule that is not there"


def gitlab(text: str) -> Iterator[str]:
    """A list of findings with different fingerprints."""
    try:
        prints = [finding["fingerprint"] for finding in json.loads(text)]
    except (ValueError, KeyError, TypeError) as error:
        yield f"no list of findings: {type(error).__name__}"
        return
    if len(set(prints)) < len(prints):
        yield "a fingerprint twice"


def junit(text: str) -> Iterator[str]:
    """XML that a parser takes."""
    try:
        # Made by the program that is tested; expat expands no more than its own limit.
        ElementTree.fromstring(text)  # noqa: S314 - convcost's own output
    except ElementTree.ParseError as error:
        yield f"no XML: {re.sub(r'[0-9]+', '0', str(error))}"


FORMATS: Mapping[str, Reader] = {
    "log": log,
    "annotated log": annotated_log,
    "json": json_text,
    "csv": csv_text,
    "markdown": markdown,
    "python": python,
    "sarif": sarif,
    "gitlab": gitlab,
    "junit": junit,
}
