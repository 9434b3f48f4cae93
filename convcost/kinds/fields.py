"""The fields of a layer, in the words of the field: what each means and what it may hold.

A kind lists its fields as the parameters of its builder, annotated with the aliases below, which
help, schema, docs and validation read; so annotations are not postponed here and in the kinds.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Annotated, Any, Literal, cast, get_args

from convcost.errors import LayerError
from convcost.frozen import Frozen
from convcost.kinds.words import meant
from convcost.operands import Bits, Density, read_bits, read_density
from convcost.ops.base import MAX_DIMS, TOO_LONG, Pads, Sizes, check_integer, parse_shape
from convcost.ops.conv import SAME_TF, same_pads
from convcost.spelling import did_you_mean
from convcost.text import LONGEST_SHOWN, quote

NORMS = {
    "batch": "batch norm, 2 parameters a channel",
    "layer": "layer norm, 2 parameters a channel",
    "group": "group norm, 2 parameters a channel",
    "instance": "instance norm, without parameters as in PyTorch",
}
ACTIVATIONS = (
    "relu",
    "relu6",
    "leaky-relu",
    "prelu",
    "elu",
    "selu",
    "gelu",
    "silu",
    "mish",
    "sigmoid",
    "hard-sigmoid",
    "hard-swish",
    "tanh",
    "softplus",
    "softmax",
)
NONE = "none"

Variety = Literal[
    "count",
    "offset",
    "sizes",
    "offsets",
    "padding",
    "flag",
    "word",
    "share",
    "shape",
    "order",
    "text",
    "bits",
    "density",
]


class FieldDoc(Frozen):
    """What a field holds: its variety, one line for the reader, and the words it may be.

    One that `goes_with` a word of another field means nothing without it.
    """

    variety: Variety
    doc: str
    words: tuple[str, ...] = ()
    goes_with: str = ""


Padding = str | Pads
ONE: Any = 1
"""The default of a stride or dilation; it becomes one number per dim before a builder runs."""

N = Annotated[int, FieldDoc("count", "input channels; taken from the layer before where left out")]
M = Annotated[int, FieldDoc("count", "output channels")]
MaybeM = Annotated[int | None, FieldDoc("count", "output channels, if the kind leaves a choice")]
K = Annotated[Sizes, FieldDoc("sizes", "kernel size: 3, or one number per dim as in 3x1")]
MaybeK = Annotated[Sizes | None, FieldDoc("sizes", "kernel size; may be left out")]
Stride = Annotated[Sizes, FieldDoc("sizes", "stride")]
Pad = Annotated[
    Padding,
    FieldDoc("padding", "zeros around the input: same, same-tf, valid, a number, or one per dim"),
]
Dilation = Annotated[Sizes, FieldDoc("sizes", "spacing of the kernel's taps")]
Groups = Annotated[int, FieldDoc("count", "groups of channels that do not see each other")]
Bias = Annotated[bool, FieldDoc("flag", "whether a bias is added, one parameter an output channel")]
Size = Annotated[Sizes, FieldDoc("sizes", "spatial size of the input, taken from the layer before")]
Inputs = Annotated[int, FieldDoc("count", "how many tensors are joined")]
INFERRED = ("n", "size", "inputs")
"""Fields that the network fills in from the layers before."""

NORM = FieldDoc("word", "norm after the layer", (NONE, *NORMS))
ACT = FieldDoc("word", "activation after the layer", (NONE, *ACTIVATIONS))
INNER_NORM = FieldDoc("word", "norm between the stages; default: as norm", (NONE, *NORMS))
OWN, SHARED, FIXED, UNCLEAR = "own", "shared", "fixed", "unclear"
LEARNED: dict[str, bool | None] = {OWN: True, SHARED: False, FIXED: False, UNCLEAR: None}
"""Whether a layer's weights are parameters of it, by whose they are; None if nothing tells."""
WEIGHTS = FieldDoc(
    "word",
    "whose its weights are: its own, shared with another layer that counts them, fixed ones "
    "that are not learned, or unclear (counted, and said to be)",
    tuple(LEARNED),
)
INNER_ACT = FieldDoc("word", "activation between the stages; default: as act", (NONE, *ACTIVATIONS))
WEIGHTS_PER = FieldDoc("word", "what a prelu has a weight for", ("channel", "layer", "element"))
INNER_BIAS = FieldDoc("flag", "whether the stages before the last add a bias; default: as bias")
FOLLOWED = "behind a convolution that another one follows"
FUNCTIONAL = FieldDoc(
    "flag",
    "whether its activations and pools are called as functions, which some tools miss; method "
    "where that is x.relu() or torch.relu(x)",
    ("method",),
)


