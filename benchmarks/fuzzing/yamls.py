"""The family of YAML: anchors, tags, styles, encodings, and text that is nearly YAML."""

from __future__ import annotations

import codecs

from benchmarks.fuzzing import mutate
from benchmarks.fuzzing.calls import calls_about
from benchmarks.fuzzing.case import Case, Write
from benchmarks.fuzzing.draw import Draw

SCALARS = (
    *(
        "8",
        "+8",
        "08",
        "0o10",
        "0x8",
        "0b11",
        "8_0",
        "8.0",
        "8e0",
        ".8",
        "8.",
        "1e3",
        ".inf",
        "-.INF",
        ".nan",
    ),
    *(
        "~",
        "null",
        "Null",
        "",
        "yes",
        "No",
        "on",
        "off",
        "y",
        "true",
        "TRUE",
        "tRue",
        "3:3",
        "1:30:00",
    ),
    *(
        "2001-01-01",
        "2001-12-14t21:59:43.10-05:00",
        "=",
        "<<",
        "'8'",
        '"8"',
        '"\\x38"',
        "'it''s'",
        "? 8",
    ),
    *(
        "!!int 8",
        "!!str 8",
        "!!binary aGk=",
        "!!python/object:os.system x",
        "!local 8",
        "! 8",
        "&a 8",
    ),
    *(
        "*nowhere",
        "|\n    8",
        ">-\n    8\n",
        "|2\n      8",
        "[8]",
        "{8}",
        "{8: 8}",
        "[8,]",
        "{m: 8,}",
    ),
    *(
        "@8",
        "`8`",
        "%8",
        "8 # c",
        "8#c",
        "- 8",
        "8: 8",
        '"8',
        "'8",
        "[8",
        "{8",
        "8]",
        "\t8",
        "\\8",
        "８",
    ),
    *(
        "999999999999999999",
        "1" * 19,
        "1" * 5000,
        "0." + "1" * 5000,
        '"\\ud83d\\ude00"',
        '"\\U0001F600"',
    ),
)
HEAD = "input: 3x8x8\nlayers"
LAYER = "{kind: standard, m: 8, k: 3}"


def case(rng: Draw) -> Case:
    """A spec written in one of the odd ways that YAML has."""
    text = rng.choice((_anchors, _scalars, _styles, _nested, _document, _aliases))(rng)
    if rng.chance(0.15):
        text = mutate.words(rng, text)
    raw = _encoded(rng, text)
    if rng.chance(0.1):
        raw = mutate.data(rng, raw)
    return Case("yaml", (Write("net.yaml", raw), *calls_about(rng, "net.yaml")))


def _encoded(rng: Draw, text: str) -> bytes:
    form = rng.random()
    if form < 0.8:
        return text.encode("utf-8", "surrogatepass")
    if form < 0.85:
        return codecs.BOM_UTF8 + text.encode("utf-8", "surrogatepass")
    if form < 0.9:
        return text.replace("\n", rng.choice(("\r\n", "\r", "\x85", "\u2028"))).encode(
            "utf-8", "surrogatepass"
        )
    encoding = rng.choice(("utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252", "utf-7"))
    return text.encode(encoding, "replace")


def _anchors(rng: Draw) -> str:
    return rng.choice(
        (
            f"input: 3x8x8\nlayers:\n  - &a {LAYER}\n  - *a\n  - *a\n",
            f"{HEAD}: [{{kind: &k standard, m: &m 8, k: &3 3}}, {{kind: *k , m: *m , k: *3 }}]",
            f"input: 3x8x8\nlayers: &l\n  - {LAYER}\n  - {{repeat: 2, layers: *l}}\n",
            f"input: 3x8x8\nlayers:\n  - &a {LAYER}\n  - {{<<: *a, m: 4}}\n",
            f"input: 3x8x8\nlayers:\n  - &a {LAYER}\n  - &a {{kind: relu}}\n  - *a\n",
            f"name: &i a\n{HEAD}: [&a {{kind: relu}}, {{name: *i , residual: [*a, *a]}}]\n",
            f"blocks: {{b: &b {{layers: [{LAYER}]}}, c: *b}}\ninput: 3x8x8\nlayers: [{{use: c}}]\n",
            f"input: 3x8x8\nlayers: [{LAYER}, *later, &later {{kind: relu}}]\n",
        )
    )


