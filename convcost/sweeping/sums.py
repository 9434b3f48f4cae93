"""Sums of products in another order, so that little of the work is done on the whole grid.

A network's multiply-adds are a sum over its layers of channels times positions. Layers of the same
positions add up their channels first, which depend on fewer axes; whole numbers add up to the same
in any order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import prod

from convcost.sweeping.tracing import Node

_MOST_TERMS = 10_000
Factors = tuple[int, ...]
Terms = Mapping[Factors, int]
"""How often each product of nodes is added."""


class Sums:
    """Finds the sums that are there among `nodes`, and adds others by `add`."""

    def __init__(self, nodes: Sequence[Node], add: Callable[[Node], int]) -> None:
        self._nodes = nodes
        self._append = add
        self._made: dict[Node, int] = {}
        self._vars: dict[int, frozenset[str]] = {}

    def regrouped(self, at: int) -> int:
        """A node that is the sum at another, in the better order."""
        terms = self._terms(at)
        return at if terms is None or len(terms) < 2 else self._sum(terms)

    def _terms(self, at: int) -> Counter[Factors] | None:
        """The terms of a sum; None for one that has too many."""
        found: Counter[Factors] = Counter()
        waiting, seen = [at], 0
        while waiting:
            at = waiting.pop()
            node, seen = self._nodes[at], seen + 1
            if node.op == "add" and node.kind is int:
                waiting += node.args
                continue
            constants, factors = self._factors(at)
            found[factors] += constants
            if seen > _MOST_TERMS:
                return None
        return found

    def _factors(self, at: int) -> tuple[int, Factors]:
        constant, factors = 1, []
        waiting = [at]
        while waiting:
            at = waiting.pop()
            node = self._nodes[at]
            if node.op == "mul" and node.kind is int:
                waiting += node.args
            elif node.op == "const":
                constant *= node.args[0]
            else:
                factors.append(at)
        return constant, tuple(sorted(factors))

    def _sum(self, terms: Terms) -> int:
        """The sum of terms: by what one var alone decides, as long as that leaves fewer parts."""
        choices = [self._by_var(name, terms) for name in sorted(self._vars_of(terms))]
        # Of one group without anything in common, the rest would be all there is.
        groups = min((each for each in choices if any(each)), key=len, default=None)
        if groups is None or len(groups) == len(terms):
            return self._plain_sum(terms)
        parts = [self._product((*common, self._sum(rest))) for common, rest in groups.items()]
        return self._total(parts)

    def _by_var(self, name: str, terms: Terms) -> Mapping[Factors, Terms]:
        """Terms by their factors that this var alone decides, which are taken out of them."""
        alone = frozenset((name,))
        groups: dict[Factors, Counter[Factors]] = {}
        for factors, times in terms.items():
            common = tuple(at for at in factors if self._vars_at(at) == alone)
            rest = tuple(at for at in factors if self._vars_at(at) != alone)
            groups.setdefault(common, Counter())[rest] += times
        return groups

    def _plain_sum(self, terms: Terms) -> int:
        return self._total([self._product(factors, times) for factors, times in terms.items()])

    def _total(self, parts: Iterable[int]) -> int:
        return self._by_size("add", parts)

    def _product(self, factors: Factors, times: int = 1) -> int:
        found = self._by_size("mul", factors) if factors else self._const(1)
        return found if times == 1 else self._made_of("mul", found, self._const(times))

    def _by_size(self, op: str, parts: Iterable[int]) -> int:
        """All parts in one, those first that are decided by the same few vars."""
        by_vars: dict[frozenset[str], int] = {}
        for at in parts:
            names = self._vars_at(at)
            by_vars[names] = self._made_of(op, by_vars[names], at) if names in by_vars else at
        ordered = sorted(by_vars, key=lambda names: (len(names), sorted(names)))
        whole = by_vars[ordered[0]]
        for names in ordered[1:]:
            whole = self._made_of(op, whole, by_vars[names])
        return whole

    def _const(self, value: int) -> int:
        return self._add(Node("const", (value,), int))

    def _made_of(self, op: str, left: int, right: int) -> int:
        both = [self._nodes[at] for at in (left, right)]
        if all(node.op == "const" for node in both):
            values = [node.args[0] for node in both]
            return self._const(sum(values) if op == "add" else prod(values))
        return self._add(Node(op, (left, right), int))

    def _add(self, node: Node) -> int:
        if node not in self._made:
            self._made[node] = self._append(node)
        return self._made[node]

    def _vars_of(self, terms: Terms) -> frozenset[str]:
        return frozenset().union(*(self._vars_at(at) for factors in terms for at in factors))

    def _vars_at(self, at: int) -> frozenset[str]:
        """The vars that decide a node."""
        for each in range(len(self._vars), at + 1):
            node = self._nodes[each]
            parts: tuple[frozenset[str], ...] = ()
            if node.op == "var":
                parts = (frozenset(node.args),)
            elif node.op != "const":
                parts = tuple(self._vars[arg] for arg in node.args)
            self._vars[each] = frozenset().union(*parts)
        return self._vars[at]
