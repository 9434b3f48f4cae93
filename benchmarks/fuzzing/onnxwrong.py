"""ONNX files that are wrong, or that ask for more than they are worth."""

from __future__ import annotations

from typing import Any

from benchmarks.fuzzing import protobuf as pb
from benchmarks.fuzzing.draw import HOSTILE, Draw
from benchmarks.fuzzing.onnxwords import ATTRIBUTES, ODD, OPS


def spoil(rng: Draw, made: pb.Message) -> None:
    """Changes a field somewhere in a message."""
    holders = _messages(made)
    holder = rng.choice([each for each in holders if each] or [made])
    place = rng.randrange(len(holder))
    number, value = holder[place]
    changed: Any = value
    match rng.randrange(6):
        case 0:
            del holder[place]
            return
        case 1:
            holder.insert(place, holder[place])
            return
        case 2 if isinstance(value, int):
            changed = rng.choice(ODD)
        case 3 if isinstance(value, str):
            changed = rng.choice((*OPS, *ATTRIBUTES, *HOSTILE, "x", "v0", "w0", ""))
        case 4:
            number = rng.randint(1, 21)
        case _:
            changed = rng.choice((0, "", b"\xff", 1.5, [], [(1, "x")]))
    holder[place] = number, changed


def _messages(made: pb.Message) -> list[pb.Message]:
    found = [made]
    for _, value in made:
        if isinstance(value, list):
            found += _messages(value)
    return found


def bomb(rng: Draw) -> bytes:
    """Functions that call each other, some within an If: each level many times the one before."""
    levels, times = rng.choice((1, 2, 4, 8, 12, 16)), rng.choice((1, 2, 3, 8))
    in_branch = rng.chance(0.6)
    functions = [pb.function("f0", ["a"], ["b"], [pb.node("Relu", ["a"], ["b"])])]
    for level in range(1, levels):
        inner = [
            pb.node(f"f{level - 1}", [f"t{i}" if i else "a"], [f"t{i + 1}"], "local")
            for i in range(times)
        ]
        if in_branch:
            branch = pb.graph(inner, {}, [f"t{times}"], name="then")
            other = pb.graph([pb.node("Identity", ["a"], ["e"])], {}, ["e"], name="else")
            call = pb.node("If", ["c"], ["b"], "", {"then_branch": branch, "else_branch": other})
            nodes = [pb.node("Cast", ["a"], ["c"], "", {"to": 9}), call]
        else:
            nodes = [*inner, pb.node("Identity", [f"t{times}"], ["b"])]
        functions.append(pb.function(f"f{level}", ["a"], ["b"], nodes))
    use = pb.node(f"f{levels - 1}", ["x"], ["y"], "local")
    return pb.model(pb.graph([use], {"x": (1, 3, 8, 8)}, ["y"]), functions)