def _scalars(rng: Draw) -> str:
    odd = rng.choice(SCALARS)
    usual = ("8", "'8'", "8 ", "${8}", "'${8}'", " 8 # eight")
    value = rng.choice(usual) if rng.chance(0.4) else odd
    return rng.choice(
        (
            f"input: 3x8x8\nlayers:\n  - kind: standard\n    m: {value}\n    k: 3\n",
            f"{HEAD}:\n  - {{kind: standard, m: 8, k: 3, bias: {value}}}\n  - {LAYER}\n",
            f"name: {value}\ninput: 3x8x8\nlayers: [{LAYER}]\n",
            f"input: {value}\nlayers: [{{kind: linear, m: 8}}]\n",
            f"vars: {{a: {value}}}\n{HEAD}: [{{kind: standard, m: '${{a}}', k: 3}}]\n",
            f"input: 3x8x8\nlayers: [{LAYER}]\nbudgets: {{params: {value}}}\n",
            f"input: 3x8x8\nlayers:\n  - {value}: {value}\n    kind: relu\n",
        )
    )


def _styles(rng: Draw) -> str:
    return rng.choice(
        (
            '{"input": "3x8x8", "layers": [{"kind": "standard", "m": 8, "k": 3}]}',
            "input: 3x8x8\nlayers:\n- kind: standard\n  m: 8\n  k: 3\n-\n  kind: relu\n",
            "? input\n: 3x8x8\n? layers\n: - {kind: standard, m: 8, k: 3}\n",
            "input: 3x8x8\nname: |\n  two\n  lines\nlayers: [{kind: relu}]\n",
            "input: 3x8x8\nname: >-\n  folded\n  name\nlayers: [{kind: relu}]\n",
            "input:\n  - 3\n  - 8\n  - 8\nlayers: [{kind: standard, m: 8, k:\n 3}]\n",
            "# yaml-language-server: $schema=x\n\ninput: 3x8x8\nlayers: [ # c\n {kind: relu} ]\n",
            f"{HEAD}: [{{kind: relu, name: 'a\n\n  b'}}, {{kind: relu, name: \"a\\\n  b\"}}]\n",
            "input: 3x8x8\nlayers: [{kind: relu, kind: relu}]\n",
            "input: 3x8x8\nlayers:\n\t- {kind: relu}\n",
            '{"input":"3x8x8","layers":[{"kind":"standard","m":8,"k":3,"name":"a\\/b\\u00e9"}]}',
        )
    )


def _nested(rng: Draw) -> str:
    depth = rng.choice((2, 3, 5, 20, 60, 64, 65, 999, 1001, 20_000))
    form = rng.randrange(5)
    if form == 0:
        return f"input: 3x8x8\nlayers: {'[' * depth}{{kind: relu}}{']' * depth}\n"
    if form == 1:
        return f"{'{a: ' * depth}1{'}' * depth}\n"
    if form == 2:
        inside = f"{'{residual: [' * (depth // 2)}{{kind: relu}}{']}' * (depth // 2)}"
        return f"{HEAD}: [{inside}]\n"
    if form == 3:
        depth = min(depth, 300)
        lines = (f"{'  ' * level}- repeat: 1\n{'  ' * level}  layers:" for level in range(1, depth))
        return "input: 3x8x8\nlayers:\n" + "\n".join(lines) + f"\n{'  ' * depth}- {{kind: relu}}\n"
    return f"input: 3x8x8\nlayers:\n{'- ' * depth}{{kind: relu}}\n"


def _document(rng: Draw) -> str:
    body = f"input: 3x8x8\nlayers: [{LAYER}]\n"
    fronts = (
        "---\n",
        "--- # c\n",
        "%YAML 1.2\n---\n",
        "%TAG ! tag:x,2000:\n---\n",
        "\n\n",
        "# c\n",
        "\ufeff",
    )
    backs = (
        "...\n",
        "---\na: 1\n",
        "--- \n",
        "... # c\n",
        "\n\n\n",
        "# c",
        "\x00",
        "...\n...\n",
        "\x1a",
    )
    return rng.choice(("", "", rng.choice(fronts))) + body + rng.choice(("", "", rng.choice(backs)))


def _aliases(rng: Draw) -> str:
    """Each level ten times the one before, as in a billion laughs."""
    levels, times = rng.choice((1, 2, 3, 5, 9)), rng.choice((2, 3, 10))
    lines = ["input: 3x8x8", "blocks:", "  b0: &b0 {layers: [{kind: relu}]}"]
    for level in range(1, levels):
        inside = ", ".join([f"{{repeat: 1, layers: [*b{level - 1}]}}"] * times)
        lines.append(f"  b{level}: &b{level} {{layers: [{inside}]}}")
    uses = [
        f"  u{level}: {{layers: [{', '.join([f'{{use: u{level - 1}}}'] * times)}]}}"
        for level in range(1, levels)
    ]
    use_blocks = rng.chance(0.6)
    if use_blocks:
        lines = ["input: 3x8x8", "blocks:", "  u0: {layers: [{kind: relu}]}", *uses]
    return "\n".join([*lines, f"layers: [{{use: {'u' if use_blocks else 'b'}{levels - 1}}}]", ""])
