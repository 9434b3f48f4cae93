"""A page of its own: one file that fetches nothing, and that nothing in it can make fetch.

Its policy names the one style and the one script by their hashes, and forbids everything else.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from pathlib import Path

import convcost
from convcost.views.html import Html
from convcost.views.pictures import svg

_LINE = Html.of("\n")


def page(title: str, below: Html, blocks: Iterable[Html], counted: str) -> Html:
    """A whole page; `below` stands below its title, and what it is `counted` by at its end."""
    body = [
        Html.of("<header>\n<h1>{}</h1>\n{}\n</header>", title, below),
        Html.of('<main id="main">\n{}\n</main>', _LINE.join(blocks)),
        Html.of("<footer>\n<p>{} · convcost {}</p>\n</footer>", counted, convcost.__version__),
    ]
    style, script = Html().join([own("page.css"), svg.style()]), own("page.js")
    policy = (
        f"default-src 'none'; style-src {hash_of(style)}; script-src {hash_of(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    return Html.of(
        """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{}</title>
<style>{}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
{}
<script>{}</script>
</body>
</html>
""",
        *(policy, title, style, _LINE.join(body), script),
    )


@cache
def own(name: str) -> Html:
    """A file of this folder, which is written for pages and holds nothing from elsewhere."""
    return Html._made(Path(__file__).with_name(name).read_text(encoding="utf-8"))


def hash_of(text: str) -> str:
    """What a policy calls a style or a script by."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
