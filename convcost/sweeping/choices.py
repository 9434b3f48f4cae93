"""Kinds chosen layer by layer: each layer that a pattern matches is a var, its kinds the values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from convcost.cost import Report, evaluate
from convcost.errors import ConvcostError, LayerError, UsageError
from convcost.kinds import find
from convcost.metrics import METRICS, USUAL, measured
from convcost.network import Network
from convcost.quantity import LARGEST
from convcost.rewriting import Replacement, assigned, attempt, matching, refusal, refuse_left
from convcost.setting import Setting
from convcost.sites import Recipe, sites, with_changes
from convcost.sources.formulas import parts, replacement
from convcost.text import quote

Choices = Mapping[str, Mapping[str, Replacement]]
"""By layer what it can become, by the kinds as they were written."""
NO_CHOICES: Choices = {}
Values = Mapping[str, Any]


def choices_of(
    network: Network, wanted: Mapping[str, Sequence[str]], flag: str = "--choose"
) -> tuple[Choices, list[str]]:
    """What the layers that patterns match can become, `group[groups=4]`, and which of them stay,
    and why: the first layer and the classifier do unless they are named in full.

    UsageError for a pattern that no convolution matches, a layer that two of them do, and what is
    no kind.
    """
    found: dict[str, dict[str, Replacement]] = {}
    left: list[str] = []
    every = sites(network)
    for pattern, kinds in wanted.items():
        names = matching([site.layer.name for site in every], [pattern])
        before = len(found)
        for site in every:
            name = site.layer.name
            if name not in names or find(site.layer.kind).group != "convolution":
                continue
            if name in found:
                raise UsageError(f"{flag} names {quote(name)} twice", hint="by two of its patterns")
            if name != pattern and (site.is_first or site.is_classifier):
                what = "the first layer" if site.is_first else "the classifier"
                left.append(f"{quote(name)} stays as it is, {what}: name it to choose its kind")
                continue
            made = [replacement(f"{site.layer.kind}={kind}", flag) for kind in kinds]
            found[name] = {each.label: each for each in made}
        if len(found) == before:
            message = f"no layer that {quote(pattern)} matches can be of another kind"
            raise UsageError(message, hint=left[-1] if left else "")
    return found, left


def parse_choices(texts: Sequence[str], flag: str = "--choose") -> dict[str, list[str]]:
    """`stage*=standard,group[groups=4]`, by pattern; UsageError for what says something else."""
    found: dict[str, list[str]] = {}
    for text in texts:
        pattern, equals, kinds = text.partition("=")
        listed = list(map(str.strip, parts(kinds)))
        if not equals or not pattern.strip() or not listed:
            raise UsageError(
                f'{flag} cannot read "{quote(text)}"',
                hint="write layers and kinds: 'stage*=standard,depthwise-separable,ghost'",
            )
        if pattern.strip() in found or len(set(listed)) < len(listed):
            raise UsageError(f'{flag} has something twice in "{quote(text)}"')
        found[pattern.strip()] = listed
    return found


def kinds_of(choices: Choices, others: Iterable[str]) -> dict[str, list[str]]:
    """The kinds of each layer, as values; UsageError for one that is called a var of
    `others`."""
    for name in others:
        if name in choices:
            raise UsageError(
                f"{quote(name)} is a var and a layer", hint="call one of them otherwise"
            )
    return {name: list(kinds) for name, kinds in choices.items()}


def report_of(
    network: Network, values: Values, choices: Choices, metrics: Sequence[str], setting: Setting
) -> Report:
    """What `network` costs with the layers as `values` have them: kinds, or which of them they are.

    Where layers have all `metrics` apart, the totals are sums over layers of what each has as the
    kind that is chosen, for all choices at once; where not, the choices are made.
    """
    numbers = {
        name: list(kinds).index(values[name]) if isinstance(values[name], str) else values[name]
        for name, kinds in choices.items()
    }
    there = {layer.name for layer in network.layers}
    for name in choices:
        if name not in there and numbers[name] != 0:
            raise LayerError(f"there is no layer {quote(name)} to choose a kind for")
    chosen = {name: list(kinds.values()) for name, kinds in choices.items() if name in there}
    found = _summed(network, numbers, chosen, metrics, setting)
    if found is not None:
        return found
    kinds = {name: each[numbers[name]] for name, each in chosen.items()}
    made, outcomes = assigned(network, kinds)
    refuse_left(network, outcomes)
    return measured(evaluate(made).under(setting), metrics)


def _summed(
    network: Network,
    numbers: Values,
    chosen: Mapping[str, Sequence[Replacement]],
    metrics: Sequence[str],
    setting: Setting,
) -> Report | None:
    """The report with totals that are sums over layers; None where they are not, or it cannot be
    told, or something is wrong with a choice that may not be made."""
    if not all(METRICS[name].apart for name in metrics):
        return None
    changes = _changes(network, numbers, chosen)
    reports = []
    with suppress(ConvcostError):
        for each in changes or ():
            changed = evaluate(with_changes(network, each))
            reports.append(measured(changed.under(setting), metrics))
    if not changes or len(reports) < len(changes):
        return None
    ours = [layer for each in reports for layer in each.layers if layer.name in chosen]
    if any(layer.status for layer in ours):
        return None
    totals = {
        name: sum(_figures(reports, name, numbers, chosen))
        for name in dict.fromkeys((*USUAL, *metrics))
    }
    if any(total >= LARGEST for total in totals.values()):
        return None
    params, macs, activations = map(totals.__getitem__, USUAL)
    return reports[0]._replace(params=params, macs=macs, activations=activations, more=totals)


def _changes(
    network: Network, numbers: Values, chosen: Mapping[str, Sequence[Replacement]]
) -> list[list[Recipe | None]] | None:
    """The changes of all layers to the first of their kinds, to the second, and so on; None if it
    cannot be told. LayerError for a choice that is made and cannot be."""
    most = max(map(len, chosen.values()), default=1)
    found: list[list[Recipe | None]] = [[None] * len(network.layers) for _ in range(most)]
    for place, site in enumerate(sites(network)):
        name = site.layer.name
        for number, kind in enumerate(chosen.get(name, ())):
            try:
                made = attempt(site, kind)
            except UsageError:
                return None
            if not isinstance(made, str):
                found[number][place] = made
            elif numbers[name] == number:
                raise refusal(name, kind, made)
    return found


def _figures(
    reports: Sequence[Report],
    metric: str,
    numbers: Values,
    chosen: Mapping[str, Sequence[Replacement]],
) -> Iterator[int]:
    """What each layer has of a metric as the kind that is chosen."""
    for place, layer in enumerate(reports[0].layers):
        for number in range(len(chosen.get(layer.name, ()))):
            figure = reports[number].layers[place].figure(metric)
            yield (numbers[layer.name] == number) * figure
        if layer.name not in chosen:
            yield layer.figure(metric)
