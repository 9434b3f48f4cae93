"""Names that would act where they are shown, and what CI systems' logs and GitHub act on.

The readers are written after what those systems do, not after how this program escapes.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

from linkify_it import LinkifyIt
from markdown_it import MarkdownIt

NAMES = (
    # GitHub's logs: commands at the start of a line, after blanks; and the old ones, anywhere
    "::error::x",
    " ::add-mask::x",
    "\t::stop-commands::x",
    "\u3000::set-output name=a::b",
    "\ufeff::error::x",
    "\u034f::error::x",
    "\ufe0f:\ufe0f:error::x",
    "a ::debug::x",
    "a-::warning::x",
    "a\n::error::x",
    "a\r\n::error file=b::x",
    "a\u2028::error::x",
    "a%0A::error::x",
    "a,line=1::b",
    "##[add-mask]x",
    "a##[error]x",
    "###[group]x",
    # Azure, TeamCity, GitLab
    "##vso[task.setvariable variable=PATH]x",
    "a ##vso[task.complete]",
    "##teamcity[buildStop]",
    "section_start:1:x\r\x1b[0Kx",
    # spreadsheets
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    "\u200b=1",
    '"=1"',
    "'=1",
    "\uff1d1",
    "\uff0b1",
    "\uff0d1",
    "\uff20SUM(A1)",
    "a;=1",
    'a,"=1',
    '=HYPERLINK("http://example.org")',
    # Markdown and what GitHub adds to it
    "# a",
    "1. a",
    "2) a",
    "- a",
    "+ a",
    "- [ ] a",
    "    a",
    "===",
    "---",
    "***",
    "> a",
    "```",
    "`a`",
    "*a* **b** _c_ __d__ ~~e~~",
    "a\\",
    "a\\|b",
    "a|b",
    "| --- |",
    "[a](http://example.org)",
    "![a](//example.org)",
    "[a]: http://example.org",
    "a[^1]",
    "<img src=//example.org>",
    "<http://example.org>",
    "</details></summary>",
    "<!-- a",
    "&lt;b&gt; &#x3c;",
    "http://example.org",
    "https://example.org/a?b=c",
    "HTTPS://EXAMPLE.ORG",
    "ftp://example.org",
    "//example.org",
    "www.example.org",
    "WWW.example.org",
    "a@example.org",
    "mailto:a@example.org",
    "xmpp:a@example.org",
    "@somebody",
    "@org/team",
    "#1",
    "org/repo#1",
    "GH-1",
    "gh-1",
    "org/repo@0123456789abcdef0123456789abcdef01234567",
    "somebody@0123456",
    "0123456789abcdef0123456789abcdef01234567",
    "deadbeef",
    "ABCDEF0",
    "1234567",
    "a:skull:b",
    ":+1:",
    ":100:",
    "$a$ $$b$$",
    "!1",
    "~label",
    "%milestone",
    "&1",
    # XML, SARIF, Rich, terminals
    "]]></failure><x>",
    "\"><x a='b",
    "a](b) [c](1) \\](d",
    "[bold]a[/bold]",
    "\x1b[31ma",
    "\x9b31m",
    "\x00\x01\x0b\x7f\x85",
    "\x1b]8;;http://example.org\x07a",
    "\u202ea",
    "\ufffe\uffff",
    "\U0001f600",
    "\u5377\u7a4d",
    "n" * 300,
)


def printable(name: str) -> str:
    """The name with an escape for each character that shows nothing, or acts on a terminal."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in name
    )


# What .NET takes for nothing where it compares text, and Python for printable.
_IGNORED = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef\u200b-\u200f\u2060-\u206f\ufeff\x00-\x08\x0e-\x1f]"
)
_ANYWHERE = re.compile(r"##\[|##vso\[|##teamcity\[|section_(start|end):\d", re.IGNORECASE)
_STYLES = re.compile(r"\x1b\[[0-9;]*m")


def commands(text: str) -> list[str]:
    """The lines of `text` that some CI system's log takes for a command."""
    lines = _STYLES.sub("", text).splitlines()
    return [
        line
        for line in lines
        if _IGNORED.sub("", line).strip().startswith("::") or _ANYWHERE.search(line)
    ]


