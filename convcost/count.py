"""Counts that explain themselves: a sum of products of named factors.

`Factor("m", 4) * Factor("n", 3) + Factor("m", 4)` is a `Count`: `int()` of it is 16 and `str()`
of it is `m·n + m = 4 × 3 + 4`. Both are read off the same factors, so an explanation cannot
drift from its number.
"""

from __future__ import annotations

from collections.abc import Iterable

from convcost.frozen import Frozen, put


class Factor(Frozen):
    """A named number. `over` is set on a quotient: the divisor that it was divided by."""

    __slots__ = ("over", "symbol", "value")

    symbol: str
    value: int
    over: Factor | None

    def __init__(self, symbol: str, value: int, over: Factor | None = None) -> None:
        put(self, "symbol", symbol)
        put(self, "value", value)
        put(self, "over", over)

    def __floordiv__(self, divisor: Factor) -> Factor:
        """The share of one group, `n // g`; callers make sure that it divides."""
        return Factor(self.symbol, self.value // divisor.value, divisor)

    def __mul__(self, other: Factor | Count) -> Count:
        return Count(((self,),)) * other

    def __add__(self, other: Factor | Count) -> Count:
        return Count(((self,),)) + other

    def __str__(self) -> str:
        if self.over is None or self.over.value == 1:
            return self.symbol
        return f"({self.symbol}/{self.over.symbol})"

    @property
    def is_silent(self) -> bool:
        """Whether it is a quotient that comes to 1 and would only blur an explanation."""
        return self.over is not None and self.over.value != 1 and self.value == 1


Term = tuple[Factor, ...]


class Count(Frozen):
    """An exact, immutable count: a sum of terms, each a product of factors."""

    __slots__ = ("terms",)

    terms: tuple[Term, ...]

    def __init__(self, terms: tuple[Term, ...] = ()) -> None:
        put(self, "terms", terms)

    def __int__(self) -> int:
        return int(self.value)

    @property
    def value(self) -> int:
        """What it comes to."""
        total = 0
        for term in self.terms:
            value = 1
            for factor in term:
                value *= factor.value
            total += value
        return total

    def __add__(self, other: Factor | Count) -> Count:
        return Count(self.terms + _terms(other))

    def __mul__(self, other: Factor | Count) -> Count:
        return Count(tuple([left + right for left in self.terms for right in _terms(other)]))

    def __bool__(self) -> bool:
        return bool(self.terms)

    @property
    def formula(self) -> str:
        """The symbols, `m·n·kh·kw + m`."""
        return " + ".join("·".join(map(str, _shown(term))) for term in self.terms) or "0"

    @property
    def numbers(self) -> str:
        """The values in the places of the symbols, `4 × 3 × 3 × 3 + 4`."""
        return (
            " + ".join(
                " × ".join(str(factor.value) for factor in _shown(term)) for term in self.terms
            )
            or "0"
        )

    def __str__(self) -> str:
        return f"{self.formula} = {self.numbers}"

    def __repr__(self) -> str:
        return f"<Count {self} = {int(self)}>"


ZERO = Count()


def product(factors: Iterable[Factor]) -> Count:
    """The count of one term; a term of no factors is 1."""
    return Count((tuple(factors),))


def total(counts: Iterable[Count]) -> Count:
    """The sum of counts, term after term."""
    return Count(tuple(term for count in counts for term in count.terms))


def _terms(value: Factor | Count) -> tuple[Term, ...]:
    return value.terms if isinstance(value, Count) else ((value,),)


def _shown(term: Term) -> Term:
    audible = tuple(factor for factor in term if not factor.is_silent)
    return audible or term or (Factor("1", 1),)
