"""Pages in a real browser, which is not asked for more than one look at each."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

DARK = "--blink-settings=preferredColorScheme=0"
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
_WATCH = """
const violations = [];
addEventListener("securitypolicyviolation", event => violations.push(event.blockedURI));
addEventListener("error", event => violations.push(event.message));
addEventListener("unhandledrejection", event => violations.push(String(event.reason)));
"""
_TELL = """
async function until(holds) {
  for (let tries = 0; tries < 200 && !holds(); tries += 1)
    await new Promise(done => setTimeout(done, 20));
}
async function told() {%s}
told().catch(error => String(error)).then(found => {
  const requests = performance.getEntriesByType("resource").map(each => each.name);
  top.document.title = JSON.stringify({found, violations, requests});
});
"""


def look(
    page: str, body: str, folder: Path, width: int = 1280, *options: str, library: str = ""
) -> Any:
    """What the body of an asynchronous function finds on a page that is `width` pixels wide.

    The page's own policy holds but for that function and the `library` that it calls; nothing is
    fetched, and nothing fails, on the way.
    """
    scripts = [_WATCH, library, _TELL % body]
    page = page.replace("script-src ", f"script-src {' '.join(map(_hash, scripts))} ", 1)
    before, *after = (f"<script>{each}</script>" for each in scripts)
    page = page.replace("<title>", f"{before}<title>", 1)
    page = page.replace("</body>", f"{''.join(after)}</body>", 1)
    path = folder / "page.html"
    # A window is never as narrow as a phone, and a frame is.
    framed = f'<iframe width="{width}" height="900" srcdoc="{html.escape(page)}"></iframe>'
    path.write_text(
        f"<!DOCTYPE html><meta charset=utf-8><title></title>{framed}", "utf-8", "backslashreplace"
    )
    shown = dump(path, folder, "--virtual-time-budget=20000", "--hide-scrollbars", *options)
    title = re.search(r"<title>(.*?)</title>", shown, re.DOTALL)
    assert title
    told = json.loads(html.unescape(title[1]))
    assert told["requests"] == told["violations"] == []
    return told["found"]


def dump(path: Path, folder: Path, *options: str) -> str:
    """What a file has become when all of it has run."""
    command = [str(BROWSER), *OPTIONS, *options, f"--user-data-dir={folder}", "--dump-dom"]
    done = subprocess.run([*command, path.as_uri()], capture_output=True, check=True, timeout=120)
    return done.stdout.decode()


def _hash(script: str) -> str:
    return f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"
