"""Make the playground: one folder that any web server hands out as it is.

    python -m playground.build OUT

What is not the project's own comes from npm and PyPI, once, each file by its hash; the page itself
fetches nothing from anywhere but its folder.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import shutil
import sys
import tarfile
import urllib.request
import zipfile
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import convcost
from convcost import zoo
from convcost.kinds import REGISTRY, Kind
from convcost.kinds.fields import Field
from convcost.views import zoo as exhibited
from convcost.views.html import Html
from convcost.views.page import blocks
from convcost.views.pictures import svg
from convcost.views.report.writer import Blocks
from convcost.views.screen import PLAIN
from playground import answers

HERE, ROOT = Path(__file__).parent, Path(__file__).parents[1]
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "convcost-playground"
USUAL: Mapping[str, Any] = {
    "in": "64",
    "out": "128",
    "k": "3",
    "size": "56x56",
    "stride": "1",
    "padding": "same",
    "dilation": "1",
    "groups": "",
    "bias": False,
    "kinds": [],
    "shown": "",
}
"""The layer that the page begins with."""
EXAMPLE = "mobilenet_v2"
"""The network that it begins with."""
_ASKED = ("n", "m", "k", "size", "stride", "padding", "dilation", "bias")
NOT_HAD = 3
"""The exit code where something cannot be fetched."""
_LONG_AGO = (1980, 1, 1, 0, 0, 0)


class Pinned(NamedTuple):
    """A file of a registry, and the licence of what is in it."""

    url: str
    sha256: str
    license: str

    @property
    def name(self) -> str:
        return self.url.rpartition("/")[2]


PYODIDE = Pinned(
    "https://registry.npmjs.org/pyodide/-/pyodide-314.0.7.tgz",
    "66b7949e5a0cba2250b586d7e368bf12fb482800748d182c4618254b685ffaa0",
    "MPL-2.0, with Python under the PSF licence",
)
RUNTIME = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
PYYAML = Pinned(
    "https://files.pythonhosted.org/packages/76/b8/"
    "c0b780928e2fb1c87e9e375818c6f121da2398b071012d1747be300b83f4/pyyaml-6.0.4.tar.gz",
    "e24bf71af8a432d7808fabff134d38dfe16d3cbb41f2873bb4b1e42422de0a1a",
    "MIT",
)
"""Its sources, of which the part that is pure Python is all that is needed."""
WHEELS = (
    Pinned(
        "https://files.pythonhosted.org/packages/8a/8c/"
        "824a686c4ba815ddb0722f9e66272088bccd4e1ae1d2f7015375e4a4fc7f/"
        "pydantic-2.14.4-py3-none-any.whl",
        "653a2ad9f6d8858529c77c72717d0ea991d6c6837fe683246b2f4b2bbfc3fadc",
        "MIT",
    ),
    Pinned(
        "https://files.pythonhosted.org/packages/83/47/"
        "375ab34f3907a0f40cebe2c3cea3e2c25dcf58e0f591991b85604b7258fc/"
        "pydantic_core-2.50.5-cp314-cp314-pyemscripten_2026_0_wasm32.whl",
        "b2910ec0fa5aeb9bef70156f2b79f4783978fdcfaa7b2f1b5d1814458d2e79a1",
        "MIT",
    ),
    Pinned(
        "https://files.pythonhosted.org/packages/99/91/"
        "8acff4f5e50511b911bbccb72b8628a49c68ce14148cd9f6431094859a90/"
        "annotated_types-0.8.0-py3-none-any.whl",
        "f072f4d804ea359e4eaf198b1af7a8b0943881a87f31bb764f8bf219bb9419e0",
        "MIT",
    ),
    Pinned(
        "https://files.pythonhosted.org/packages/49/d3/"
        "b8441a820a491ddfc024b0b0cf0393375b75ea13866d9c66727e54c2fc80/"
        "typing_extensions-4.16.0-py3-none-any.whl",
        "481caa481374e813c1b176ada14e97f1f67a4539ce9cfeb3f350d78d6370c2e8",
        "PSF-2.0",
    ),
    Pinned(
        "https://files.pythonhosted.org/packages/de/0c/"
        "ea2544850a7c135e15033a5c7a8e7211136184b7ae63e2239d557c2b3019/"
        "typing_inspection-0.4.5-py3-none-any.whl",
        "bc210535442b39e1bf2805e0c7a17dfd6a4ace760c84c7f7d16245d23a6b1c39",
        "MIT",
    ),
    Pinned(
        "https://files.pythonhosted.org/packages/12/33/"
        "d1ecd9f4f5f272b36ad7b268e307ba0a59c109d8ad134a231cda780baac9/"
        "simpleeval-1.0.8-py3-none-any.whl",
        "c9c4ff42879ebf0c05f6562cb81031869948916be343bcc950b81fcc081fe9ce",
        "MIT",
    ),
)


def build(out: Path, cache: Path = CACHE) -> None:
    """The whole page in the folder `out`, which is made anew. OSError if something cannot be had,
    ValueError if it is not what it should be."""
    parts = [PYODIDE, PYYAML, *WHEELS]
    had = {part: fetched(part, cache) for part in parts}
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(HERE / "page", out)
    _runtime(had[PYODIDE], out / "pyodide")
    _packages(had[PYYAML], [had[wheel] for wheel in WHEELS], out / "packages.zip")
    report = Path(convcost.__file__).parent / "views" / "report"
    shutil.copy(report / "page.css", out / "report.css")
    shutil.copy(report / "page.js", out / "report.js")
    (out / "picture.css").write_text(svg.style(), encoding="utf-8")
    loaded = [*(out / "pyodide" / name for name in RUNTIME[2:]), out / "packages.zip"]
    size = sum(path.stat().st_size for path in loaded)
    page = (out / "index.html").read_text(encoding="utf-8")
    (out / "index.html").write_text(filled(page, size), encoding="utf-8")
    told = [f"{part.name}\n  {part.license}\n  {part.url}\n" for part in parts]
    own = (ROOT / "LICENSE").read_text(encoding="utf-8")
    (out / "LICENSES.txt").write_text("\n".join([*told, "convcost\n", own]), encoding="utf-8")


def fetched(part: Pinned, cache: Path) -> bytes:
    """The file, from the folder of what was fetched before, or else from its registry."""
    kept = cache / part.name
    if kept.is_file() and sha256(kept.read_bytes()).hexdigest() == part.sha256:
        return kept.read_bytes()
    with urllib.request.urlopen(part.url, timeout=60) as response:  # noqa: S310 - https, as above
        raw: bytes = response.read()
    found = sha256(raw).hexdigest()
    if found != part.sha256:
        raise ValueError(f"{part.url} has the hash {found}, not {part.sha256}")
    cache.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(raw)
    return raw


def _runtime(packed: bytes, folder: Path) -> None:
    """Python itself. Of the packages that it offers none is, so that none is ever looked for."""
    folder.mkdir()
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        for name in (*RUNTIME, "pyodide-lock.json"):
            file = archive.extractfile(f"package/{name}")
            assert file, f"{name} is a file"
            (folder / name).write_bytes(file.read())
    lock = folder / "pyodide-lock.json"
    offered = json.loads(lock.read_text(encoding="utf-8"))
    lock.write_text(json.dumps({**offered, "packages": {}}), encoding="utf-8")


def _packages(pyyaml: bytes, wheels: list[bytes], path: Path) -> None:
    """What Python imports, in one archive, the same from the same files."""
    found: dict[str, bytes] = dict(_own())
    for raw in wheels:
        with zipfile.ZipFile(io.BytesIO(raw)) as wheel:
            found |= {name: wheel.read(name) for name in wheel.namelist()}
    with tarfile.open(fileobj=io.BytesIO(pyyaml)) as archive:
        for member in archive:
            _, _, name = member.name.partition("/lib/")
            if name.startswith("yaml/") and (file := archive.extractfile(member)):
                found[name] = file.read()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive_out:
        for name, raw in sorted(found.items()):
            archive_out.writestr(zipfile.ZipInfo(name, _LONG_AGO), raw, zipfile.ZIP_DEFLATED)


def _own() -> Iterator[tuple[str, bytes]]:
    """The project's files, where an installed package has them."""
    package = Path(convcost.__file__).parent
    for folder, inside in ((package, "convcost"), (ROOT / "specs", "convcost/specs")):
        for path in folder.rglob("*"):
            if path.is_file() and path.suffix != ".pyc":
                yield f"{inside}/{path.relative_to(folder).as_posix()}", path.read_bytes()
    for name in ("__init__.py", "answers.py"):
        yield f"playground/{name}", (HERE / name).read_bytes()