CALLED = FieldDoc(
    "word",
    "how its own op is called, where not as a layer object of the framework's: as a function with "
    "weights that another layer object holds, as a method or an operator of tensors, by a class of "
    "one's own, by one whose weights have other names (weight_norm), inside multi-head attention",
    ("function", "method", "operator", "subclass", "renamed", "attention", "attention-steps"),
)
"""What some tools tell apart; of a layer with weights, it is said of the op that has them."""
BITS = FieldDoc(
    "bits", "bits of weights and activations: 8, or {weights: 1, activations: 4}; else the dtype's"
)
DENSITY = FieldDoc(
    "density",
    "share of its weights that are not zero: 0.5, or {weights: 0.25, structured: 0.5}, where the "
    "second is what is left without channels that are zero altogether",
)


class Field(Frozen):
    """One field of one kind: its name, what it holds, and its default if it has one."""

    name: str
    about: FieldDoc
    default: object = None
    required: bool = False


def about(annotation: object) -> FieldDoc:
    """The description inside an annotation made above; TypeError for another."""
    if (told := get_args(annotation)) and isinstance(told[-1], FieldDoc):
        return told[-1]
    raise TypeError(f"{annotation!r} does not say what a field is (postponed annotations hide it)")


def normalise(field: Field, value: Any, dims: int) -> Any:
    """`value` in the form that builders take: sizes as tuples of `dims` numbers, and so on.

    LayerError names the field and says what it may hold.
    """
    if value is None:
        return None
    if type(value) is int and 0 < value < TOO_LONG and field.about.variety in _NUMBERS:
        return (value,) * dims if field.about.variety == "sizes" else value
    return _NORMALISERS[field.about.variety](field, value, dims)


def check_field(field: Field, value: Any) -> None:
    """LayerError unless `value` may stand in `field`, for some number of spatial dims."""
    if isinstance(value, str) and value[:1].isdigit() and field.about.variety in _PER_DIM:
        value = parse_shape(value, field.name, 0)
    normalise(field, value, len(value) if isinstance(value, (tuple, list)) else 1)


def per_dim(name: str, value: Any, dims: int, least: int = 1) -> Sizes:
    """A number, or one number per dim, as a tuple of `dims` numbers of at least `least`."""
    if isinstance(value, str):
        value = parse_shape(value, name, least)
    values = tuple(value) if isinstance(value, (tuple, list)) else (value,) * dims
    if len(values) != dims:
        raise LayerError(
            f"{name} has {len(values)} number{'s' * (len(values) != 1)} for {dims} spatial "
            f"dim{'s' * (dims != 1)}"
        )
    for number in values:
        check_integer(name, number, least)
    return values


def resolve_pads(padding: Padding, kernel: Sizes, dilation: Sizes) -> Pads | Literal["same-tf"]:
    """The zeros that a padding means for this kernel."""
    if padding == "same":
        return same_pads(kernel, dilation)
    if padding == "valid":
        return ((0, 0),) * len(kernel)
    if padding == SAME_TF:
        return SAME_TF
    return cast(Pads, padding)


