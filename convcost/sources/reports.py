"""Reports that `convcost eval --format json` saved, read back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from convcost.cost import LayerCost, Report
from convcost.errors import Place, SpecError
from convcost.metrics import METRICS, USUAL
from convcost.quantity import check_counts
from convcost.setting import setting_of
from convcost.spelling import did_you_mean
from convcost.status import State, Status, Statuses
from convcost.text import quote

_Count = Annotated[int, Field(ge=0)]
# Of all that is wrong, one is told, and pydantic keeps a kilobyte of each: hence fail_fast.
_Shape = tuple[Annotated[int, Field(ge=1)], ...]
_MORE = [name for name in METRICS if name not in USUAL]


class Record(BaseModel):
    """What is not looked at here may be there all the same."""

    model_config = ConfigDict(extra="ignore", strict=True)


class _Status(Record):
    state: State
    why: str = ""


class _Measured(Record):
    params: _Count
    macs: _Count
    activations: _Count
    status: dict[str, _Status] = {}

    @property
    def more(self) -> dict[str, int]:
        """What else was measured, by metric."""
        found = ((name, getattr(self, name)) for name in _MORE)
        return {name: figure for name, figure in found if figure is not None}


if TYPE_CHECKING:
    _WithMore = _Measured
else:  # the metrics that need not be there are fields of these names
    more = dict.fromkeys(_MORE, (_Count | None, None))
    _WithMore = create_model("_WithMore", __base__=_Measured, **more)


class _Layer(_WithMore):
    name: str
    kind: str
    input: _Shape = Field(alias="in", min_length=1, fail_fast=True)
    ins: tuple[_Shape, ...] | None = Field(None, fail_fast=True)
    out: _Shape = Field(min_length=1, fail_fast=True)
    line: int | None = None


class _Network(_WithMore):
    name: str
    path: str | None = None
    input: _Shape | None = Field(None, fail_fast=True)
    layers: tuple[_Layer, ...] | None = Field(None, fail_fast=True)
    setting: dict[str, str] | None = None


class _Document(Record):
    schema_name: Literal["convcost.eval/1"] = Field(alias="schema")
    convention: str
    networks: tuple[_Network, ...] = Field(min_length=1, fail_fast=True)


def parse_report(raw: bytes, path: str, name: str = "") -> Report:
    """The report in `raw`, of the network `name` if there are several; `path` is what messages
    call the file.

    The layers have no stages, as they are not saved. SpecError for what is not such a file, or
    whose layers do not add up to its totals.
    """
    place = Place(path)
    try:
        document = _Document.model_validate_json(raw)
    except ValidationError as error:
        raise SpecError(
            f"this is no report that convcost can read: {reason_of(error)}",
            place=place,
            hint='"convcost eval SPEC --format json" writes one',
        ) from None
    network = _chosen(document.networks, name, place)
    if network.layers is None:
        hint = "save it without --summary"
        raise SpecError(
            f"{quote(network.name)} was saved without its layers", place=place, hint=hint
        )
    setting = setting_of(network.setting or {})
    if setting is None:
        hint = "this is not as convcost wrote it: save it again"
        raise SpecError(f"{quote(network.name)} has an unknown setting", place=place, hint=hint)
    report = Report(
        network.name,
        network.input,
        tuple(map(_layer, network.layers)),
        network.params,
        network.macs,
        network.activations,
        path,
        document.convention,
        _statuses(network.status),
        network.more,
        setting=setting,
    )
    for metric in (*USUAL, *report.more):
        said, row = report.figure(metric), METRICS[metric]
        total = said if row.whole else row.of(report, report.layers)
        check_counts("this report: ", place, **{metric: max(total, said)})
        if total != said:
            raise SpecError(
                f"the layers of {quote(report.name)} have {total:,} {metric}, and its total says "
                f"{said:,}",
                place=place,
                hint="this is not as convcost wrote it: save it again",
            )
    return report


def reason_of(error: ValidationError) -> str:
    """The first thing that is wrong with a document, and where in it that stands."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    where = ".".join(map(str, first["loc"]))
    message = first["msg"][:1].lower() + first["msg"][1:]
    return quote(f"{where}: {message}" if where else message, 200)


def _chosen(networks: tuple[_Network, ...], name: str, place: Place) -> _Network:
    names = [network.name for network in networks]
    if not name and len(names) == 1:
        return networks[0]
    found = [network for network in networks if network.name == name]
    if len(found) == 1:
        return found[0]
    listed = f"it holds {', '.join(map(quote, names[:5]))}{', ...' if len(names) > 5 else ''}"
    if not name:
        hint = f"{listed}: name one behind a #, as in {quote(place.path)}#{quote(names[0])}"
        raise SpecError(f"this report is of {len(names)} networks", place=place, hint=hint)
    what = "no network" if not found else f"{len(found)} networks"
    message = f'this report has {what} of the name "{quote(name)}"'
    raise SpecError(message, place=place, hint=did_you_mean(name, names) or listed)


def _layer(layer: _Layer) -> LayerCost:
    return LayerCost(
        layer.name,
        layer.kind,
        layer.ins or (layer.input,),
        layer.out,
        (),
        layer.params,
        layer.macs,
        layer.activations,
        layer.line or 0,
        _statuses(layer.status),
        layer.more,
    )


def _statuses(saved: dict[str, _Status]) -> Statuses:
    return {
        metric: Status(saved[metric].state, quote(saved[metric].why, 500))
        for metric in METRICS
        if metric in saved
    }
