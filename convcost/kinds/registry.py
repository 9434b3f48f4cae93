"""The registry of kinds: a kind is a factorization, a named way to build a layer from ops.

A kind is registered where it is defined, by `@kind(...)` on a builder that lists its primitive
ops. Its cost is theirs; its fields are the builder's parameters; its one line for the reader is
the builder's docstring.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Literal

from convcost.errors import LayerError
from convcost.frozen import Frozen
from convcost.kinds.fields import (
    INFERRED,
    Field,
    about,
    normalise,
)
from convcost.kinds.letters import Letter, letters_of
from convcost.kinds.stages import INPUT, Draft, Stage, Stages, chain, shapes_of
from convcost.kinds.tails import CHAIN, OUTER, TAIL, finished
from convcost.kinds.words import meant
from convcost.shown import brief

__all__ = [
    "INPUT",
    "LOADED",
    "OUTER",
    "TAIL",
    "Draft",
    "Group",
    "Kind",
    "Stage",
    "Stages",
    "chain",
    "kind",
    "shapes_of",
]

Group = Literal["convolution", "layer", "joint"]


@brief
class Kind(Frozen):
    """A named way to build a layer.

    `formula` is its parameters in the literature's letters (n, m, k, g groups, ...), without
    bias; multiply-adds are that times A output positions unless `macs` says otherwise. `ratio` is
    its share of a standard convolution's. `own_letters` are the letters of the three that not
    all kinds share. `mixing` and `gives_up` say in words what the saving costs. `grouped` kinds are
    made of groups: `compare --groups` is meant for them. A kind that `flattens` takes all elements
    of its input as channels.
    """

    name: str
    group: Group
    builder: Callable[..., Stages]
    summary: str
    fields: Mapping[str, Field]
    required: tuple[str, ...]
    formula: str = ""
    macs: str = ""
    ratio: str = ""
    own_letters: tuple[Letter, ...] = ()
    source: str = ""
    mixing: str = ""
    gives_up: str = ""
    grouped: bool = False
    compared: bool = False
    flattens: bool = False

    @property
    def macs_formula(self) -> str:
        """Its multiply-adds in the literature's letters."""
        if self.macs or not self.formula or self.group != "convolution":
            return self.macs
        return f"({self.formula})·A" if "+" in self.formula else f"{self.formula}·A"

    @property
    def letters(self) -> tuple[Letter, ...]:
        """The letters of its formulas, in the order in which they are explained.

        ValueError if they use a letter that is not declared, or leave out one that is.
        """
        formulas = f"{self.formula} {self.macs_formula} {self.ratio}"
        return letters_of(self.name, formulas, self.own_letters)

    @property
    def is_spatial(self) -> bool:
        """Whether it works on positions, which a flat vector has none of."""
        return self.group == "convolution" or any(
            field.required and field.about.variety == "sizes"
            for name, field in self.fields.items()
            if name not in INFERRED
        )

    def build(self, given: Mapping[str, Any], dims: int) -> Stages:
        """The layer's ops for the fields `given`, in `dims` spatial dims.

        LayerError if a field is unknown, missing or out of range, or the layer cannot be built.
        """
        fields = self.fields
        if not given.keys() <= fields.keys():
            unknown = next(name for name in given if name not in fields)
            raise LayerError(
                f"{self.name} takes no {unknown}",
                hint=meant(unknown, fields)
                or f"it takes {', '.join(name for name in fields if name not in INFERRED)}",
            )
        if not dims and self.is_spatial:
            raise LayerError(
                f"{self.name} needs spatial dims, and a flat vector arrived",
                hint="use kind linear" if self.group == "convolution" else "",
            )
        values = {
            name: normalise(fields[name], value, dims)
            for name, value in given.items()
            if value is not None
        }
        for name in self.required:
            if name not in values:
                hint = f"{name}: {fields[name].about.doc}"
                raise LayerError(f"{self.name} needs {name}", hint=hint)
        return _built(self.name, tuple(sorted(values.items())), dims)


LOADED: dict[str, Kind] = {}
"""The kinds whose modules have been imported; `convcost.kinds.REGISTRY` is all of them."""


def kind(
    name: str,
    *,
    group: Group = "convolution",
    tail: Iterable[str] | Mapping[str, Field] | None = None,
    **facts: Any,
) -> Callable[[Callable[..., Stages]], Callable[..., Stages]]:
    """Register the builder below as the kind `name`; a second registration is an error.

    `facts` are the remaining attributes of `Kind`. `tail` are the fields for what comes behind its
    ops, or names those of TAIL that it takes: for a convolution TAIL, else none unless told.
    """
    own = TAIL if tail is None and group == "convolution" else tail or ()
    tails = own if isinstance(own, Mapping) else {name: TAIL[name] for name in own}

    def register(builder: Callable[..., Stages]) -> Callable[..., Stages]:
        if name in LOADED:
            raise ValueError(f"the kind {name} is registered twice")
        fields = _fields(builder) | dict(tails)
        summary = (builder.__doc__ or "").strip()
        required = tuple(name for name, field in fields.items() if field.required)
        LOADED[name] = Kind(name, group, builder, summary, fields, required, **facts)
        return builder

    return register


def _fields(builder: Callable[..., Stages]) -> dict[str, Field]:
    """A builder's parameters as fields, in order; those with defaults are the last."""
    # Not by inspect.signature, which takes as long for all kinds as reading a spec.
    annotations = {key: what for key, what in builder.__annotations__.items() if key != "return"}
    defaults = builder.__defaults__ or ()
    given = dict(zip(reversed(annotations), reversed(defaults), strict=False))
    return {
        name: Field(name, about(what), given.get(name), name not in given)
        for name, what in annotations.items()
    }


@lru_cache(maxsize=4096)
def _built(name: str, items: tuple[tuple[str, Any], ...], dims: int) -> Stages:
    """Equal layers share one tuple of stages, so that a network of 100,000 stays small."""
    tail: dict[str, Any] = {}
    values = dict(_defaults(name, dims))
    builder = LOADED[name].builder
    own = builder.__annotations__  # which may have a name that a tail has too
    for field, value in items:
        (values if field in own else tail)[field] = value
    stages = builder(**values)
    return finished(stages, values.get("m") or values.get("n") or 0, tail) if tail else stages


@lru_cache(maxsize=256)
def _defaults(name: str, dims: int) -> Mapping[str, Any]:
    """What the builder of a kind takes where a field is not given."""
    return {
        field.name: normalise(field, field.default, dims)
        for field in LOADED[name].fields.values()
        if field.name not in CHAIN and field.default is not None
    }
