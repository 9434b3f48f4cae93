"""`convcost watch`."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from convcost.sources import saves
from tests.browser import BROWSER
from tests.cli.runner import Runner
from tests.playground.driven import browser

SPEC = "name: net\ninput: 3x8x8\nlayers: [{kind: standard, m: 4, k: 3}]\n"
WIDER, WRONG = SPEC.replace("m: 4", "m: 8"), SPEC.replace("m: 4", "m: x")
Edits = Callable[..., None]


@pytest.fixture
def edits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Edits:
    """Has the file hold one text after the other while it is watched; a function is called."""
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "net.yaml"
    file.write_text(SPEC, encoding="utf-8")

    def prepare(*steps: str | Callable[[], object]) -> None:
        def edited(*_: object) -> Iterator[None]:
            yield
            for step in steps:
                if callable(step):
                    step()
                else:
                    file.write_text(step, encoding="utf-8")
                    yield

        monkeypatch.setattr(saves, "saves", edited)

    return prepare


def free_port() -> str:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return str(found.getsockname()[1])


def get(port: str, path: str = "/", host: str = "") -> tuple[str, str]:
    """A page and its policy."""
    asked = Request(f"http://127.0.0.1:{port}{path}", headers={"Host": host} if host else {})
    with urlopen(asked, timeout=30) as answer:  # noqa: S310 - of this machine
        return answer.read().decode(), answer.headers["Content-Security-Policy"]


def test_each_save_gives_what_it_costs_and_what_changed(convcost: Runner, edits: Edits) -> None:
    edits(WIDER)
    code, out, err = convcost("watch", "net.yaml", "--metrics", "weight-bytes")
    assert code == 0
    after = convcost("eval", "net.yaml", "--metrics", "weight-bytes").out
    assert f"\n\n{after}\nnet: 1 changed, 0 unchanged\n" in out
    assert "weight bytes     432 →    864     +432 (+100.0%)" in out
    assert err.count("note: watching net.yaml, as it was at ") == 2


def test_what_is_wrong_is_said_and_waited_for(convcost: Runner, edits: Edits) -> None:
    edits(WRONG, WIDER)
    code, out, err = convcost("watch", "net.yaml")
    assert code == 0
    assert "net.yaml:3:30: error: m must be an integer, not 'x'" in err
    assert "+108" in out


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["missing.yaml"], "missing.yaml: error: there is no such file"),
        (["torch:nets:Net"], "torch:nets:Net is no file, and files alone can be followed"),
        (["-"], "- is no file"),
        (["net.yaml", "--port", "80"], "--port says where --serve is, which is not given"),
        (["net.yaml", "--serve", "--port", "65536"], "--port is at most 65535"),
        (["net.yaml", "--serve", "--port", "x"], "--port must be a whole number"),
        (["net.yaml", "--metrics", "x"], '--metrics: unknown metric "x"'),
    ],
)
def test_what_cannot_be_watched_is_refused_at_once(
    convcost: Runner, edits: Edits, args: list[str], said: str
) -> None:
    edits()
    code, out, err = convcost("watch", *args)
    assert (code, out) == (2, "")
    assert said in err


def test_a_browser_is_given_the_page_of_report_which_follows(
    convcost: Runner, edits: Edits
) -> None:
    port, pages, states = free_port(), [], []

    def look() -> None:
        pages.append(get(port, "/page")[0])
        with urlopen(f"http://127.0.0.1:{port}/states", timeout=30) as answer:
            states.append(json.loads(answer.readline().removeprefix(b"data: ")))

    edits(look, WIDER, look, WRONG, look)
    code, _, err = convcost("watch", "net.yaml", "--serve", "--port", port)
    assert code == 0
    assert f"note: the report is at http://127.0.0.1:{port}/\n" in err
    before, after, still = pages
    assert "108" in before
    assert "What changed" not in before
    assert "What changed" in after
    assert still == after
    assert [each["wrong"] for each in states] == [False, False, True]
    assert states[-1] == {
        "said": "net.yaml:3:30: m must be an integer, not 'x'\nbelow is what it was before",
        "wrong": True,
    }


def test_another_site_cannot_have_it_under_a_name_of_its_own(
    convcost: Runner, edits: Edits
) -> None:
    port, refused = free_port(), []

    def look() -> None:
        for path, host in [("/", "evil.example"), ("/page", f"evil.example:{port}"), ("/x", "")]:
            with pytest.raises(HTTPError) as error:
                get(port, path, host)
            refused.append(error.value.code)
            error.value.close()
        page, policy = get(port, "/", f"localhost:{port}")
        assert "<title>net.yaml · convcost watch</title>" in page
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy

    edits(look)
    assert convcost("watch", "net.yaml", "--serve", "--port", port).code == 0
    assert refused == [403, 403, 404]


def test_a_port_that_is_taken(convcost: Runner, edits: Edits) -> None:
    edits()
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        code, out, err = convcost("watch", "net.yaml", "--serve", "--port", port)
    assert (code, out) == (2, "")
    assert f"error: port {port} cannot be had" in err
    assert "without --port one is taken that is free" in err


@pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed")
def test_a_real_browser_follows_where_it_is_read_and_says_what_is_wrong(
    convcost: Runner, edits: Edits, tmp_path: Path
) -> None:
    port, seen = free_port(), []
    wait = """
    const said = document.querySelector("pre"), frame = document.querySelector("iframe");
    const find = text =>
      document.querySelector("iframe")?.contentDocument?.body?.textContent.includes(text);
    const until = async holds => {
      for (let tries = 0; tries < 500 && !holds(); tries += 1)
        await new Promise(done => setTimeout(done, 20));
      return holds();
    };
    """

    with browser(tmp_path / "profile") as chromium:

        def ask(script: str) -> None:
            seen.append(chromium.run(wait + script))

        edits(
            lambda: chromium.go(f"http://127.0.0.1:{port}/"),
            lambda: ask('return await until(() => find("Where the cost lies"));'),
            lambda: ask("frame.contentWindow.scrollTo({ top: 300, behavior: 'instant' });"),
            WIDER,
            lambda: ask('return await until(() => find("What changed"));'),
            lambda: ask("return await until(() => frame.contentWindow.scrollY === 300);"),
            WRONG,
            lambda: ask("return await until(() => said.className) && said.textContent;"),
        )
        assert convcost("watch", "net.yaml", "--serve", "--port", port).code == 0
        ask('return await until(() => said.textContent.startsWith("convcost watch has ended"));')
    wrong = "net.yaml:3:30: m must be an integer, not 'x'\nbelow is what it was before"
    assert seen == [True, None, True, True, wrong, True]


def test_a_process_follows_a_file_until_it_is_interrupted(tmp_path: Path) -> None:
    file, out = tmp_path / "net.yaml", tmp_path / "out"
    file.write_text(SPEC, encoding="utf-8")

    def wait_for(text: str) -> None:
        for _ in range(600):
            if text in out.read_text(encoding="utf-8"):
                return
            time.sleep(0.1)
        raise AssertionError(out.read_text(encoding="utf-8"))

    command = [sys.executable, "-m", "convcost", "watch", str(file)]
    with out.open("w", encoding="utf-8") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=stream, cwd=tmp_path)
    try:
        wait_for("Ctrl-C ends")
        file.write_text(WIDER, encoding="utf-8")
        wait_for("+108")
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
    finally:
        process.kill()
        process.wait()
    assert "Traceback" not in out.read_text(encoding="utf-8")