def _count(field: Field, value: Any, dims: int) -> Any:
    check_integer(field.name, value, 1)
    return value


def _offset(field: Field, value: Any, dims: int) -> Any:
    check_integer(field.name, value, 0)
    return value


def _sizes(field: Field, value: Any, dims: int) -> Sizes:
    return per_dim(field.name, value, dims)


def _offsets(field: Field, value: Any, dims: int) -> Sizes:
    return per_dim(field.name, value, dims, least=0)


def _flag(field: Field, value: Any, dims: int) -> Any:
    if isinstance(value, bool) or value in field.about.words:
        return value
    *words, last = ("true", "false", *field.about.words)
    choice = f"{', '.join(words)} or {last}"
    raise LayerError(f"{field.name} must be {choice}, not {quote(repr(value))}")


def _share(field: Field, value: Any, dims: int) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, (int, float, Fraction)):
        raise LayerError(f"{field.name} must be a number, not {quote(repr(value))}")
    if not 0 <= value <= 1:
        raise LayerError(f"{field.name} must lie between 0 and 1, not {value}")
    # 0.1 is meant as a tenth, which no float is.
    return value if isinstance(value, Fraction) else Fraction(str(value))


def _shape(field: Field, value: Any, dims: int, least: int = 1) -> Sizes:
    if isinstance(value, str):
        value = parse_shape(value, field.name, least)
    numbers = tuple(value) if isinstance(value, (tuple, list)) else (value,)
    if not 1 <= len(numbers) <= MAX_DIMS:
        raise LayerError(f"{field.name} must have 1 to {MAX_DIMS} numbers, not {len(numbers)}")
    return per_dim(field.name, numbers, len(numbers), least)


def _order(field: Field, value: Any, dims: int) -> Sizes:
    return _shape(field, value, dims, least=0)


def _text(field: Field, value: Any, dims: int) -> str:
    if not isinstance(value, str) or not value or len(value) > LONGEST_SHOWN:
        raise LayerError(f"{field.name} must be a few words, not {quote(repr(value))}")
    return value


def _word(field: Field, value: Any, dims: int) -> Any:
    words = field.about.words
    if value not in words:
        raise LayerError(
            f"{field.name} cannot be {quote(repr(value))}",
            hint=meant(str(value), words) or f"it may be {', '.join(words)}",
        )
    return value


def _operand(field: Field, value: Any, dims: int) -> Bits | Density:
    return read_bits(value) if field.about.variety == "bits" else read_density(value)


def _padding(field: Field, value: Any, dims: int) -> Padding:
    if isinstance(value, str) and not value[:1].isdigit():
        if value not in ("same", "valid", SAME_TF):
            raise LayerError(
                f"padding cannot be {quote(repr(value))}",
                hint=did_you_mean(value, ("same", "valid", SAME_TF))
                or "it may be same, same-tf, valid, a number, or one number per dim",
            )
        return value
    if isinstance(value, (tuple, list)) and any(isinstance(pad, (tuple, list)) for pad in value):
        pairs = tuple(per_dim("padding", pad, 2, least=0) for pad in value)
        if len(pairs) != dims:
            raise LayerError(f"padding has {len(pairs)} pairs for {dims} spatial dims")
        return tuple((before, after) for before, after in pairs)
    return tuple((zeros, zeros) for zeros in per_dim("padding", value, dims, least=0))


_NUMBERS = ("count", "offset", "sizes")
_PER_DIM = ("sizes", "offsets", "padding")
_NORMALISERS: dict[str, Callable[[Field, Any, int], Any]] = {
    "count": _count,
    "offset": _offset,
    "sizes": _sizes,
    "offsets": _offsets,
    "padding": _padding,
    "flag": _flag,
    "word": _word,
    "share": _share,
    "shape": _shape,
    "order": _order,
    "text": _text,
    "bits": _operand,
    "density": _operand,
}
