"""What the configuration of a Keras model says: layers, and what each call of them takes.

Keras 2 and 3 write it in two forms, which are one here. Nothing is deserialised.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from convcost.errors import ConvcostError
from convcost.ops.base import MAX_DIMS, TOO_LONG, Shape
from convcost.text import quote

Found = TypeVar("Found")

Open = tuple[int | None, ...]
"""A shape as Keras has it, None where it is left open."""
_OPS = ("keras.src.ops", "keras.ops", "keras.src.backend")


class Ref(NamedTuple):
    """A tensor: which of those that a call of a layer gives."""

    layer: str
    call: int
    tensor: int


class LayerCall(NamedTuple):
    """What one call of a layer takes; each tensor among it is a `Ref`."""

    args: Sequence[Any]
    kwargs: Mapping[str, Any]


class Described(NamedTuple):
    """A layer: its class, its configuration, and its calls in the model that it is in.

    `module` is where the class lies, empty where the file does not say so; a class is the user's
    `own` if it is not one of Keras's. `graph` is that of a model inside the model.
    """

    cls: str
    name: str
    config: Mapping[str, Any]
    module: str = ""
    own: bool = False
    calls: tuple[LayerCall, ...] = ()
    graph: Graph | None = None
    built: Open | None = None

    @property
    def key(self) -> str:
        """What its handler is registered for: an operation of keras.ops has a word in front."""
        is_op = self.module.startswith(_OPS) or (not self.module and "trainable" not in self.config)
        return f"ops.{self.cls}" if is_op and self.cls != "InputLayer" else self.cls


class Graph(NamedTuple):
    """Layers, and the tensors that the whole takes and gives; `told` are shapes that the file
    states of tensors. Layers of a `chain` follow each other."""

    name: str
    layers: tuple[Described, ...]
    inputs: tuple[Ref, ...] = ()
    outputs: tuple[Ref, ...] = ()
    is_chain: bool = False
    told: Mapping[Ref, Open] = {}


def described(config: Any) -> Described:
    """The model that a configuration is of; ConvcostError for what is no model of layers."""
    try:
        found = layer_of(config)
    except RecursionError:
        raise ConvcostError("its configuration nests too deep") from None
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        told = type(error).__name__
        raise ConvcostError(f"its configuration is none that Keras writes ({told})") from None
    if found.graph is None:
        name = quote(found.cls, 60)
        raise ConvcostError(
            f"{name} is a class of its own, whose file does not say which layers it calls",
            hint="a Sequential or Functional model does; or export it to ONNX: model.export(..., "
            "format='onnx')",
        )
    return found


def layer_of(config: Any) -> Described:
    """One entry of a configuration, or the whole."""
    inner = config.get("config")
    cls, module = str(config["class_name"]), str(config.get("module") or "")
    registered = str(config.get("registered_name") or "")
    graph = None
    if isinstance(inner, list):  # a Sequential before Keras 2.2.3
        graph, inner = _chain("sequential", inner), {}
    elif isinstance(inner, Mapping) and isinstance(inner.get("layers"), list):
        graph = _functional(inner) if "input_layers" in inner else _chained(inner)
    if not isinstance(inner, Mapping):
        inner = {}
    name = str(config.get("name") or inner.get("name") or cls.lower())
    is_own = ">" in registered or ">" in cls or bool(module and not module.startswith("keras"))
    built = _built(config.get("build_config"))
    calls = tuple(_calls(config.get("inbound_nodes") or []))
    return Described(cls.rpartition(">")[2], name, inner, module, is_own, calls, graph, built)


def _built(config: Any) -> Open | None:
    return open_shape(config.get("input_shape")) if isinstance(config, Mapping) else None


def _chained(config: Mapping[str, Any]) -> Graph:
    return _chain(str(config.get("name", "sequential")), config["layers"])


def _chain(name: str, layers: Sequence[Any]) -> Graph:
    return Graph(name, tuple(map(layer_of, layers)), is_chain=True)


def _functional(config: Mapping[str, Any]) -> Graph:
    layers = tuple(map(layer_of, config["layers"]))
    inputs = tuple(_refs(config["input_layers"]))
    outputs = tuple(_refs(config["output_layers"]))
    told: dict[Ref, Open] = {}
    for entry in config["layers"]:
        _note_shapes(entry.get("inbound_nodes") or [], told)
    return Graph(str(config.get("name", "model")), layers, inputs, outputs, told=told)


def _refs(said: Any) -> Iterator[Ref]:
    """Tensors in whatever lists and mappings: `["conv", 0, 0]` is one."""
    if isinstance(said, Mapping):
        said = list(said.values())
    if _is_ref(said):
        yield _ref(said)
    else:
        for each in said:
            yield from _refs(each)


def _ref(said: Any) -> Ref:
    if not _is_ref(said):
        raise ValueError("no tensor is called so")
    return Ref(said[0], said[1], said[2])


def _is_ref(said: Any) -> bool:
    return (
        isinstance(said, list)
        and len(said) in (3, 4)
        and isinstance(said[0], str)
        and all(type(each) is int for each in said[1:3])
    )


def _calls(nodes: Any) -> Iterator[LayerCall]:
    for node in nodes:
        if isinstance(node, Mapping):
            yield LayerCall(
                [_argument(each) for each in node["args"]],
                {str(name): _argument(each) for name, each in node["kwargs"].items()},
            )
        else:
            yield _older(node)


def _older(node: Any) -> LayerCall:
    """A call in the form of Keras 2: `[["conv", 0, 0, {"mask": ...}], ...]`."""
    if isinstance(node, list) and _is_ref(node):
        node = [node]
    if isinstance(node, Mapping):
        node = list(node.values())
    kwargs: dict[str, Any] = {}
    args = []
    for each in node:
        args.append(_older_argument(each))
        if isinstance(each, list) and len(each) > 3 and isinstance(each[3], Mapping):
            kwargs |= {str(name): _older_argument(value) for name, value in each[3].items()}
    return LayerCall(args if len(args) == 1 else [args], kwargs)


def _older_argument(said: Any) -> Any:
    if _is_ref(said):
        return said[2] if said[0] == "_CONSTANT_VALUE" else Ref(*said[:3])
    if isinstance(said, list) and len(said) > 2 and said[0] == "_CONSTANT_VALUE":
        return said[2]
    if isinstance(said, list):
        return [_older_argument(each) for each in said]
    if isinstance(said, Mapping) and {"start", "stop", "step"} <= said.keys():
        return slice(said["start"], said["stop"], said["step"])
    return said


def _argument(said: Any) -> Any:
    """An argument in the form of Keras 3, each tensor in it as a `Ref`."""
    if isinstance(said, list):
        return [_argument(each) for each in said]
    if not isinstance(said, Mapping):
        return said
    if said.get("class_name") == "__keras_tensor__":
        return _ref(said["config"]["keras_history"])
    if said.get("class_name") == "__slice__":
        config = said["config"]
        return slice(config["start"], config["stop"], config["step"])
    if said.get("class_name") == "__ellipsis__":
        return Ellipsis
    if "class_name" not in said:
        return {str(name): _argument(each) for name, each in said.items()}
    return said


def _note_shapes(said: Any, told: dict[Ref, Open]) -> None:
    """Every shape that is stated beside a tensor."""
    if isinstance(said, Mapping):
        if said.get("class_name") == "__keras_tensor__":
            config = said["config"]
            if (shape := open_shape(config.get("shape"))) is not None:
                told[_ref(config["keras_history"])] = shape
            return
        said = list(said.values())
    if isinstance(said, list):
        for each in said:
            _note_shapes(each, told)


def open_shape(said: Any) -> Open | None:
    """A shape with its batch; None for what is none."""
    if not isinstance(said, list) or not 0 < len(said) <= MAX_DIMS + 1:
        return None
    is_shape = all(each is None or (type(each) is int and 0 < each < TOO_LONG) for each in said)
    return tuple(said) if is_shape else None


def closed(shape: Open | None) -> Shape | None:
    """A shape for one input; None where sizes beside the batch are open."""
    if shape is None or None in shape[1:]:
        return None
    return (1, *(each for each in shape[1:] if each is not None))


def found_in(said: Any, kind: type[Found]) -> Iterator[Found]:
    """Everything of a kind among arguments, in lists and mappings as well."""
    if isinstance(said, kind):
        yield said
    elif isinstance(said, list | tuple):
        for each in said:
            yield from found_in(each, kind)
    elif isinstance(said, Mapping):
        for each in said.values():
            yield from found_in(each, kind)