def filled(page: str, size: int) -> str:
    """The page with what it shows without a script, and with the facts that its script needs."""
    first, networks = answers.layer(USUAL), zoo()
    ships = blocks(exhibited.result(networks).parts(PLAIN), Blocks("Every network that ships"))
    facts = {
        "bytes": size,
        "usual": USUAL,
        "rows": first["rows"],
        "shown": first["explained"]["kind"],
        "kinds": [_kind(kind) for kind in REGISTRY.values() if kind.group == "convolution"],
        "networks": [network.name for network in networks],
        "example": EXAMPLE,
        "layerFormats": answers.files_of("compare", ["spec"]),
        "networkFormats": ["spec", *answers.files_of("eval", ["pytorch", "report"])],
    }
    texts = {
        "comparison": first["markup"],
        "bars": first["bars"],
        "drawn": first["explained"]["picture"],
        "explained": first["explained"]["markup"],
        "command": Html.of("{}", first["command"]),
        "networks": Html.of("\n").join(ships),
        "version": convcost.__version__,
        "facts": json.dumps(facts).replace("<", "\\u003c"),
    }
    return re.sub("<!-- ([a-z]+) -->", lambda found: str(texts[found[1]]), page)


def _kind(kind: Kind) -> Mapping[str, Any]:
    own = kind.builder.__annotations__
    fields = [each for each in kind.fields.values() if each.name in own]
    options = [_option(each) for each in fields if each.name not in _ASKED]
    told = {"name": kind.name, "summary": kind.summary, "usual": kind.compared}
    return {**told, "options": options}


def _option(field: Field) -> Mapping[str, Any]:
    words = ["true", "false"] if field.about.variety == "flag" else list(field.about.words)
    usual = "" if field.default is None else str(field.default).lower()
    return {"name": field.name, "doc": field.about.doc, "words": words, "usual": usual}


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="Make the playground: a folder for a web server.")
    parser.add_argument("out", type=Path, help="the folder, which is made anew")
    parser.add_argument("--cache", type=Path, default=CACHE, help="where what is fetched is kept")
    asked = parser.parse_args()
    try:
        build(asked.out, asked.cache)
    except OSError as error:
        print(f"the playground cannot be built: {error}", file=sys.stderr)
        sys.exit(NOT_HAD)


if __name__ == "__main__":
    main()
