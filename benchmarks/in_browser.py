"""Whether the playground says what the command line says, looked at in Chromium.

python benchmarks/in_browser.py
python benchmarks/in_browser.py --layers 20 --networks 4 --mistakes 10
python benchmarks/in_browser.py --page FOLDER --seed 7

Layers by chance and the networks that ship, every number on the page and in its downloads; wrong
specs, each error at its line; links, there and back; what is meant to do harm; what the page
fetches; and what axe finds. The page is built first, unless one is named.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Generator, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))  # as a script it sees its own folder only


def main() -> None:
    """Run all checks; exit code 1 if anything was found."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--page", type=Path, metavar="FOLDER", help="one that is built")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--layers", type=int, default=200, metavar="N")
    parser.add_argument("--networks", type=int, metavar="N", help="so many (default: all)")
    parser.add_argument("--mistakes", type=int, default=100, metavar="N")
    args = parser.parse_args()
    from playground.build import build
    from tests.browser import BROWSER

    if BROWSER is None:
        sys.exit("no Chromium is installed")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        work = Path(name)
        page = args.page and args.page.resolve()
        if page is None:
            page = work / "page"
            build(page)
        with contextlib.closing(_checks(page, work, args)) as checks:
            found = sum(_told(title, wrong) for title, wrong in checks)
    sys.exit(1 if found else 0)


def _told(title: str, wrong: Iterable[str]) -> int:
    """How many things are wrong, all of which are printed."""
    began, found = time.monotonic(), 0
    for each in wrong:
        print(f"  {each}", flush=True)
        found += 1
    print(f"{title}: {found or 'nothing'} wrong, {time.monotonic() - began:.0f} s", flush=True)
    return found


def _checks(
    folder: Path, work: Path, args: argparse.Namespace
) -> Generator[tuple[str, Iterable[str]], None, None]:
    from benchmarks.browsing import manners, numbers
    from benchmarks.browsing.page import Page
    from convcost.sources.zoo import shipped
    from tests.playground.driven import browser, served

    for each in ("profile", "downloads", "elsewhere", "specs", "broken"):
        (work / each).mkdir()
    for path in folder.iterdir():
        if path.name != "packages.zip":
            (work / "broken" / path.name).symlink_to(path)
    os.chdir(work / "specs")
    with contextlib.ExitStack() as stack:
        address = stack.enter_context(served(folder))
        elsewhere = stack.enter_context(served(work / "elsewhere"))
        driven = stack.enter_context(browser(work / "profile"))
        page = Page(driven, address, work / "downloads")
        names = [*shipped()][: args.networks]
        yield "policy", manners.policy(page, elsewhere)
        yield f"{args.layers} layers", numbers.layers(page, args.seed, args.layers)
        yield f"{len(names)} networks", numbers.networks(page, names, work / "specs")
        yield "files", numbers.files(page, work / "specs")
        wrong = numbers.mistakes(page, args.seed, args.mistakes, work / "specs")
        yield f"{args.mistakes} wrong specs", wrong
        yield "using it", manners.using(page)
        yield "links", manners.links(page)
        yield "harm", manners.harm(page)
        yield "stopping", manners.stopping(page)
        yield "reading", manners.reading(page)
        broken = stack.enter_context(served(work / "broken"))
        yield "a missing file", manners.failing(page, broken)
        inside = (address, broken, elsewhere, "data:", "about:")
        asked = {each.removeprefix("blob:") for each in driven.requests}
        outside = {each for each in asked if not each.startswith(inside)}
        yield "requests", sorted(outside - {elsewhere})
        said = [each for each in driven.said if elsewhere not in each and "404" not in each]
        yield "what the browser says", said


if __name__ == "__main__":
    main()
