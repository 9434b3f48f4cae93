"""A verdict in the formats of CI systems, read back by parsers that are not ours.

Names come from specs that anyone may have written: in no format can one act, or break it.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from jsonschema import Draft202012Validator
from markdown_it import MarkdownIt

from convcost.budget import METRICS, NOTHING_MAY_GROW, Budget, Change, Verdict, total_of
from convcost.causes import Cause, LayerChange
from convcost.checking import check
from convcost.errors import Place, Problem
from convcost.metrics import USUAL
from convcost.views.formats import formats_of, view
from convcost.views.screen import PLAIN
from tests.views.samples import HOSTILE, named, tiny

DATA = Path(__file__).parents[1] / "data"
HOSTILE_TO_CI = [
    *HOSTILE,
    "a%0A::error::x",
    "x ::add-mask::y",
    "##[add-mask]x",
    "two\r\n::stop-commands::z",
    "a,line=1::b",
    "a:b,c=d",
    "]]></failure><x>",
    '"><img src=x onerror=alert(1)>',
    "--> <!-- ",
    "&lt;b&gt; &#x3c;",
    "\x00\x01\x0b\x0c\x1f\x7f\x85",
    "\ufffe\uffff",
    "\u2028\u2029",
    "../../etc/passwd",
    "/etc/passwd",
    "C:\\windows",
    "http://example.org/?a=b#c",
    "</details></summary>",
    "| --- |",
    "[link](javascript:alert(1))",
    "<!--\n",
    "```",
    "#hash\n# head",
    "😀" * 50,
    "n" * 5000,
]
COMMAND = re.compile(r"::(error|warning) ([^:]*)::(.*)")
PROPERTIES = {"title", "file", "line", "col", "endLine", "endColumn"}


def verdict(name: str) -> Verdict:
    """Everything that a verdict can hold, all of it called `name`."""
    place = Place(name, 3, 5, 3, 9, name)
    budgets = [
        Budget("params", 1, place),
        Budget("macs", 10**9),
        Budget("layer_macs", 1, level="warn"),
        *NOTHING_MAY_GROW,
    ]
    report = named(name)
    before = {"params": 10, "macs": 10**9, "activations": report.activations}
    findings = check(report, budgets, before)
    problem = Problem(f'cannot read "{name}"', place, f"rename {name}", ((name, place),))
    (layer,) = report.layers
    changed = LayerChange(layer, layer._replace(params=9), (Cause(name, name, name),))
    layers = (changed, LayerChange(None, layer), LayerChange(layer, None))
    changes = (
        Change(findings[0].report, before, layers),
        Change(findings[0].report, before, unexplained=f"not so: {name}"),
        Change(findings[0].report, None),
    )
    accept = f"convcost lock --loosen {shlex.quote(name)}"
    return Verdict(findings, (problem, Problem(name)), changes, name, accept=accept)


def text_of(format_name: str, result: Verdict) -> str:
    return view("check", format_name)(result, PLAIN)


@pytest.mark.parametrize("format_name", formats_of("check"))
@pytest.mark.parametrize("name", HOSTILE_TO_CI, ids=lambda name: ascii(name)[:40])
def test_a_name_cannot_act_in_any_format(format_name: str, name: str) -> None:
    lines = text_of(format_name, verdict(name)).split("\n")
    assert len(lines) == len(text_of(format_name, verdict("calm")).split("\n"))
    assert all(line.isprintable() for line in lines)
    if format_name != "github":
        assert not any(line.lstrip().startswith("::") for line in lines)
    assert not any("##[" in line for line in lines)


@pytest.mark.parametrize("name", HOSTILE_TO_CI, ids=lambda name: ascii(name)[:40])
def test_json_gives_names_back_as_they_are(name: str) -> None:
    document = json.loads(text_of("json", verdict(name)))
    assert {check["network"] for check in document["checks"]} == {name}
    assert document["passed"] is False


@pytest.mark.parametrize("name", HOSTILE_TO_CI, ids=lambda name: ascii(name)[:40])
def test_csv_has_no_formula_and_one_row_a_check(name: str) -> None:
    rows = list(csv.reader(io.StringIO(text_of("csv", verdict(name)))))
    assert {len(row) for row in rows} == {len(rows[0])}
    assert len(rows) == 1 + len(verdict(name).findings)
    texts = [cell for row in rows for cell in row if not re.fullmatch(r"-?\d+", cell)]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in texts)


@pytest.mark.parametrize("name", HOSTILE_TO_CI, ids=lambda name: ascii(name)[:40])
def test_markdown_stays_tables_of_text(name: str) -> None:
    def shape(text: str) -> list[tuple[str, str]]:
        tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
        flat = [token for each in tokens for token in [each, *(each.children or [])]]
        kinds = [(token.type, token.tag) for token in flat if token.type not in ("text", "inline")]
        # Escaped characters are tokens of their own, and harmless.
        return [kind for kind in kinds if kind[0] not in ("text_special", "softbreak")]

    assert shape(text_of("markdown", verdict(name))) == shape(text_of("markdown", verdict("calm")))


def commands(text: str) -> Iterator[tuple[str, Mapping[str, str], str]]:
    """Workflow commands as GitHub's runner reads them."""
    for line in text.splitlines():
        match = COMMAND.fullmatch(line)
        assert match, line
        pairs = (pair.split("=", 1) for pair in match[2].split(","))
        properties = {key: unescaped(value) for key, value in pairs}
        yield match[1], properties, unescaped(match[3])


