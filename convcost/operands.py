"""What is said of the numbers that a layer multiplies: how wide they are, and how many are zero."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from convcost.errors import LayerError
from convcost.spelling import did_you_mean
from convcost.text import quote

MOST_BITS = 64
_BITS_HINT = "such as bits: 8, or bits: {weights: 1, activations: 4}"
_DENSITY_HINT = "0.5 is half of the weights; leave it out where none are zero"


class Bits(NamedTuple):
    """Bits of a weight and of an activation; None where the dtype of the setting tells."""

    weights: int | None = None
    activations: int | None = None

    def __str__(self) -> str:
        return " x ".join("dtype" if each is None else str(each) for each in self)

    @property
    def written(self) -> int | dict[str, int]:
        """As specs have it."""
        if self.weights is not None and self.weights == self.activations:
            return self.weights
        return {name: each for name, each in self._asdict().items() if each is not None}


class Density(NamedTuple):
    """The share of a layer's weights that are not zero.

    `structured` is the share that is left without the channels that are zero altogether. `zeros`
    are counted: how many of the layer's own parameters are zero, biases and norms among them; None
    where nobody has counted, and the share is of each tensor of weights, rounded up. With weights
    that are `unseen` nothing is known.
    """

    weights: Fraction = Fraction(1)
    structured: Fraction = Fraction(1)
    zeros: int | None = None
    unseen: bool = False

    def __str__(self) -> str:
        weights, structured = f"{float(self.weights):.3g}", f"{float(self.structured):.3g}"
        return f"{weights}, structured {structured}" if self.structured < 1 else weights

    @property
    def shares(self) -> tuple[Fraction, Fraction]:
        """Of weights, and of those in channels that are not zero altogether."""
        return self.weights, self.structured

    @property
    def written(self) -> float | dict[str, float]:
        """As specs have it: so that each tensor has as many weights again."""
        shares = {"weights": _decimal(self.weights), "structured": _decimal(self.structured)}
        return shares if self.structured < 1 else shares["weights"]

    def of(self, size: int) -> int:
        """How many of a tensor's weights are not zero."""
        return -(-size * self.weights.numerator // self.weights.denominator)


UNSEEN = Density(unseen=True)


class Operands(NamedTuple):
    """Both; None where nothing is said."""

    bits: Bits | None = None
    density: Density | None = None

    def with_words(self, words: Mapping[str, Any]) -> Operands:
        """These, but for what `words` say of them; LayerError for what cannot be said."""
        bits, density = self
        if "bits" in words:
            said = read_bits(words["bits"])
            bits = Bits(*(own or other for own, other in zip(said, bits or said, strict=True)))
        if "density" in words:
            density = read_density(words["density"])
        return Operands(bits, density)

    @property
    def counted(self) -> Operands:
        """Those of a layer that multiplies nothing: the zeros that were counted in it."""
        density = self.density
        return Operands(None, density) if density and (density.zeros or density.unseen) else PLAIN

    @property
    def essence(self) -> tuple[Bits, tuple[Fraction, Fraction]]:
        """What of them makes two layers unlike."""
        return self.bits or Bits(), (self.density or Density()).shares

    @property
    def of_others(self) -> Operands:
        """Those of a layer in its place: zeros that were counted are none of its."""
        is_counted = self.density is not None and self.density.zeros is not None
        return self._replace(density=UNSEEN) if is_counted else self

    @property
    def written(self) -> dict[str, Any]:
        """The words of a layer that say it in a spec; of zeros in biases and norms, and of weights
        that are unseen or all zero, there is none."""
        bits, density = self
        found: dict[str, Any] = {"bits": bits.written} if bits else {}
        if density and 0 < density.weights < 1:
            found["density"] = density.written
        return found

    @property
    def told(self) -> dict[str, Any]:
        """The words of a layer that it is made of."""
        found: dict[str, Any] = {}
        if self.bits:
            found["bits"] = tuple(self.bits)
        if self.density:
            weights, structured, *others = self.density
            found["density"] = (str(weights), str(structured), *others)
        return found


PLAIN = Operands()


def read_bits(value: Any) -> Bits:
    """`8`, or `{weights: 1, activations: 4}`, as bits; LayerError for what none are."""
    if isinstance(value, tuple):
        return Bits(*value)
    if not isinstance(value, Mapping):
        return Bits(_width("bits", value), _width("bits", value))
    _refuse_others("bits", value, Bits._fields, _BITS_HINT)
    return Bits(**{name: _width(f"bits of {name}", each) for name, each in value.items()})


def read_density(value: Any) -> Density:
    """`0.5`, or `{weights: 0.25, structured: 0.5}`, as a density; LayerError for what is none."""
    if isinstance(value, tuple):
        weights, structured, zeros, unseen = value
        return Density(Fraction(weights), Fraction(structured), zeros, unseen)
    if not isinstance(value, Mapping):
        return Density(_share("density", value))
    names = ("weights", "structured")
    _refuse_others("density", value, names, "such as density: {weights: 0.25, structured: 0.5}")
    shares = {name: _share(f"density of {name}", each) for name, each in value.items()}
    structured = shares.get("structured", Fraction(1))
    weights = shares.get("weights", structured)
    if weights > structured:
        raise LayerError(
            f"density: {float(weights):g} of the weights are not zero, and only "
            f"{float(structured):g} are in channels that are not zero altogether",
            hint="weights is the smaller share: it has no zeros of either sort",
        )
    return Density(weights, structured)


def _width(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise LayerError(f"{name} must be an integer, not {quote(repr(value))}", hint=_BITS_HINT)
    if not 1 <= value <= MOST_BITS:
        raise LayerError(f"{name} must be 1 to {MOST_BITS}, not {value}", hint=_BITS_HINT)
    return value


def _share(name: str, value: object) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise LayerError(f"{name} must be a number, not {quote(repr(value))}", hint=_DENSITY_HINT)
    if not 0 < value <= 1:
        raise LayerError(f"{name} must be above 0 and at most 1, not {value}", hint=_DENSITY_HINT)
    # 0.1 is meant as a tenth, which no float is.
    return Fraction(str(value))


def _refuse_others(name: str, value: Mapping[str, Any], known: tuple[str, ...], hint: str) -> None:
    """LayerError for a mapping of other keys than `known`, or of none."""
    for key in value:
        if key not in known:
            hint = did_you_mean(str(key), known) or f"it is of {' and '.join(known)}"
            raise LayerError(f'{name} of "{quote(str(key))}" mean nothing', hint=hint)
    if not value:
        raise LayerError(f"{name} says nothing", hint=hint)


def _decimal(share: Fraction) -> float:
    """The share in 15 digits, rounded down: by less than any tensor has weights."""
    return float(Fraction(share.numerator * 10**15 // share.denominator, 10**15))
