"""How much a file may ask for: spent where work is about to be done, so that every reader ends.

A few lines can stand for any amount of work: repeats, names, aliases, functions. A reader has a
quota for each thing that it may have to do or to keep more often than the file says it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from convcost.errors import Place, Problem, SpecError

MAX_PROBLEMS = 100


def refuse_many(problems: list[Problem]) -> None:
    """SpecError if there are as many problems as anyone will read."""
    if len(problems) >= MAX_PROBLEMS:
        raise SpecError(*problems)


class Quota:
    """So many steps, characters or operations, and no more.

    `refusal` is the message, in which `{most}` stands for that number; `hint` is the remedy.
    """

    def __init__(self, refusal: str, most: int, hint: str = "") -> None:
        self.refusal = refusal
        self.most = most
        self.hint = hint
        self.spent = 0

    def spend(self, amount: int, place: Callable[[], Place] | None = None) -> None:
        """Take `amount`; SpecError at `place` if that is more than there is left."""
        self.spent += amount
        if self.spent > self.most:
            self.refuse(place() if place else None)

    def refuse(self, place: Place | None) -> NoReturn:
        """Raise the SpecError of a quota that does not suffice."""
        message = self.refusal.format(most=f"{self.most:,}")
        raise SpecError(message, place=place, hint=self.hint)
