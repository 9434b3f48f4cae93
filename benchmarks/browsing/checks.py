"""What must be so: each check says what is not, and all of them look at one page."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from random import Random
from urllib.parse import parse_qsl

from benchmarks.browsing.asked import HOSTILE, hostile_links, hostile_spec, layer, wrong_spec
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
    page.run('find("layer-use").click(); await until(() => find("spec").value.includes("group"));')
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


def links(page: Page) -> Wrong:
    """A spec of one's own comes back from the link that holds it."""
    text = "# Größe 卷 😀\ninput: 3x8x8\nlayers:\n  - {kind: standard, m: 4, k: 3}\n"
    link = page.spec(text)["link"]
    page.load(link)
    page.run('await until(() => find("costs").querySelector(".explained .right"))')
    if page.run('return find("spec").value') != text:
        yield f"another spec from {link}"


def harm(page: Page) -> Wrong:
    """What is meant to do harm is shown as text, or refused."""
    page.run("top.harm = 0")
    for link in hostile_links():
        page.run(f"location.hash = {json.dumps('#' + link)};")
        page.run("await new Promise(done => setTimeout(done, 30))")
    for text in HOSTILE:
        page.spec(hostile_spec(text))
    page.run('find("tab-layer").click()')
    page.layer("in=4&out=4")
    if page.run("return top.harm"):
        yield "a script has run"
    if page.run('return document.querySelectorAll("main script:not(.packed), img, iframe").length'):
        yield "there are elements that nobody made"


def stopping(page: Page) -> Wrong:
    """What takes long can be stopped, and goes on with the next question."""
    long = "[{kind: standard, m: 8, k: 3}, {kind: relu}]"
    many = f"input: 8x64x64\nlayers:\n  - repeat: 20000\n    layers: {long}\n"
    page.run(
        f"""find("tab-network").click(); find("spec").value = {json.dumps(many)};
        find("spec").dispatchEvent(new Event("input"));
        await until(() => !find("stop").hidden);
        find("stop").click();
        await until(() => find("status").textContent === "Ready");"""
    )
    if not page.spec("input: 3x8x8\nlayers: [{kind: standard, m: 4, k: 3}]\n")["cards"]:
        yield "nothing is counted after a stop"


def reading(page: Page) -> Wrong:
    """What axe finds; a phone's width; the keyboard; the page without a script."""
    axe = importlib.util.find_spec("axe_core_python")
    library = Path(str(axe and axe.origin)).with_name("axe.min.js") if axe else None
    shown = (
        lambda: page.layer("in=4&out=4&kind=group[groups=2]"),
        lambda: page.layer("in=x"),
        lambda: page.network("mobilenet_v1"),
        lambda: page.spec("input: 3\nlayers: [{kind: x}]\n"),
    )
    for scheme, (at, show) in product(("light", "dark"), enumerate(shown)):
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        page.browser.page("Emulation.setEmulatedMedia", features=features)
        show()
        page.run('document.querySelectorAll("details").forEach(each => { each.open = true; })')
        yield from _overflow(page, str(at))
        if library:
            page.browser.page("Runtime.evaluate", expression=library.read_text("utf-8"))
            found = page.run(
                "const {violations} = await axe.run(document, {preload: false}); return "
                "violations.map(each => [each.id, each.nodes[0].html.slice(0, 200)])"
            )
            yield from (f"{scheme}, {at}: axe says {each}" for each in found)
    if not library:
        print("axe-core is not installed: nothing said of accessibility")
    yield from _keyboard(page)
    yield from _without_script(page)


def _overflow(page: Page, what: str) -> Wrong:
    for width in (320, 390, 1280):
        size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
        page.browser.page("Emulation.setDeviceMetricsOverride", **size)
        script = "const of = document.documentElement; return of.scrollWidth - of.clientWidth"
        if (over := page.run(script)) > 0:
            yield f"{what}: {over} pixels too wide for {width}"


def _keyboard(page: Page) -> Wrong:
    page.load("in=4&out=4")
    page.run('find("tab-layer").focus()')
    _press(page, "ArrowRight", 39)
    if page.run("return document.activeElement.id") != "tab-network":
        yield "arrows do not turn to the network"
    page.run('find("spec").focus()')
    _press(page, "Tab", 9)
    if page.run("return document.activeElement.id") == "spec":
        yield "Tab does not leave the editor"
    page.run('find("tab-layer").click(); document.querySelector("[data-kind=group]").focus()')
    _press(page, "Enter", 13)
    page.run('await until(() => find("explained").querySelector("h3").textContent === "group")')
    if page.run("return document.activeElement.dataset.kind") != "group":
        yield "the focus is lost where a kind is opened"


def _press(page: Page, key: str, code: int) -> None:
    text = {"text": "\r"} if key == "Enter" else {}
    for kind in ("keyDown", "keyUp"):
        given = {"type": kind, "key": key, "windowsVirtualKeyCode": code, **text}
        page.browser.page("Input.dispatchKeyEvent", **given)


def _without_script(page: Page) -> Wrong:
    page.browser.page("Emulation.setScriptExecutionDisabled", value=True)
    page.browser.go("about:blank")
    page.browser.go(page.address)
    for _ in range(100):
        told = page.browser.run("return document.body?.innerText ?? ''")
        if "Licences" in told:
            break
    for word in ("8,768", "27,496,448", "resnet50", "Without JavaScript"):
        if word not in told:
            yield f"without a script there is no {word}"
    for word in ("Copy a link", "Loading", "Dilation"):
        if word in told:
            yield f"without a script there is {word}"
    page.browser.page("Emulation.setScriptExecutionDisabled", value=False)


def policy(page: Page, elsewhere: str) -> Wrong:
    """Nothing is fetched from elsewhere, by the page or by what Python runs in."""
    page.load()
    asked = (
        f"fetch({json.dumps(elsewhere)}, {{mode: 'no-cors'}}).then(() => 'had', () => 'refused')"
    )
    if page.run(f"return {asked}") != "refused":
        yield "the page may fetch from elsewhere"
    code = json.dumps(f"{asked}.then(each => postMessage(each))")
    told = page.run(
        f"""return new Promise(done => {{
          const script = new Blob([{code}], {{type: "text/javascript"}});
          const worker = new Worker(URL.createObjectURL(script), {{type: "module"}});
          worker.onmessage = event => done(event.data);
          worker.onerror = event => done(event.message);
        }})"""
    )
    if told != "refused":
        yield "Python may fetch from elsewhere"
