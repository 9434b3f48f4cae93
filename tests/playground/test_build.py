"""The folder that is built: whole, the same each time, and without anything from elsewhere."""

from __future__ import annotations

import io
import json
import re
import tarfile
import urllib.error
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from convcost import zoo
from playground import build as built
from playground.build import HERE, PYODIDE, PYYAML, WHEELS, Pinned, build, fetched, filled

PAGE = HERE / "page"
INDEX = (PAGE / "index.html").read_text(encoding="utf-8")
PART = Pinned("https://registry.example/some.whl", sha256(b"some").hexdigest(), "MIT")


def archive(names: list[str]) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as packed:
        for name in names:
            member = tarfile.TarInfo(name)
            text = b'{"info": {}, "packages": {"numpy": {}}}'
            member.size = len(text)
            packed.addfile(member, io.BytesIO(text))
    return file.getvalue()


def wheel(name: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr(f"{name}/__init__.py", "")
    return file.getvalue()


@pytest.fixture
def registries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Registries that have something small under every name."""
    runtime = [f"package/{name}" for name in (*built.RUNTIME, "pyodide-lock.json", "console.html")]
    had = {each: wheel(each.name.partition("-")[0]) for each in WHEELS}
    had[PYODIDE] = archive(runtime)
    had[PYYAML] = archive(["pyyaml-6/lib/yaml/reader.py", "pyyaml-6/yaml/_yaml.pyx"])
    monkeypatch.setattr(built, "fetched", lambda part, cache: had[part])


@pytest.mark.usefixtures("registries")
def test_all_that_the_page_needs_lies_in_its_folder(tmp_path: Path) -> None:
    out = tmp_path / "page"
    build(out)
    index = (out / "index.html").read_text(encoding="utf-8")
    named = re.findall(r'(?:src|href)="([\w./]+)"', index)
    named += re.findall(r'(?:from|new URL\() ?"\./?([\w./]*)"', (out / "worker.js").read_text())
    assert {"report.js", "playground.css", "LICENSES.txt", "pyodide/pyodide.mjs"} < set(named)
    for name in named:
        assert (out / name.removeprefix("/")).exists()
    with zipfile.ZipFile(out / "packages.zip") as packages:
        names = set(packages.namelist())
    assert {"convcost/__init__.py", "convcost/specs/resnet50.yaml"} < names
    assert {"convcost/views/report/page.css", "playground/answers.py", "yaml/reader.py"} < names
    assert {"pydantic/__init__.py", "pydantic_core/__init__.py"} < names
    assert not any(name.endswith((".pyc", ".pyx")) for name in names)
    assert not (out / "pyodide" / "console.html").exists()


@pytest.mark.usefixtures("registries")
def test_python_is_offered_no_package_that_it_could_look_for(tmp_path: Path) -> None:
    build(tmp_path / "page")
    lock = tmp_path / "page" / "pyodide" / "pyodide-lock.json"
    assert json.loads(lock.read_text(encoding="utf-8")) == {"info": {}, "packages": {}}


@pytest.mark.usefixtures("registries")
def test_it_is_the_same_each_time_whatever_was_there(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    other.mkdir()
    (other / "old.js").write_text("old", encoding="utf-8")
    for folder in (one, other):
        build(folder)
    files = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(other) for path in other.rglob("*") if path.is_file())
    for file in files:
        assert (one / file).read_bytes() == (other / file).read_bytes()


def test_what_was_fetched_before_is_not_fetched_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def registry(url: str, timeout: float) -> io.BytesIO:
        asked.append(url)
        return io.BytesIO(b"some")

    monkeypatch.setattr("urllib.request.urlopen", registry)
    for _ in range(2):
        assert fetched(PART, tmp_path / "cache") == b"some"
    assert asked == [PART.url]
    (tmp_path / "cache" / "some.whl").write_bytes(b"damaged")
    assert fetched(PART, tmp_path / "cache") == b"some"


def test_a_file_with_another_hash_is_refused_and_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("urllib.request.urlopen", lambda url, timeout: io.BytesIO(b"other"))
    with pytest.raises(ValueError, match=r"some\.whl has the hash"):
        fetched(PART, tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_where_nothing_can_be_fetched_the_command_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def registry(url: str, timeout: float) -> io.BytesIO:
        raise urllib.error.URLError("no network")

    monkeypatch.setattr("urllib.request.urlopen", registry)
    monkeypatch.setattr("sys.argv", ["build", str(tmp_path / "out"), "--cache", str(tmp_path)])
    with pytest.raises(SystemExit) as ended:
        built.main()
    assert ended.value.code == built.NOT_HAD
    assert "cannot be built: <urlopen error no network>" in capsys.readouterr().err


def test_files_come_from_two_registries_by_their_hashes() -> None:
    for part in (PYODIDE, PYYAML, *WHEELS):
        assert part.url.startswith(
            ("https://registry.npmjs.org/", "https://files.pythonhosted.org/")
        )
        assert re.fullmatch("[0-9a-f]{64}", part.sha256)


def test_there_is_something_to_read_without_a_script() -> None:
    page = filled(INDEX, 1)
    assert "<!--" not in page
    assert "<td>576 + 8,192</td>" in page
    for network in zoo():
        assert f"<td>{network.name}</td>" in page
        assert f"{network.report.macs:,}" in page


def test_the_script_is_told_the_facts() -> None:
    found = re.search(r'id="facts">(.*?)</script>', filled(INDEX, 15), re.DOTALL)
    assert found
    facts = json.loads(found[1])
    assert facts["bytes"] == 15
    assert facts["networks"] == [network.name for network in zoo()]
    assert facts["example"] in facts["networks"]
    assert facts["shown"] in facts["rows"]
    group = next(kind for kind in facts["kinds"] if kind["name"] == "group")
    assert [option["name"] for option in group["options"]] == ["groups", "shuffle"]
    assert group["options"][1]["words"] == ["true", "false"]
    assert "spec" in facts["networkFormats"]
    assert "png" not in facts["layerFormats"]


def test_the_page_keeps_to_its_policy() -> None:
    page = filled(INDEX, 1)
    policy = re.search(r'Policy" content="([^"]*)"', page)
    assert policy
    assert "unsafe-inline" not in policy[1]
    assert "'unsafe-eval'" not in policy[1]
    assert "http" not in policy[1]
    assert "*" not in policy[1]
    assert not re.search(r"<style|\sstyle=|\son\w+=", page)
    assert re.findall(r"<script(?! type=.application/json)([^>]*)>([^<]*)<", page) == [
        (' src="report.js" defer', ""),
        (' src="playground.js" type="module"', ""),
    ]


@pytest.mark.parametrize("path", sorted(PAGE.iterdir()), ids=lambda path: str(path.name))
def test_nothing_on_the_page_names_another_place(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "http:" not in text
    assert "https:" not in text
    assert '"//' not in text
    assert not re.search(r"\beval\(|new Function|insertAdjacentHTML|document\.write", text)


def test_markup_is_only_ever_the_packages_own() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(PAGE.glob("*.js")))
    assert sorted(re.findall(r"innerHTML = ([^;]*);", text)) == [
        "answer.markup",
        "bars",
        'explained.markup ?? ""',
        'explained.picture ?? ""',
        "markup",
    ]
