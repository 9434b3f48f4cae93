"""What a live PyTorch module costs, module by module, for those who know `torchinfo.summary`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from convcost.cost import Report, evaluate
from convcost.errors import UsageError
from convcost.shown import Shown
from convcost.sources.code import follow_module
from convcost.spelling import did_you_mean
from convcost.text import quote
from convcost.torch.inputs import example_of
from convcost.torch.tree import Row, rows_of, unused

COLUMNS = (
    *("input_size", "output_size", "num_params", "params_percent", "kernel_size", "groups"),
    *("mult_adds", "trainable"),
)
USUAL = ("output_size", "num_params", "mult_adds")
SETTINGS = ("ascii_only", "depth", "var_names")
NAMED = ("depth", "var_names")


class _Summary(NamedTuple):
    report: Report
    rows: tuple[Row, ...]
    trainable_params: int
    unused: tuple[str, ...] = ()
    columns: tuple[str, ...] = USUAL
    settings: tuple[str, ...] = NAMED
    depth: int = 3


class Summary(Shown, _Summary, view="summary"):
    """A tree of modules and what each costs, of which `depth` levels are shown; the `report` behind
    it has every layer. `unused` are the outermost modules that hold parameters which nothing that
    runs uses. As a text it is the tree."""

    __slots__ = ()

    @property
    def total_params(self) -> int:
        """All parameters, once each."""
        return self.report.params

    @property
    def total_macs(self) -> int:
        """The multiply-adds for one input."""
        return self.report.macs

    def __str__(self) -> str:
        text: str = self._ask("table")
        return text


def summary(
    model: Any,
    input_size: Sequence[Any] | None = None,
    input_data: object = None,
    batch_dim: int | None = None,
    cache_forward_pass: object = None,
    col_names: Sequence[str] | None = None,
    col_width: object = None,
    depth: int = 3,
    device: object = None,
    dtypes: Sequence[Any] | None = None,
    mode: object = None,
    row_settings: Sequence[str] | None = None,
    verbose: object = None,
    **kwargs: object,
) -> Summary:
    """The modules of `model` in the order in which they run, with the shapes that they give, their
    parameters and their multiply-adds: exact, without memory for weights, and without running them.

    Arguments are those of `torchinfo.summary`. `input_size` is the size of the input with its batch
    in front, (1, 3, 224, 224), or a list of such, with `dtypes` where they are no floats; with
    `batch_dim` the batch is left out. `input_data` are tensors in its place; `kwargs` go to
    `forward`. `col_names` are among "input_size", "output_size", "num_params", "params_percent",
    "kernel_size", "groups", "mult_adds" and "trainable", `row_settings` among "ascii_only", "depth"
    and "var_names". Ignored are `cache_forward_pass`, `col_width`, `device`, `mode` (it is always
    "eval") and `verbose`: nothing is printed, as the result prints itself.

    Counts are by the default rule (docs/counting.md), for one input: multiply-adds are those of
    products alone. UsageError for what cannot be asked so, CodeError for a model that cannot be
    followed.
    """
    columns = _checked("col_names", col_names, COLUMNS, USUAL)
    settings = _checked("row_settings", row_settings, SETTINGS, NAMED)
    if batch_dim is not None and input_size is not None:
        input_size = _with_batch(input_size, batch_dim)
    example = example_of(model, input_size, input_data, dtypes, kwargs)
    if example is None:
        hint = "such as summary(model, input_size=(1, 3, 224, 224))"
        raise UsageError("a summary needs the size of the input", hint=hint)
    followed = follow_module(model, example, numbers=False)
    report = evaluate(followed.network)
    rows = rows_of(model, followed.visits, report)
    weights = [each for each in model.parameters() if not each.requires_grad]
    learned = report.params - sum(each.numel() for each in weights)
    return Summary(report, rows, learned, unused(report), columns, settings, depth)


def _checked(
    name: str, given: Sequence[str] | None, known: Sequence[str], usual: tuple[str, ...]
) -> tuple[str, ...]:
    """The words that are given, or else the usual ones; UsageError for one that there is not."""
    if given is None:
        return usual
    for each in given:
        if each not in known:
            hint = did_you_mean(each, known) or f"they are {', '.join(known)}"
            raise UsageError(f'{name} has no "{quote(str(each))}"', hint=hint)
    return tuple(given)


def _with_batch(size: Sequence[Any], at: int) -> list[Any]:
    """The size with a batch of 1 at that dim, or several with one each."""
    if any(isinstance(each, Sequence) for each in size):
        return [_with_batch(each, at) for each in size]
    return [*size[:at], 1, *size[at:]]
