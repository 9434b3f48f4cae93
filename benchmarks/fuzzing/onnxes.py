"""The family of ONNX files: networks that can be counted, and such that are a little wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib.util import find_spec
from math import prod
from pathlib import Path
from types import MappingProxyType

from benchmarks.fuzzing import mutate
from benchmarks.fuzzing import protobuf as pb
from benchmarks.fuzzing.case import Call, Case, Write
from benchmarks.fuzzing.draw import HOSTILE, HUGE, Draw
from benchmarks.fuzzing.onnxwords import ATTRIBUTES, ODD, OPS
from benchmarks.fuzzing.onnxwrong import bomb, spoil

PATH = "net.onnx"


class _Net:
    """Nodes in a row, with the shape behind them and their cost as long as it is known."""

    def __init__(self, rng: Draw) -> None:
        self.rng = rng
        self.input = (
            rng.choice((1, 2, 3, 4, 8)),
            rng.choice((4, 8, 9, 16)),
            rng.choice((4, 8, 16)),
        )
        self.shape: tuple[int, ...] = self.input
        self.nodes: list[pb.Message] = []
        self.tensors: list[pb.Message] = []
        self.functions: list[pb.Message] = []
        self.params = self.macs = 0
        self.is_counted = True
        self.is_unknown = False
        self.shapes: list[pb.Message] = []
        self.last = "x"

    def add(
        self,
        op: str,
        more: tuple[str, ...] = (),
        domain: str = "",
        attributes: Mapping[str, object] = MappingProxyType({}),
    ) -> None:
        out = f"v{len(self.nodes)}"
        self.nodes.append(pb.node(op, (self.last, *more), (out,), domain, attributes))
        self.last = out

    def weight(self, *dims: int) -> str:
        name = f"w{len(self.tensors)}"
        self.tensors.append(pb.weights(name, dims))
        return name

    def constant(self, *values: int) -> str:
        name = f"c{len(self.tensors)}"
        self.tensors.append(pb.numbers(name, values))
        return name

    def graph(self) -> pb.Message:
        batch = self.rng.choice((1, 1, "N"))
        made = pb.graph(self.nodes, {"x": (batch, *self.input)}, (self.last,), self.tensors)
        return [*made, *((13, shape) for shape in self.shapes)]


def case(rng: Draw) -> Case:
    """A file, and what is done with it."""
    if rng.chance(0.04):
        return Case("onnx", (Write(PATH, bomb(rng)), *_calls(rng)))
    net = _Net(rng)
    for _ in range(rng.randint(1, 6)):
        rng.choice(_PARTS)(net)
    form = rng.random()
    if form < 0.45:
        counts = (net.params, net.macs) if net.is_counted else None
        raw = pb.model(net.graph(), net.functions)
        return Case("onnx", (Write(PATH, raw), *_calls(rng, counts, net.is_unknown)))
    made = net.graph()
    for _ in range(rng.randint(1, 3)):
        spoil(rng, made)
    raw = pb.model(made, net.functions, rng.choice((18, 18, 18, 7, 11, 13, 21, 99)))
    if form > 0.85:
        raw = mutate.data(rng, raw)
    return Case("onnx", (Write(PATH, raw), *_calls(rng)))


@cache
def _shipped() -> list[bytes]:
    """The small models that the onnx package has for tests of its own, in order."""
    found = find_spec("onnx")
    folders = found.submodule_search_locations if found else None
    paths = Path((folders or [""])[0], "backend/test/data").glob("*/*/model.onnx")
    return [path.read_bytes() for path in sorted(paths) if path.stat().st_size < 100_000]


def broken(rng: Draw) -> Case:
    """A file that was right, with parts of it changed, or bytes of it."""
    raw = rng.choice(_shipped())
    if rng.chance(0.6) and (made := pb.decoded(raw)):
        for _ in range(rng.randint(1, 3)):
            spoil(rng, made)
        raw = pb.encoded(made)
    else:
        raw = mutate.data(rng, raw)
    return Case("broken", (Write(PATH, raw), *_calls(rng)))


def _calls(
    rng: Draw, counts: tuple[int, int] | None = None, is_unknown: bool = False
) -> tuple[Call, ...]:
    first = Call(("eval", PATH, "--format", "json"), "net", counts)
    if is_unknown:
        limits = ("--max-macs", "1000T", "--max-params", "1000T")
        why = "what is not understood is within no limit"
        return (first, Call(("check", PATH, *limits), never=(0,), because=why))
    imported = (
        Call(("import", "onnx", PATH, "-o", "net.yaml")),
        Call(("eval", "net.yaml", "--format", "json"), "net", needs="net.yaml"),
    )
    form = rng.choice(("table", "csv", "markdown"))
    others = (
        (Call(("eval", PATH, "--format", form), "net"),),
        (
            Call(
                (
                    "check",
                    PATH,
                    "--max-macs",
                    "1k",
                    "--format",
                    rng.choice(("table", "json", "sarif")),
                )
            ),
        ),
        (Call(("export", "pytorch", PATH)),),
        (Call(("eval", PATH, "--input", rng.choice(("3x8x8", "3", "1x3x8x8")))),),
    )
    return (first, *rng.choice((imported, imported, *others)))


def _conv(net: _Net) -> None:
    rng = net.rng
    if len(net.shape) != 3:
        return
    n, *sizes = net.shape
    groups = rng.choice([group for group in (1, 1, 2, n) if n % group == 0])
    m, k, stride = groups * rng.choice((1, 2, 4)), rng.choice((1, 3)), rng.choice((1, 1, 2))
    bias = rng.chance(0.5)
    more = (net.weight(m, n // groups, k, k), *([net.weight(m)] if bias else []))
    shape = {"kernel_shape": [k, k], "strides": [stride] * 2, "pads": [k // 2] * 4, "group": groups}
    net.add("Conv", more, attributes=shape)
    out = [(size - 1) // stride + 1 for size in sizes]
    weights = m * n // groups * k * k
    net.shape = (m, *out)
    net.params += weights + bias * m
    net.macs += weights * prod(out)


def _activation(net: _Net) -> None:
    net.add(net.rng.choice(("Relu", "Sigmoid", "Tanh", "HardSwish", "Identity")))


def _norm(net: _Net) -> None:
    n = net.shape[0]
    if len(net.shape) == 3:
        net.add("BatchNormalization", tuple(net.weight(n) for _ in range(4)))
        net.params += 2 * n


def _head(net: _Net) -> None:
    if len(net.shape) == 3:
        net.add("GlobalAveragePool")
        net.add("Flatten")
        net.shape = (net.shape[0],)
    n, m = net.shape[0], net.rng.choice((1, 5, 10))
    net.add("Gemm", (net.weight(m, n), net.weight(m)), attributes={"transB": 1})
    net.shape = (m,)
    net.params += n * m + m
    net.macs += n * m


def _pool(net: _Net) -> None:
    if len(net.shape) == 3 and min(net.shape[1:]) >= 2:
        net.add(
            net.rng.choice(("MaxPool", "AveragePool")),
            attributes={"kernel_shape": [2, 2], "strides": [2, 2]},
        )
        net.shape = (net.shape[0], *(size // 2 for size in net.shape[1:]))


def _reshaped(net: _Net) -> None:
    net.is_counted = False
    shape = net.rng.choice(((1, -1), (0, -1), (-1, 4), (1, 2, -1), (7, 7), (0, 0, -1)))
    net.add("Reshape", (net.constant(*shape),))
    net.shape = (prod(net.shape),)


def _any(net: _Net) -> None:
    """Any operator, with inputs and attributes that may suit another."""
    rng = net.rng
    net.is_counted = False
    more = [
        rng.choice(
            (
                net.weight(*rng.choices(ODD[2:5], k=rng.randint(0, 4))),
                net.constant(*rng.choices(ODD, k=2)),
                "",
            )
        )
        for _ in range(rng.randint(0, 3))
    ]
    op = rng.choice(OPS)
    net.add(op, tuple(more), attributes={name: _odd(rng) for name in rng.some(ATTRIBUTES, 0, 3)})


def _mystery(net: _Net) -> None:
    net.is_counted = False
    net.is_unknown = True
    domain = net.rng.choice(("com.example", "ai.fuzz"))
    net.add("Mystery", (net.weight(4, 4),) if net.rng.chance(0.3) else (), domain)
    # Nobody can infer a shape behind it; files of such operators say it.
    net.shapes.append(pb.info(net.last, (1, *net.shape)))


def _odd(rng: Draw) -> object:
    return rng.choice(
        (
            *(rng.choice(ODD), [rng.choice(ODD)] * rng.randint(1, 4), [], 0.5, "SAME_UPPER"),
            *(
                rng.choice(HOSTILE),
                "bij,bjk->bik",
                [1, 1],
                [1, 1, 1, 1],
                [0.5, 2.0],
                rng.choice(HUGE),
            ),
        )
    )


_PARTS: tuple[Callable[[_Net], None], ...] = (
    *(_conv, _conv, _conv, _conv, _activation, _activation, _norm, _pool, _head, _reshaped, _any),
    _mystery,
)
