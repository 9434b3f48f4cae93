"""What a browser has around a page that changes: above it stands what is to be said of it."""

from __future__ import annotations

from typing import NamedTuple

from convcost.views.html import Html
from convcost.views.report.frame import hash_of, own


class Frame(NamedTuple):
    """A page, and the policy that it is to be sent with."""

    page: Html
    policy: str


def frame(title: str) -> Frame:
    """What is around the page of what `title` names: it asks for `states`, as JSON of what is
    `said` and whether it is `wrong`, and has the browser load `page` anew."""
    style, script = own("watched.css"), own("watched.js")
    policy = (
        f"default-src 'none'; style-src {hash_of(style)}; script-src {hash_of(script)}; "
        "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )
    page = Html.of(
        """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{} · convcost watch</title>
<style>{}</style>
</head>
<body>
<pre role="status">reading ...</pre>
<iframe title="The report"></iframe>
<script>{}</script>
</body>
</html>
""",
        *(title, style, script),
    )
    return Frame(page, policy)
