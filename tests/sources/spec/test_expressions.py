"""`${...}` in the text of a spec."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from convcost.errors import Problem, SpecError
from convcost.sources.spec.expressions import Value, evaluate_text, has_expression

NAMES: dict[str, Value] = {"alpha": 0.5, "w": 224, "mode": "fast", "deep": True, "huge": 10**30}


def value(text: str) -> object:
    return evaluate_text(text, NAMES)


def problem(text: str) -> Problem:
    with pytest.raises(SpecError) as caught:
        evaluate_text(text, NAMES)
    (only,) = caught.value.problems
    return only


# Text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("standard", "standard"),
        ("", ""),
        ("$5 {a}", "$5 {a}"),
        ("${w}x${w // 2}", "224x112"),
        ("conv${alpha}", "conv0.5"),
        ("${deep} or ${not deep}", "true or false"),
        ("${w} ", "224 "),
        ("$${w}", "${w}"),
        ("$$${w}", "$${w}"),
        ("${w}$${w}", "224${w}"),
        ("$ ${w}}", "$ 224}"),
    ],
)
def test_text_with_values_put_in(text: str, expected: str) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("64", False), ("$x", False), ("${x}", True), ("a $${x}", True)]
)
def test_has_expression(text: str, expected: bool) -> None:
    assert has_expression(text) is expected


# Values


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("w", 224),
        ("mode", "fast"),
        ("True", True),
        ("alpha * 64", 32.0),
        ("7 // 2 + 7 % 2 - -1", 5),
        ("w / 2", 112.0),
        ("2 ** 10", 1024),
        ("2 ** -1", 0.5),
        ("1 ** 1000000", 1),
        ("1e3", 1000.0),
        ("1 < 2 <= 2", True),
        ("w != 224", False),
        ("w == 224 and not deep", False),
        ("0 or 5", 5),
        ("32 if mode == 'fast' else 64", 32),
        ("'a' if alpha > 1 else 'b'", "b"),
        ("round(64 * alpha)", 32),
        ("round(2.5)", 2),
        ("round(3.5)", 4),
        ("ceil(0.1) + floor(-0.1) + int(2.9) + abs(-3)", 5),
        ("min(3, alpha, 2)", 0.5),
        ("max(3, w)", 224),
        ("min(7)", 7),
        ("make_divisible(33 * alpha)", 16),
        ("make_divisible(33 * alpha, divisor=4)", 16),
        ("10 ** 18", 10**18),
        (" 1 +\n 2 ", 3),
    ],
)
def test_one_expression_gives_a_value_of_its_own_type(expression: str, expected: object) -> None:
    result = value(f"${{{expression}}}")
    assert result == expected
    assert type(result) is type(expected)


def test_the_same_text_with_other_names() -> None:
    assert [evaluate_text("${n * 2}", {"n": n}) for n in (1, 2, 3)] == [2, 4, 6]


# Refusals


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("${w", '"${w" has no closing }'),
        ("${}", "in ${}: this cannot be read as an expression"),
        ("${a b}", "in ${a b}: this cannot be read as an expression"),
        ("${1if 2else 3}", "in ${1if 2else 3}: this cannot be read as an expression"),
        ("${x := 1}", "in ${x := 1}: this cannot be read as an expression"),
        ("${1\0}", r"in ${1\x00}: this cannot be read as an expression"),
        ("${w.real}", "in ${w.real}: a dot after a value is not allowed"),
        ("${mode[0]}", "in ${mode[0]}: an index in [ ] is not allowed"),
        ("${[1, 2]}", "in ${[1, 2]}: List is not allowed"),
        ("${w | 1}", "in ${w | 1}: BitOr is not allowed"),
        ("${1 << 9}", "in ${1 << 9}: LShift is not allowed"),
        ("${(lambda: 1)()}", "in ${(lambda: 1)()}: only a function can be called"),
        ("${min(*w)}", "in ${min(*w)}: Starred is not allowed"),
        ("${min(**w)}", "in ${min(**w)}: keyword is not allowed"),
        ("${None}", "in ${None}: None is not allowed"),
        ("${2j}", "in ${2j}: 2j is not allowed"),
        ("${open('/etc/passwd')}", "in ${open('/etc/passwd')}: there is no function \"open\""),
        ("${1 / 0}", "in ${1 / 0}: a division by zero"),
        ("${0 ** -1}", "in ${0 ** -1}: a division by zero"),
        ("${9 ** 99}", "in ${9 ** 99}: a number that is too large"),
        ("${9.0 ** 999}", "in ${9.0 ** 999}: a number that is too large"),
        ("${10 ** 18 + 1}", "in ${10 ** 18 + 1}: a number beyond 10^18"),
        ("${huge}", "in ${huge}: a number beyond 10^18"),
        ("${1e308 * 10}", "in ${1e308 * 10}: the result is no finite number"),
        ("${1e999}", "in ${1e999}: the result is no finite number"),
        ("${(-8) ** 0.5}", "in ${(-8) ** 0.5}: the result is no finite number"),
        ("${mode * 9}", 'in ${mode * 9}: "fast" is text, which can only be compared'),
        ("${'%9d' % 1}", "in ${'%9d' % 1}: \"%9d\" is text, which can only be compared"),
        ("${int('5')}", "in ${int('5')}: \"5\" is text, which can only be compared"),
        ("${mode < 3}", "in ${mode < 3}: text and numbers have no order"),
        ("${round(1.55, 1)}", "in ${round(1.55, 1)}: round does not take these arguments"),
        ("${max()}", "in ${max()}: max does not take these arguments"),
        (
            "${make_divisible(9, 0)}",
            "in ${make_divisible(9, 0)}: make_divisible: 0 is not a positive integer",
        ),
        ("${min}", 'in ${min}: "min" is not defined'),
        ("${b if deep else c}", 'in ${b if deep else c}: "b" is not defined'),
    ],
)
def test_refused(text: str, message: str) -> None:
    assert problem(text).message == message


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("${alhpa}", 'did you mean "alpha"?'),
        ("${true}", 'did you mean "True"?'),
        ("${ronud(w)}", 'did you mean "round"?'),
        ("${xyz}", "defined here: alpha, w, mode, deep, huge"),
    ],
)
def test_hints(text: str, hint: str) -> None:
    assert problem(text).hint == hint


def test_a_hint_says_what_there_is() -> None:
    assert "abs, ceil, floor, int, make_divisible, max, min, round" in problem("${w.real}").hint


def test_no_names_no_hint() -> None:
    with pytest.raises(SpecError) as caught:
        evaluate_text("${xyz}", {})
    assert str(caught.value) == 'in ${xyz}: "xyz" is not defined'


# Hostile expressions


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("${" + "(" * 490 + "1" + ")" * 490 + "}", "this cannot be read as an expression"),
        ("${" + "-" * 900 + "1}", "nested more than 50 deep"),
        ("${(" + "-" * 900 + "1).real}", "a dot after a value is not allowed"),
        ("${(" + "-" * 900 + "1)()}", "only a function can be called"),
        ("${" + "+".join("1" * 400) + "}", "nested more than 50 deep"),
        ("${" + "9" * 900 + "}", "a number beyond 10^18"),
        ("${" + "1" * 1001 + "}", "longer than 1,000 characters"),
        ("${1}" * 3000, "is longer than 10,000 characters"),
    ],
)
def test_hostile(text: str, message: str) -> None:
    only = problem(text)
    assert only.message.endswith(message)
    assert len(only.message) < 200


def test_long_values_do_not_add_up() -> None:
    with pytest.raises(SpecError, match="comes out longer than 10,000 characters"):
        evaluate_text("${a}" * 20, {"a": "x" * 1000})


PIECES = st.sampled_from(
    [
        *"0123456789()+-*/%<>=!.,[]{}'\"\\ :@&|^~$",
        *[" if ", " else ", " and ", " or ", "not ", "lambda ", " for ", " in ", " is ", "**"],
        *["alpha", "w", "mode", "huge", "min", "max", "round", "make_divisible", "__import__"],
        *["1e308", "10**18", "None", "True", "1j", "b''", "f'", "é", "\n", "\0", "\ud800"],
    ]
)


@given(st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=20))
@example("-" * 990 + "1")
@example("not " * 200 + "1")
@example("1 if w else " * 60 + "2")
@example("(" * 999)
def test_whatever_it_says_it_has_a_value_or_is_refused(expression: str) -> None:
    try:
        result = value(f"${{{expression}}}")
    except SpecError as error:
        result = error.problems[0].message
        assert result.isprintable()
    assert isinstance(result, int | float | bool | str)