def unescaped(text: str) -> str:
    for code, char in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        text = text.replace(code, char)
    return text


@pytest.mark.parametrize("name", HOSTILE_TO_CI, ids=lambda name: ascii(name)[:40])
def test_github_annotations_are_what_we_wrote_and_no_more(name: str) -> None:
    found = list(commands(text_of("github", verdict(name))))
    assert [level for level, *_ in found] == ["error"] * 3
    for _, properties, message in found:
        assert properties.keys() <= PROPERTIES
        assert properties["title"].startswith("convcost: ")
        assert not {"\n", "\r"} & set("".join(properties.values()) + message)


def test_github_annotations_point_at_the_place_and_repeat_it() -> None:
    place = Place("specs/tiny.yaml", 12, 31, 12, 35)
    findings = check(tiny(), [Budget("macs", 700_000, place)])
    ((_, properties, said),) = commands(text_of("github", Verdict(findings)))
    assert properties == {
        "title": "convcost: MACs over budget",
        "file": "specs/tiny.yaml",
        "line": "12",
        "col": "31",
        "endLine": "12",
        "endColumn": "35",
    }
    assert said.startswith("specs/tiny.yaml:12:31: tiny: 1,015,808 macs exceed")


def test_github_has_one_annotation_a_network_and_names_the_rest_in_it() -> None:
    budgets = [Budget("params", 1000, level="warn"), Budget("macs", 700_000)]
    findings = check(tiny(), [*budgets, Budget("layer_params", 100)])
    ((level, properties, said),) = commands(text_of("github", Verdict(findings)))
    assert (level, properties["line"]) == ("error", "7"), "the layer's, as it is over by most"
    assert "; 2 more layers are over it; also over: MACs, params" in said


@pytest.mark.parametrize(
    ("limit", "told"),
    [(100, "2 more layers are over it"), (420, "1 more layer is over it"), (500, "")],
)
def test_a_limit_on_layers_says_how_many_are_over_it(limit: int, told: str) -> None:
    findings = check(tiny(), [Budget("layer_params", limit)])
    ((_, _, said),) = commands(text_of("github", Verdict(findings)))
    assert ("more layer" in said) == bool(told)
    assert said.endswith(told)


def test_github_and_others_point_at_the_line_that_changed() -> None:
    place = Place("specs/tiny.yaml", 12, 31, 12, 35)
    found = [each.changed(changed_line=5) for each in check(tiny(), [Budget("macs", 1, place)])]
    layer = tiny().layers[1]
    grown = LayerChange(layer._replace(macs=9), layer, (Cause("m", "8", "16"),))
    change = Change(found[0].report, {"params": 1, "macs": 1, "activations": 1}, (grown,))
    result = Verdict(tuple(found), changes=(change,), against="convcost.lock")
    ((_, properties, said),) = commands(text_of("github", result))
    assert (properties["file"], properties["line"]) == ("specs/tiny.yaml", "5")
    assert said.endswith("; changed: body m 8 → 16, +409,591 MACs")
    (record,) = gitlab(result)
    assert record["location"]["lines"]["begin"] == 5
    (sarif,) = json.loads(text_of("sarif", result))["runs"][0]["results"]
    assert sarif["locations"][0]["physicalLocation"]["region"] == {"startLine": 5}
    (record,) = json.loads(text_of("json", result))["findings"]
    assert (record["line"], record["changed_line"]) == (12, 5)


