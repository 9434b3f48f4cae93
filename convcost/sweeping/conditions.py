"""What rows are to be like: `params <= 3.5M`, `alpha * size < 200`."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from convcost.errors import ConvcostError, UsageError
from convcost.limits import limit_of
from convcost.metrics import METRICS
from convcost.quantity import parse_bytes
from convcost.spelling import did_you_mean
from convcost.sweeping.outcome import FINE, Note, Rows, has_figures
from convcost.sweeping.running import Figures, Runner
from convcost.sweeping.space import Axis, Space
from convcost.text import quote

if TYPE_CHECKING:
    from numpy import ndarray

_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
}
_SIMPLE = re.compile(r"\s*([\w-]+)\s*(<=|>=|==|!=|<|>)\s*([0-9][\w.]*)\s*")
_AMOUNT = re.compile(r"(?<![\w.])[0-9][0-9._]*\s*(?:[kMGT]|[KMGT]i)B?(?!\w)")
_HINT = "write a comparison, such as 'params <= 3.5M' or 'alpha * size < 200'"


class Condition(NamedTuple):
    """A comparison of figures and vars: of a metric's figures with a limit, or any expression."""

    text: str
    metric: str = ""
    compare: Callable[[Any, Any], Any] = operator.le
    limit: int | Fraction = 0
    expression: str = ""

    def holds(self, rows: Rows) -> ndarray:
        """Which of `rows`, none of which was refused, it holds for: of those without a figure that
        it looks at for none. UsageError for an expression that cannot be worked out."""
        import numpy as np

        if self.metric:
            return self.compare(rows.figures[self.metric], self.limit).astype(bool)
        if not len(rows):
            return np.ones(0, dtype=bool)
        known = has_figures(rows, self.names)
        rows = rows.take(known)
        if not len(rows):
            return known
        columns = Space((Axis({name: rows.column(name) for name in self.names}),))
        found = list(Runner(self._evaluated, ["holds"]).blocks(columns))
        wrong = next((note.reason for note in found[-1].notes if note.refused), "")
        if wrong:
            raise UsageError(f"--where {quote(self.text)}: {wrong}")
        known[known] = np.concatenate([part.figures["holds"] for part in found]).astype(bool)
        return known

    @property
    def names(self) -> list[str]:
        """The metrics and vars that it looks at."""
        from convcost.sources.spec.expressions import names_in

        return [self.metric] if self.metric else list(names_in(self.expression))

    def excess(self, rows: Rows) -> ndarray:
        """How far each of `rows` is from where it holds, as a share of the limit, or 1 for an
        expression; 0 where it does."""
        import numpy as np

        holds = self.holds(rows)
        if not self.metric:
            return np.where(holds, 0.0, 1.0)
        beyond = np.abs(rows.figures[self.metric].astype(np.float64) - float(self.limit))
        return np.where(holds, 0.0, (1 + beyond) / max(1.0, float(self.limit)))

    def _evaluated(self, values: Mapping[str, Any]) -> tuple[Figures, Note]:
        from convcost.sources.spec.expressions import evaluate_text

        return {"holds": int(bool(evaluate_text(self.expression, values)))}, FINE


def parse_conditions(texts: Iterable[str], names: Sequence[str]) -> list[Condition]:
    """What `texts` say of metrics and the vars `names`; UsageError for what cannot be meant."""
    return [_parse(text, names) for text in texts]


def metrics_of(conditions: Iterable[Condition]) -> list[str]:
    """The metrics that they look at."""
    return [name for each in conditions for name in each.names if name in METRICS]


def _parse(text: str, names: Sequence[str]) -> Condition:
    found = _SIMPLE.fullmatch(text)
    name = found[1].replace("-", "_") if found else ""
    try:
        if found and name in METRICS and name not in names:
            return Condition(text, name, _OPERATORS[found[2]], limit_of(name, found[3]))
        amounts = _AMOUNT.sub(lambda amount: str(parse_bytes(amount[0])), text)
        return Condition(text, expression=_checked(amounts, names))
    except ConvcostError as error:
        raise UsageError(*error.at(None, f"--where {quote(text)}: ")) from None


def _checked(text: str, names: Sequence[str]) -> str:
    """`text` as one expression; ConvcostError if it is none, or on what there is not."""
    from convcost.sources.spec.expressions import names_in

    if "{" in text or "}" in text or not any(sign in text for sign in _OPERATORS):
        raise UsageError("this compares nothing", hint=_HINT)
    expression = f"${{{text}}}"
    needed = names_in(expression)
    if not needed:
        raise UsageError("this names no var or metric", hint=_HINT)
    for name in needed:
        if name not in names and name not in METRICS:
            known = (*names, *METRICS)
            raise UsageError(
                f'there is no var or metric "{quote(name)}"',
                hint=did_you_mean(name, known) or f"there are {', '.join(known)}",
            )
    return expression
