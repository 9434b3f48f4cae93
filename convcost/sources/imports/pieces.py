"""An imported graph while rules merge its layers: pieces that know what they follow and feed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from convcost.cost import Report
from convcost.network import INPUT, Builder, Network
from convcost.operands import PLAIN, Operands
from convcost.ops.base import Shape
from convcost.schedule import Schedule
from convcost.sources.imports.numbers import merged

Fields = dict[str, Any]


@dataclass(slots=True)
class Piece:
    """A layer while the rules work on it; `users` are the pieces that take its output."""

    kind: str
    fields: Fields
    inputs: list[int]
    name: str
    shape: Shape
    out: Shape
    line: int = 0
    operands: Operands = PLAIN
    users: list[int] = field(default_factory=list)
    is_gone: bool = False


class Pieces:
    """The layers of one network, each a piece that rules may change, merge and take out."""

    def __init__(self, network: Network, report: Report) -> None:
        self._of = network
        self.pieces = [
            Piece(
                layer.kind,
                layer._replace(operands=PLAIN).told,
                list(layer.inputs),
                layer.name,
                cost.ins[0],
                cost.out,
                layer.line,
                layer.operands,
            )
            for layer, cost in zip(network.layers, report.layers, strict=True)
        ]
        self.names = {piece.name for piece in self.pieces}
        self._behind: dict[int, int] = {}
        for index, piece in enumerate(self.pieces):
            for source in piece.inputs:
                if source != INPUT:
                    self.pieces[source].users.append(index)

    def apply(self, rule: Rule) -> None:
        """Let a rule look at every piece, in the network's order."""
        for index, piece in enumerate(self.pieces):
            if not piece.is_gone:
                rule(self, index, piece)

    def only_user(self, piece: Piece) -> Piece | None:
        """The piece that takes this one's output, if there is exactly one and it takes no other."""
        if len(piece.users) != 1:
            return None
        user = self.pieces[piece.users[0]]
        return user if len(user.inputs) == 1 else None

    def drop(self, index: int) -> None:
        """Take out a piece of one input: its users follow what it followed."""
        piece = self.pieces[index]
        (source,) = piece.inputs
        self._behind[index] = source
        for user in piece.users:
            inputs = self.pieces[user].inputs
            self.pieces[user].inputs = [source if each == index else each for each in inputs]
        if source != INPUT:
            users = self.pieces[source].users
            users.remove(index)
            users += piece.users
        piece.is_gone = True

    def merge(self, index: int, piece: Piece) -> None:
        """Take out the piece behind `piece`, whose output it now makes."""
        (user,) = piece.users
        piece.out = self.pieces[user].out
        piece.operands = merged(piece.operands, self.pieces[user].operands)
        self.drop(user)

    def network(self) -> Network:
        """What they are now."""
        builder = Builder(self._of.name, self._of.input, self._of.path)
        places = {INPUT: INPUT}
        waiting = [index for index, piece in enumerate(self.pieces) if not piece.is_gone]
        for index in waiting:
            piece = self.pieces[index]
            inputs = tuple(places[source] for source in piece.inputs)
            fields = piece.fields | piece.operands.told
            places[index] = builder.add(
                piece.kind, fields, name=piece.name, inputs=inputs, line=piece.line
            )
        return builder.network()._replace(schedule=self._schedule(places))

    def _schedule(self, places: dict[int, int]) -> Schedule | None:
        """The network's schedule, whose operations came to be what holds their layers now."""
        if self._of.schedule is None:
            return None

        def place(index: int) -> int:
            while index not in places:
                index = self._behind.get(index, index - 1)
            return max(places[index], 0)

        return self._of.schedule._replace(layers=tuple(map(place, self._of.schedule.layers)))


Rule = Callable[[Pieces, int, Piece], None]
"""Looks at one piece, which has that index, and at those behind it."""
