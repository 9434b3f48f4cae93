"""What the page says, held to the command line: each check says what is otherwise."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from urllib.parse import parse_qsl

from benchmarks.browsing.asked import layer, wrong_spec
from benchmarks.browsing.page import Page, command, exact, packed, part, texts
from convcost.errors import ConvcostError, Problem
from convcost.sources.zoo import shipped
from playground.answers import FILE, files_of
from playground.build import USUAL

_FILE = FILE.path
Wrong = Iterator[str]


def layers(page: Page, seed: int, count: int) -> Wrong:
    """Every number of the comparison and of the explanation is the command line's."""
    random = Random(seed)
    for _ in range(count):
        asked = layer(random)
        shown, kinds = page.layer(asked.link), asked.fields["kinds"]
        named = [word for kind in kinds for word in ("--kind", kind)]
        code, out, err = command("compare", *asked.words, *named, "--format", "html")
        if code:
            said = err.split("error: ")[1].splitlines()[0]
            if said not in shown["problems"]:
                yield f"{asked.link}: {shown['problems']!r}, not {said!r}"
            continue
        if texts(shown["comparison"]) != texts(out):
            yield f"{asked.link}: another comparison"
        told = dict(parse_qsl(shown["link"], keep_blank_values=True))
        kept = {
            name: told.get(name, USUAL[name]) for name in USUAL if name not in ("kinds", "bias")
        }
        if any(asked.fields[name] != text for name, text in kept.items()):
            yield f"{asked.link}: the link has become {shown['link']}"
        code, out, err = command("explain", shown["kind"], *asked.words, "--format", "html")
        if code and err.split("error: ")[1].splitlines()[0] not in shown["problems"]:
            yield f"{asked.link}: {shown['kind']} is refused otherwise"
        if not code and texts(shown["explained"]) != texts(out):
            yield f"{asked.link}: {shown['kind']} is explained otherwise"


def networks(page: Page, names: list[str], folder: Path) -> Wrong:
    """So is every number of every layer, of the pictures and of the tools, for what ships."""
    for name in names:
        spec = folder / _FILE
        spec.write_bytes(Path(shipped()[name]).read_bytes())
        shown = page.network(name)
        code, _, err = command("report", _FILE, "-o", "report.html")
        report = (folder / "report.html").read_text(encoding="utf-8")
        if code or shown["problems"]:
            yield f"{name}: {err}{shown['problems']}"
        if shown["packed"] != packed(report) or not shown["rows"]:
            yield f"{name}: other layers"
        if shown["cards"] != exact(report):
            yield f"{name}: other figures: {shown['cards']}"
        for part_name in ("pictures", "tools"):
            if texts(shown[part_name]) != texts(part(report, f"network-{part_name}")):
                yield f"{name}: other {part_name}"
        if page.download("network", "csv") != command("eval", _FILE, "--format", "csv")[1]:
            yield f"{name}: another CSV"
        if shown["link"] != f"network={name}":
            yield f"{name}: the link is {shown['link']}"


def files(page: Page, folder: Path) -> Wrong:
    """Every download is what the command line writes."""
    page.layer("in=64&out=96&size=28x28")
    for name in files_of("compare", ()):
        words = ("compare", "--in", "64", "--out", "96", "-k", "3", "--size", "28x28")
        if page.download("layer", name) != command(*words, "--format", name)[1]:
            yield f"compare: another {name}"
    (folder / _FILE).write_bytes(Path(shipped()["mobilenet_v1"]).read_bytes())
    page.network("mobilenet_v1")
    for name in files_of("eval", ()):
        if page.download("network", name) != command("eval", _FILE, "--format", name)[1]:
            yield f"eval: another {name}"
    if page.download("network", "pytorch") != command("export", "pytorch", _FILE)[1]:
        yield "another module"
    if page.download("network", "spec") != (folder / _FILE).read_text(encoding="utf-8"):
        yield "another spec"
    page.layer("in=64&out=96&size=28x28&shown=group")
    page.run(
        """find("layer-use").click();
        await until(() => find("spec").value.includes("group"));
        await until(() => !find("costs").classList.contains("stale"));"""
    )
    spec = page.run('return find("spec").value')
    (folder / _FILE).write_text(spec, encoding="utf-8")
    told = json.loads(command("eval", _FILE, "--format", "json")[1])["networks"][0]
    if (told["params"], told["macs"]) != (27_648, 21_676_032):
        yield f"another layer as a network: {spec}"


def mistakes(page: Page, seed: int, count: int, folder: Path) -> Wrong:
    """A wrong spec's errors are those of `convcost eval`, at their lines."""
    random = Random(seed)
    for at in range(count):
        text = wrong_spec(random)
        (folder / _FILE).write_text(text, encoding="utf-8")
        shown = page.spec(text)
        problems = _problems(text)
        code, _, err = command("eval", _FILE, "--summary")
        if (code == 2) != bool(problems):
            yield f"spec {at}: {code}, {problems}"
        if shown["problems"] != [_shown(each) for each in problems]:
            yield f"spec {at}: {shown['problems']}, not {list(map(_shown, problems))}"
        for each in problems[:50]:
            if f"{each.place}: error: {each.message}" not in err:
                yield f"spec {at}: the command line does not say {each}"
        lines = {each.place.line for each in problems if each.place and each.place.line}
        if set(shown["wrong"]) != lines:
            yield f"spec {at}: marked are {shown['wrong']}, not {lines}"


def _problems(text: str) -> tuple[Problem, ...]:
    from convcost.sources import read_bytes

    try:
        read_bytes(FILE, text.encode())
    except ConvcostError as error:
        return error.problems
    return ()


def _shown(problem: Problem) -> str:
    place = problem.place
    where = f"line {place.line}, column {place.col}: " if place and place.line else ""
    told = [where + problem.message, *[f"hint: {problem.hint}"] * bool(problem.hint)]
    for text, other in problem.notes:
        told.append(f"note: {text}" + f": line {other.line}" * bool(other.line))
    return "\n".join(told)
