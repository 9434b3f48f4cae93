"""What became of a lock file's entries, as a terminal shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from convcost.baseline import State, Totals, Update
from convcost.metrics import METRICS
from convcost.status import status_of
from convcost.views.figures import marked
from convcost.views.screen import DIM, GREEN, RED, Screen
from convcost.views.text import Printable, lined
from convcost.views.wrapping import folded

_STYLES = {"grown": RED, "loosened": RED, "tightened": GREEN, "new": GREEN}
_KEPT: dict[State, str] = {
    "grown": "--loosen takes the larger totals",
    "lower": "--update takes the smaller totals",
}


def render(
    updates: Sequence[Update], pruned: Sequence[str], name: str, screen: Screen
) -> Printable:
    """A line for each entry that is not as it was, and one for all of them."""
    lines: list[str] = []
    for update in updates:
        if update.state != "same":
            state = screen.paint(_STYLES.get(update.state, ""), f"{update.state:9}")
            lines.append(Printable.of("{}  {}", state, update.key))
            room = None if screen.width is None else max(20, screen.width - 11)
            below = (screen.paint(DIM, part) for part in folded(_totals(update), room))
            lines += (Printable.of("{:11}{}", "", part) for part in below)
    lines += [f"{'pruned':9}  {key}" for key in pruned]
    counts = Counter(update.state for update in updates)
    said = ", ".join(f"{count} {state}" for state, count in counts.items())
    hints = [f"{state}: {hint}" for state, hint in _KEPT.items() if counts[state]]
    gone = f", {len(pruned)} pruned" if pruned else ""
    return lined([*lines, f"{name}: {said or 'empty'}{gone}", *hints, ""])


def _totals(update: Update) -> str:
    now, old = update.current, update.before or update.current
    return ", ".join(
        _change(METRICS[name].title, old, now, name)
        for name, number in now.numbers.items()
        if old.numbers.get(name) != number or update.before is None
    )


def _change(title: str, old: Totals, now: Totals, name: str) -> str:
    after = marked(now.numbers[name], status_of(now.status, name))
    if old is now or name not in old.numbers:
        return f"{after} {title}"
    return f"{title} {marked(old.numbers[name], status_of(old.status, name))} → {after}"
