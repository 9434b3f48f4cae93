"""The family of expressions: everything that can stand between `${` and `}`, and what cannot."""

from __future__ import annotations

from benchmarks.fuzzing.calls import calls_about
from benchmarks.fuzzing.case import Case, Write
from benchmarks.fuzzing.draw import HUGE, Draw
from benchmarks.fuzzing.yamltext import scalar

NAMES = (
    "n",
    "H",
    "W",
    "i",
    "alpha",
    "width",
    "text",
    "N",
    "__class__",
    "x²",
    "naïve",
    "True",
    "none",
)
CALLS = ("abs", "ceil", "floor", "int", "max", "min", "round", "make_divisible")
STRANGE = (
    *("().__class__", "n.__class__", "[].append", "open('x')", "lambda: 1", "[i for i in (1, 2)]"),
    *(
        "f'{n}'",
        "'%s' % n",
        "b'a'",
        "1j",
        "...",
        "n := 3",
        "*n",
        "await n",
        "not",
        "1 if",
        "((((((1",
    ),
    *("'a' * 10**9", "(1, 2) * 10**9", "9**9**9**9", "10**10**10", "2**-1", "0**-1", "1 << 10**9"),
    *("1/0", "1%0", "1//0.0", "-1 % 3", "1e308 * 10", "1e999", "-0.0", "nan", "inf", "0.1 + 0.2"),
    *(
        "0x10",
        "1_000",
        "0777",
        "٣",
        "1.",
        ".5",
        "n n",
        "max()",
        "max('a', 1)",
        "min(n)",
        "round(2.5)",
    ),
    *("round(n, 10**9)", "make_divisible(n, 0)", "make_divisible(10**17, 3)", "int('9' * 5000)"),
    *(
        "int('٣')",
        "int('1_0')",
        "ceil(1e300)",
        "'a' < 1",
        "n == None",
        "-(-(-(-n)))",
        "",
        " ",
        "}",
        "${n}",
    ),
)


def case(rng: Draw) -> Case:
    """A spec whose fields are expressions."""
    simple = rng.chance(0.55)
    channels = _whole(rng, 2) if simple else _any(rng, rng.randint(1, 5))
    lines = [
        "input: 8x9x9",
        "vars:",
        "  alpha: 0.5",
        f"  width: {scalar(f'${{{_whole(rng, 1)}}}')}",
        f"  text: {scalar(rng.choice(('a', '3', '3x3', 'same', 'relu')))}",
        f"  N: {rng.choice((1, 2, 3))}",
        "layers:",
        f"  - {{kind: standard, m: {scalar(_text(rng, channels))}, k: 3}}",
    ]
    if rng.chance(0.5):
        times = rng.choice(("N", "N + 1", "3")) if simple else _any(rng, 2)
        inner = _whole(rng, 1, (*NAMES[:4], "N")) if simple else _any(rng, 3)
        lines += [
            f"  - repeat: {scalar(f'${{{times}}}')}",
            f"    layers: [{{kind: pointwise, m: {scalar(f'${{{inner}}}')}}}]",
        ]
    if rng.chance(0.4):
        condition = rng.choice(("n > 3", "alpha < 1 and N", "not N == 2", "H >= W", "text == 'a'"))
        condition = condition if simple else _any(rng, 3)
        lines.append(f"  - {{kind: relu, when: {scalar(f'${{{condition}}}')}}}")
    more: tuple[str, ...] = ()
    if rng.chance(0.2):
        value = rng.choice(
            ("1", "0.25", "-1", "x", "true", "", "3x3", "[1]", "10**9", str(rng.choice(HUGE)))
        )
        more = ("--set", f"{rng.choice(('alpha', 'width', 'N', 'text', 'nope'))}={value}")
    raw = "\n".join([*lines, ""]).encode("utf-8", "surrogatepass")
    return Case("expressions", (Write("net.yaml", raw), *calls_about(rng, "net.yaml", more=more)))


def _text(rng: Draw, expression: str) -> str:
    if rng.chance(0.9):
        return f"${{{expression}}}"
    return rng.choice(
        (
            f"${{{expression}}}${{{expression}}}",
            f"$${{{expression}}}",
            f"${{{expression}",
            f" ${{{expression}}} ",
        )
    )


def _whole(rng: Draw, depth: int, names: tuple[str, ...] = ()) -> str:
    """An expression that is a small whole number above nothing."""
    if depth == 0:
        return rng.choice((*names[:1], *names[-1:], str(rng.randint(1, 40))))
    left, right = _whole(rng, depth - 1, names), _whole(rng, depth - 1, names)
    return rng.choice(
        (
            *(f"{left} + {right}", f"{left} * {right}", f"max({left}, {right})", f"({left})"),
            *(f"{left} if {right} > 8 else {right}", f"make_divisible({left})", f"abs(-{left})"),
            *(
                f"round({left} * alpha) + 1" if names == () and depth > 1 else left,
                f"ceil({left} / 3)",
            ),
            *(
                f"int({left})",
                f"1 + {left} // {right}",
                f"1 + {left} % {right}",
                f"2 ** ({left} % 4)",
            ),
        )
    )


def _any(rng: Draw, depth: int) -> str:
    """Any expression, right or wrong."""
    if depth == 0 or rng.chance(0.1):
        leaves = (
            rng.choice(NAMES),
            str(rng.randint(-3, 99)),
            str(rng.choice(HUGE)),
            "0.5",
            "'a'",
            "True",
        )
        return rng.choice(leaves) if rng.chance(0.85) else rng.choice(STRANGE)
    left, right = _any(rng, depth - 1), _any(rng, depth - 1)
    operator = rng.choice(
        (
            *("+", "-", "*", "/", "//", "%", "**", "<", ">", "==", "!=", "<=", ">=", "and", "or"),
            "in",
            "is",
            "^",
            "<<",
            "@",
        )
    )
    call = rng.choice(CALLS)
    return rng.choice(
        (
            *(f"{left} {operator} {right}", f"({left} {operator} {right})", f"{call}({left})"),
            *(
                f"{call}({left}, {right})",
                f"{left} if {right} else {left}",
                f"not {left}",
                f"-{left}",
            ),
        )
    )