_REFERENCES = {
    "mention": re.compile(r"(?<![\w/])@\w"),
    "issue": re.compile(r"#\d|\bGH-\d", re.IGNORECASE),
    "commit": re.compile(r"(?<![0-9a-z])[0-9a-f]{7,40}(?![0-9a-z])", re.IGNORECASE),
    "link": re.compile(r"(?:https?|ftp)://|\bwww\.\w|//\w+\.\w", re.IGNORECASE),
    "address": re.compile(r"[\w.+-]+@[\w-]+\.\w"),
    "emoji": re.compile(r":(?:100|1234|[\w+-]*[a-z_+-][\w+-]*):", re.IGNORECASE),
    "of GitLab": re.compile(r"[!&$]\d|[~%]\w"),
}
_TAGS = {
    *("h3", "p", "br", "strong", "ul", "li", "details", "summary"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}


class Fragment(HTMLParser):
    """What a reader sees of HTML: tags with attributes, and texts, block by block; and how far
    texts are `indented`."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[tuple[str, str]] = set()
        self.raw: list[str] = []
        self.indented: dict[str, int] = {}
        self._inside, self._indent = "", 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add((tag, " ".join(f"{name}={value}" for name, value in attrs)))
        if tag not in ("strong", "br"):
            self._end()
        padding = re.fullmatch(r"padding-left:(\d)em", dict(attrs).get("style") or "")
        self._indent = int(padding[1]) if padding else 0

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("strong", "br"):
            self._end()

    def handle_data(self, data: str) -> None:
        self._inside += data

    def handle_comment(self, data: str) -> None:
        self.tags.add(("!--", data))

    def handle_decl(self, decl: str) -> None:
        self.tags.add(("!", decl))

    def _end(self) -> None:
        if self._inside.strip("\n"):
            self.raw.append(self._inside.strip("\n"))
            if self._indent:
                self.indented[self.raw[-1]] = self._indent
        self._inside = ""


class Page(Fragment):
    """What a reader of GitHub's sees of Markdown: `texts` are without the blanks of no width."""

    def __init__(self, markdown: str) -> None:
        reader = MarkdownIt("gfm-like", {"html": True})
        reader.linkify = LinkifyIt(options={"fuzzy_link": False, "fuzzy_ip": False})
        super().__init__(reader.render(markdown))

    @property
    def texts(self) -> list[str]:
        return [text.replace("\u200b", "") for text in self.raw]

    def acting(self) -> list[str]:
        """Tags that are none of a table's, and references in the text."""
        styles = {"", "style=text-align:right"}
        tags = [f"{each}" for each in self.tags if each[0] not in _TAGS or each[1] not in styles]
        return tags + [
            f"{what}: {text}"
            for text in self.raw
            for what, pattern in _REFERENCES.items()
            if pattern.search(text)
        ]


_TEX_SIGNS = {
    **{f"\\{sign}": sign for sign in "{}$&#_%"},
    r"\textbackslash{}": "\\",
    r"\textasciicircum{}": "^",
    r"\textasciitilde{}": "~",
    r"\textless{}": "<",
    r"\textgreater{}": ">",
    r"\textbar{}": "|",
    r"\textasciigrave{}": "`",
    r"\char34{}": '"',
    "$-$": "-",
    "$^2$": "²",
    "$^3$": "³",
    "$^T$": "ᵀ",
    r"$\times$": "×",
    r"$\cdot$": "·",
    r"$\surd$": "✅",
    r"$\otimes$": "❌",
    r"$\hookrightarrow$": "↳",
    r"$\rightarrow$": "→",
    r"$\leq$": "≤",
    r"$\geq$": "≥",
    r"$\approx$": "≈",
}
_TEX_TOKEN = re.compile(
    "|".join([r"\\textbf\{", *map(re.escape, _TEX_SIGNS), r"\{.?\}|[{}]", "--|,,|''", "."])
)
_TEX_FRAME = re.compile(
    r"(\\(begin|end)\{(center|tabular|longtable|itemize|description|small|footnotesize|scriptsize)\}"
    r"(\{([lr]|p\{0\.\d+\\linewidth\})+\})?)*|\\(top|mid|bottom)rule|\\endhead"
)
_TEX_START = re.compile(
    r"\\item\[\{(.*?)\}\] |\\paragraph\{(.*?)\} (?=input |layers |[A-Z])|\\(?:item|noindent) "
)
_TEX_INDENT = re.compile(r"\\hspace\*\{(\d)em\}")
_TEX_STACK = re.compile(r"\\shortstack\[[lr]\]\{(.*?)\}(?= & | \\\\$)", re.MULTILINE)


class Tex:
    """What TeX sets: `texts` are cells, items and lines, of which some are `indented`; `acting` was
    not meant to be more."""

    def __init__(self, latex: str) -> None:
        self.texts: list[str] = []
        self.acting: list[str] = []
        self.indented: dict[str, int] = {}
        stacked = _TEX_STACK.sub(lambda title: title[1].replace("\\\\", " "), latex)
        first, *lines = stacked.split("\n")
        if first not in ("", r"% \usepackage{booktabs,longtable}"):
            self.acting.append(first)
        for line in lines:
            if _TEX_FRAME.fullmatch(line):
                continue
            start = _TEX_START.match(line)
            parts = [*filter(None, start.groups()), line[start.end() :]] if start else [line]
            for part in parts:
                # At an end of line TeX looks for a star or a bracket at the start of the next.
                if part.startswith(("[", "*")):
                    self.acting.append(line)
                cells = re.split(r"(?<!\\) & ", re.sub(r" ?\\\\$", "", part))
                for cell in cells:
                    indent = _TEX_INDENT.match(cell)
                    self.texts.append(self._read(cell[indent.end() :] if indent else cell))
                    if indent:
                        self.indented[self.texts[-1]] = int(indent[1])

    def _read(self, cell: str) -> str:
        text, is_open = "", False
        for piece in _TEX_TOKEN.findall(cell):
            if piece == r"\textbf{" or (piece == "}" and is_open):
                is_open = not is_open
            elif piece in _TEX_SIGNS:
                text += _TEX_SIGNS[piece]
            elif re.fullmatch(r"\{.?\}", piece):
                text += piece[1:-1]
            elif re.fullmatch(r"[\\{}$&#_%^~`\"<>|]|--|,,|\'\'", piece):
                self.acting.append(cell)
            else:
                text += piece
        if is_open:
            self.acting.append(cell)
        return text
