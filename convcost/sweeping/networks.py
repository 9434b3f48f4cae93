"""Networks as functions of their vars."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from convcost.errors import UsageError
from convcost.network import Network
from convcost.setting import FP32, Setting
from convcost.sources import Target, document_of, read
from convcost.sources.given import NOTHING, Given
from convcost.sources.targets import is_imported
from convcost.spelling import did_you_mean
from convcost.status import COMPLETE
from convcost.sweeping.choices import NO_CHOICES, Choices, report_of
from convcost.sweeping.outcome import Note
from convcost.sweeping.running import Build, Figures
from convcost.sweeping.space import NETWORK
from convcost.text import listed, quote


def builder(
    target: Target,
    metrics: Sequence[str],
    fixed: Mapping[str, Any],
    given: Given = NOTHING,
    setting: Setting = FP32,
    choices: Choices = NO_CHOICES,
) -> Build:
    """The function that evaluates `target` with `fixed` and other values of its vars, and with
    `choices` made as those say that are called like layers.

    A spec is read once for all of them; the errors of reading it are as for `read`.
    """
    network = _reader(target, given)

    def build(values: Mapping[str, Any]) -> tuple[Figures, Note]:
        own = {name: value for name, value in values.items() if name not in choices}
        report = report_of(network({**fixed, **own}), values, choices, metrics, setting)
        doubts = tuple(
            (name, report.status[name])
            for name in metrics
            if report.status.get(name, COMPLETE) != COMPLETE
        )
        return {name: report.figure(name) for name in metrics}, Note(status=doubts)

    return build


def among(builds: Mapping[str, Build]) -> Build:
    """The function that evaluates the one of several networks that the values name."""
    if len(builds) == 1:
        return next(iter(builds.values()))

    def build(values: Mapping[str, Any]) -> tuple[Figures, Note]:
        others = {name: value for name, value in values.items() if name != NETWORK}
        return builds[values[NETWORK]](others)

    return build


def refuse_unknown(target: Target, names: Sequence[str]) -> None:
    """UsageError for a name that is no var of the spec; what code takes is known when it runs."""
    if is_imported(target):
        return
    known = vars_of(target)
    for name in names:
        if name not in known:
            raise UsageError(
                f'{quote(str(target))} has no var "{quote(name)}"',
                hint=did_you_mean(name, known) or f"its vars: {listed(known) or 'none'}",
            )


def vars_of(target: Target) -> Sequence[str]:
    """The vars of a spec; of code, those that are told of are none."""
    if is_imported(target):
        return ()
    from convcost.sources.spec.validation import plain

    known = plain(document_of(target).root).get("vars")
    return list(known) if isinstance(known, dict) else ()


def _reader(target: Target, given: Given) -> Callable[[Mapping[str, Any]], Network]:
    if is_imported(target):
        return lambda values: read(target, values, given).network
    from convcost.sources.spec.reading import spec_on

    document = document_of(target)
    return lambda values: spec_on(document, values, given.inputs).network
