"""How the page behaves: clicks, links, harm, stops, readers of every sort, and its policy."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from benchmarks.browsing.asked import HOSTILE, hostile_links, hostile_spec
from benchmarks.browsing.page import Page

Wrong = Iterator[str]


def using(page: Page) -> Wrong:
    """Sliders, the list of kinds and the button for a link do what they say."""
    page.load()
    page.layer("in=64&out=64")
    told = page.run(
        """const question = () => find("comparison").innerText.split("\\n")[0];
        const slide = (name, by) => {
          const slider = document.querySelector(`[data-for=${name}]`);
          slider.value = Number(slider.value) + by;
          slider.dispatchEvent(new Event("input", {bubbles: true}));
        };
        const sliders = ["in", "k", "size", "stride", "padding", "dilation", "groups"];
        sliders.forEach(name => slide(name, 1));
        await until(() => question().includes("4×4"));
        const slid = question();
        find("kinds").open = true;
        find("add").value = "ghost";
        find("add").dispatchEvent(new Event("change"));
        await until(() => find("comparison").querySelector("[data-kind=ghost]"));
        const ratio = [...find("chosen").lastChild.querySelectorAll("input")][0];
        ratio.value = "4";
        ratio.dispatchEvent(new Event("change"));
        await until(() => find("comparison").querySelector("[data-kind='ghost[s=4]']"));
        const rows = find("comparison").querySelectorAll("tbody tr").length;
        find("chosen").lastChild.querySelector("button").click();
        await until(() => !find("comparison").querySelector("[data-kind^=ghost]"));
        find("usual").click();
        await until(() => find("comparison").querySelectorAll("tbody tr").length !== rows - 1);
        find("share").click();
        await until(() => find("shared").textContent);
        return [slid, rows, location.hash, find("shared").textContent];"""
    )
    wanted = (
        "96 → 64 channels, kernel 4×4, input 64×64, stride 2, padding same-tf, dilation 2, 1 group"
    )
    if told[:2] != [wanted, 12]:
        yield f"sliders and kinds come to {told}"
    link = "in=96&out=64&k=4&size=64x64&stride=2&padding=same-tf&dilation=2&groups=1"
    if told[2] != f"#{link}" or told[3] not in ("Copied", "The address of this page is the link"):
        yield f"the link is {told[2:]}"


def failing(page: Page, broken: str) -> Wrong:
    """Where a file is missing, the page says so, and what it shows at first stays."""
    page.browser.go(broken)
    told = page.run(
        """await until(() => document.readyState === "complete" && !find("again")?.hidden);
        return find("status").textContent + find("comparison").innerText;"""
    )
    if "Python could not be loaded: Error: packages.zip: 404" not in told or "8,768" not in told:
        yield f"without a file it says {told[:100]}"


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
