"""What `convcost sweep` is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from convcost.cli.inputs import tell
from convcost.cli.metrics import metrics_in
from convcost.cli.values import whole
from convcost.errors import UsageError
from convcost.metrics import USUAL
from convcost.text import quote

if TYPE_CHECKING:
    from convcost.cli.groups import Choice, Varied
    from convcost.sources import Target
    from convcost.sources.given import Given
    from convcost.sweeping.choices import Choices
    from convcost.sweeping.joining import Join
    from convcost.sweeping.selection import Wanted
    from convcost.sweeping.space import Space


def space_in(varied: Varied, choices: Choices) -> Space:
    """What is swept; UsageError for values that are none, SpecError for a file of rows."""
    from convcost.sources.columns import read_columns
    from convcost.sources.variants import parse_values
    from convcost.sweeping.choices import kinds_of
    from convcost.sweeping.extras import need
    from convcost.sweeping.space import MOST_VALUES, space_of

    need("numpy")
    if not (varied.vary or varied.rows or choices):
        raise UsageError("--vary is missing", hint="such as --vary alpha=0.5..1.0:0.05")
    rows = read_columns(varied.rows) if varied.rows else {}
    values = parse_values(varied.vary or (), MOST_VALUES)
    return space_of({**values, **kinds_of(choices, (*values, *rows))}, rows)


def wanted_in(choice: Choice, space: Space, targets: Sequence[Target]) -> Wanted:
    """Which rows are wanted; UsageError for what there is not."""
    from convcost.sweeping.conditions import parse_conditions
    from convcost.sweeping.selection import Wanted, objectives

    join = _join_in(choice.join, space, targets) if choice.join else None
    names = [*space.names, *(join.columns if join else ())]
    front = objectives("--pareto", choice.pareto or "", names)
    sort = objectives("--sort", choice.sort or "", names) or front
    top = whole("--top", choice.top) if choice.top else None
    needed: list[str] = []
    if choice.minimize:
        from convcost.views.sweep import SHOWN

        least = objectives("--minimize", choice.minimize, names)
        if len(least) != 1 or front:
            raise UsageError("--minimize takes one name, and no --pareto beside it")
        sort, top, needed = [*least, *sort], top or SHOWN, [least[0].name]
    return Wanted(parse_conditions(choice.where or (), names), front, sort, top, join, needed)


def _join_in(path: str, space: Space, targets: Sequence[Target]) -> Join:
    """The user's own figures, once people know which are of no variant."""
    from convcost.sweeping.joining import read_join
    from convcost.sweeping.networks import vars_of
    from convcost.sweeping.space import NETWORK

    names = [*space.names, *[NETWORK] * (len(targets) > 1)]
    found = read_join(path, names, [name for target in targets for name in vars_of(target)])
    if unused := found.unused(space):
        tell([f"lines of {quote(path, 4096)} that are of no variant: {unused:,}"])
    return found


def draw_in(varied: Varied, choice: Choice, wanted: Wanted) -> dict[str, Any]:
    """How many rows are drawn or proposed, if not all are taken, and which."""
    from convcost.sweeping.searching import TRIALS

    random, seed, trials = varied.random, varied.seed, choice.trials
    if (trials and not choice.minimize) or (random and choice.minimize):
        raise UsageError("--trials is for --minimize, which has no --random beside it")
    proposed = whole("--trials", trials) if trials else TRIALS
    return {
        "random": whole("--random", random) if random else None,
        "trials": proposed,
        "minimize": wanted.sort[0] if choice.minimize else None,
        "seed": 0 if seed.strip() == "0" else whole("--seed", seed),
    }


def asked_in(
    targets: Sequence[Target],
    space: Space,
    wanted: Wanted,
    fixed: Mapping[str, Any],
    given: Given,
    metrics: str | None,
) -> dict[str, Any]:
    """What is asked of `convcost.sweeping.base.planned`."""
    from convcost.sources.given import share
    from convcost.sweeping.base import needed_metrics

    shared = share(given, targets)
    return {
        "targets": targets,
        "space": space,
        "metrics": needed_metrics((*USUAL, *metrics_in(metrics)), wanted),
        "fixed": fixed,
        "given": {target: shared.of(target) for target in targets},
    }
