"""What writing out a spec has come to: the problems found, and the quotas spent."""

from __future__ import annotations

from convcost.errors import ConvcostError, Place, Problem, SpecError
from convcost.sources.quota import Quota, refuse_many
from convcost.sources.spec.scope import Scope
from convcost.sources.yaml.tree import Node

MAX_STEPS = 1_000_000
"""About a microsecond each: what a file writes out costs none, what it has repeated does."""
MAX_NAMES = 2**24


class Ledger:
    """The `problems` of one spec, its quotas of `steps` and of characters of `names`, and `notes`
    for people, in order."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        self.notes: dict[str, None] = {}
        self.steps = Quota(
            "writing out repeats and blocks takes more than {most} steps", MAX_STEPS, "repeat less"
        )
        self.names = Quota(
            "all layers' names together have more than {most} characters",
            MAX_NAMES,
            "shorten the names, or repeat less",
        )

    def spend(self, steps: int, node: Node, scope: Scope) -> None:
        """Take steps; SpecError at `node` if those, or the names, are more than there may be."""
        self.steps.spent += steps
        if self.steps.spent > self.steps.most or self.names.spent > self.names.most:
            if self.problems:  # which may well be why
                raise SpecError(*self.problems)
            quota = self.steps if self.steps.spent > self.steps.most else self.names
            quota.refuse(scope.document.place(node))

    def tell(self, note: str) -> None:
        """Keep a note, once; an empty one is none."""
        if note:
            self.notes[note] = None

    def refuse(self, message: str, place: Place, scope: Scope, hint: str = "") -> None:
        """Note a problem."""
        self._keep(scope.problems(SpecError(message, place=place, hint=hint)))

    def note(self, error: ConvcostError, scope: Scope, node: Node, prefix: str = "") -> None:
        """Note the problems of an error, at `node` where they have no place."""
        self._keep(scope.problems(error, scope.document.place(node), prefix))

    def _keep(self, problems: tuple[Problem, ...]) -> None:
        self.problems += (problem for problem in problems if problem not in self.problems)
        # The same problem may turn up again and again.
        self.steps.spent += 1000
        refuse_many(self.problems)
        if self.steps.spent > self.steps.most:
            raise SpecError(*self.problems)