def test_github_leaves_columns_out_across_lines() -> None:
    place = Place("specs/tiny.yaml", 12, 31, 14, 5)
    findings = check(tiny(), [Budget("macs", 700_000, place)])
    ((_, properties, _),) = commands(text_of("github", Verdict(findings)))
    assert (properties["line"], properties["endLine"]) == ("12", "14")
    assert not {"col", "endColumn"} & properties.keys()


def test_github_shows_ten_of_a_level_the_worst_first() -> None:
    failed = [check(tiny(f"n{limit}"), [Budget("macs", 1000 * limit)]) for limit in range(1, 15)]
    warned = [check(tiny(), [Budget("params", 9, level="warn")]) for _ in range(10)]
    result = Verdict(tuple(finding for group in (*failed, *warned) for finding in group))
    found = list(commands(text_of("github", result)))
    errors = [said for level, _, said in found if level == "error"]
    assert len(errors) == 10
    assert "the budget of 1,000 by" in errors[0]
    assert "the budget of 9,000 by" in errors[8]
    assert errors[9] == "+5 more: see the summary"
    warnings = [said for level, _, said in found if level == "warning"]
    assert len(warnings) == 10
    assert not any("more" in said.split() for said in warnings)


def gitlab(result: Verdict) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = json.loads(text_of("gitlab", result))
    schema = json.loads((DATA / "gitlab-codequality.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(records)
    return records


@pytest.mark.parametrize("name", HOSTILE_TO_CI, ids=lambda name: ascii(name)[:40])
def test_gitlab_keeps_to_its_schema_and_every_fingerprint_is_another(name: str) -> None:
    records = gitlab(verdict(name))
    assert len({record["fingerprint"] for record in records}) == len(records) == 5


def test_gitlab_passes_with_an_empty_list() -> None:
    assert gitlab(Verdict(check(tiny(), [Budget("macs", 10**9)]))) == []


def test_a_fingerprint_knows_neither_lines_nor_values() -> None:
    place = Place("specs/tiny.yaml", 12, 31, 12, 35)
    moved = place._replace(line=80, end_line=80)
    one = gitlab(Verdict(check(tiny(), [Budget("macs", 700_000, place)])))
    other = gitlab(Verdict(check(tiny(), [Budget("macs", 9, moved)])))
    assert one[0]["fingerprint"] == other[0]["fingerprint"]
    assert one[0]["location"] != other[0]["location"]
    elsewhere = gitlab(Verdict(check(tiny(path="b.yaml"), [Budget("macs", 9, moved)])))
    assert elsewhere[0]["fingerprint"] != one[0]["fingerprint"]


SUITE = {"name", "tests", "failures", "errors", "skipped"}
JUNIT: Mapping[str, tuple[set[str], set[str], set[str]]] = {
    "testsuites": ({"name", "tests", "failures", "errors", "skipped"}, set(), {"testsuite"}),
    "testsuite": (SUITE, SUITE, {"testcase"}),
    "testcase": (
        {"name", "classname"},
        {"name", "classname"},
        {"failure", "error", "system-out"},
    ),
    "failure": ({"type", "message"}, {"type", "message"}, set()),
    "error": ({"type", "message"}, {"type", "message"}, set()),
    "system-out": (set(), set(), set()),
}
"""Of each element of JUnit's schema that is used: attributes, those it needs, children."""


def junit(result: Verdict) -> ElementTree.Element:
    root = ElementTree.fromstring(text_of("junit", result))  # noqa: S314, our own text
    for element in root.iter():
        attributes, needed, children = JUNIT[element.tag]
        assert needed <= element.attrib.keys() <= attributes, element.tag
        assert {child.tag for child in element} <= children, element.tag
    for suite in (root, *root.iter("testsuite")):
        for count, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
            assert int(suite.attrib[count]) == len(list(suite.iter(tag)))
    return root


@pytest.mark.parametrize("name", HOSTILE_TO_CI, ids=lambda name: ascii(name)[:40])
def test_junit_is_well_formed_and_keeps_to_its_schema(name: str) -> None:
    root = junit(verdict(name))
    assert len(list(root.iter("testcase"))) == len(verdict(name).findings) + 2


def test_junit_has_a_case_for_what_passed() -> None:
    root = junit(Verdict(check(tiny(), [Budget("macs", 10**9), Budget("params", 1)])))
    cases = {case.attrib["name"]: [child.tag for child in case] for case in root.iter("testcase")}
    assert cases == {"MACs": [], "params": ["failure"]}


def test_a_warning_does_not_fail_junit() -> None:
    root = junit(Verdict(check(tiny(), [Budget("macs", 1, level="warn")])))
    assert root.attrib["failures"] == "0"
    assert "warning: " in (next(root.iter("system-out")).text or "")


def sarif(result: Verdict) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(text_of("sarif", result))
    schema = json.loads((DATA / "sarif-2.1.0-subset.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(document)
    (run,) = document["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert all(rules[each["ruleIndex"]] == each["ruleId"] for each in run["results"])
    found: dict[str, Any] = run
    return found


@pytest.mark.parametrize("name", HOSTILE_TO_CI, ids=lambda name: ascii(name)[:40])
def test_sarif_keeps_to_its_schema(name: str) -> None:
    run = sarif(verdict(name))
    assert [result["level"] for result in run["results"]] == ["error", "warning", *["error"] * 3]
    prints = [tuple(result["partialFingerprints"].values()) for result in run["results"]]
    assert len(set(prints)) == len(prints)


def test_a_uri_of_sarif_is_the_path() -> None:
    (result,) = sarif(Verdict(check(named("a b/ü:#?.yaml"), [Budget("params", 1)])))["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert unquote(uri) == "a b/ü:#?.yaml"
    assert not set(" #?:ü") & set(uri)


def test_every_usual_metric_is_a_rule_with_a_stable_id() -> None:
    rules = [rule["id"] for rule in sarif(Verdict(()))["tool"]["driver"]["rules"]]
    usual = [metric for metric in METRICS if total_of(metric) in USUAL]
    assert rules == [*(f"convcost/{each.replace('_', '-')}" for each in usual), "convcost/problem"]


@pytest.mark.parametrize(
    ("here", "path", "seen"),
    [
        ("/repo", "specs/a.yaml", "specs/a.yaml"),
        ("/repo", "./specs/a.yaml", "specs/a.yaml"),
        ("/repo/ml", "specs/a.yaml", "ml/specs/a.yaml"),
        ("/repo/ml", "../a.yaml", "a.yaml"),
        ("/repo", "/repo/a.yaml", "a.yaml"),
        ("/repo", "/elsewhere/a.yaml", "/elsewhere/a.yaml"),
    ],
)
def test_paths_are_seen_from_the_root_of_the_repository(here: str, path: str, seen: str) -> None:
    findings = check(tiny(path=path), [Budget("macs", 1)])
    (record,) = gitlab(Verdict(findings, here=here, root="/repo"))
    assert record["location"]["path"] == seen


@pytest.mark.parametrize("format_name", formats_of("check"))
def test_the_same_verdict_gives_the_same_bytes(format_name: str) -> None:
    assert text_of(format_name, verdict("a")) == text_of(format_name, verdict("a"))


def test_markdown_says_nothing_when_nothing_has_changed() -> None:
    report = tiny()
    same = {"params": report.params, "macs": report.macs, "activations": report.activations}
    findings = check(report, [Budget("macs", 10**9), *NOTHING_MAY_GROW], same)
    unchanged = Verdict(findings, changes=(Change(report, same),), against="convcost.lock")
    assert text_of("markdown", unchanged) == ""
    smaller = Change(report, same | {"macs": report.macs + 1000})
    changed = text_of("markdown", unchanged._replace(changes=(smaller,)))
    assert "| tiny | specs/tiny.yaml | MACs | 1,016,808 | 1,015,808 | -1,000 (-0.10%) |" in changed


def test_markdown_of_a_new_network_and_of_one_that_grew() -> None:
    findings = check(
        tiny(), [Budget("macs_growth", 5)], {"params": 1, "macs": 10, "activations": 1}
    )
    changes = (Change(findings[0].report, None),)
    text = text_of("markdown", Verdict(findings, changes=changes, against="main"))
    assert "| new | 1,015,808 |" in text
    assert "5 more than the baseline's 10" in text
