"""Where networks come from: flags, spec files, ONNX, PyTorch.

What reads YAML is imported when first needed, since it takes pydantic along.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from convcost.errors import ConvcostError, SpecError, UsageError
from convcost.network import Network
from convcost.sources.given import NOTHING, Given, parse_given, share, where_stated, with_stated
from convcost.sources.inputs import Inputs
from convcost.sources.locate import find_specs
from convcost.sources.targets import CodeTarget, Piped, SpecFile, Target, is_imported, target_of
from convcost.sources.zoo import refuse_missing

if TYPE_CHECKING:
    from convcost.sources.spec.reading import Spec
    from convcost.sources.yaml.tree import Document

__all__ = [
    "CodeTarget",
    "SpecFile",
    "Target",
    "document_of",
    "find_specs",
    "load",
    "read",
    "read_bytes",
    "spec_of_bytes",
    "target_of",
]


def read(
    target: Target, overrides: Mapping[str, Any] | None = None, given: Given = NOTHING
) -> Spec:
    """What `target` holds: its network, and the budgets that it sets.

    `overrides` take the place of the spec's `vars`, and `given` inputs of the input that it states.
    SpecError, with every problem found, for a file that cannot be read or does not say what a spec
    must say. An ONNX file and code are networks too: code needs inputs, an ONNX file may, and
    `overrides` are, like the arguments that are `given`, those of the factory. UsageError for a
    factory or a package that is not there, and for arguments that the target does not take;
    CodeError for code that fails, or that cannot be followed.
    """
    from convcost.sources.spec.reading import Spec, spec_on

    if is_imported(target):
        from convcost.sources.code import read_code

        given = with_stated(target, given, overrides or {})
        try:
            network = read_code(target, given.inputs, given.arguments, given.example, given.rules)
        except ConvcostError as error:
            if not target.stated:
                raise
            raise SpecError(*where_stated(error, target, target.stated)) from error
        return Spec(str(target), network, (), {})
    return spec_on(document_of(target), overrides or {}, given.inputs)


def document_of(target: Target) -> Document:
    """The document that a spec is, which is not code nor an ONNX file; SpecError if it is none."""
    from convcost.sources.spec.documents import spec_in_bytes, spec_in_file
    from convcost.sources.yaml.files import piped

    if isinstance(target, Piped):
        return spec_in_bytes(piped(), target.path)
    assert isinstance(target, SpecFile), "all code is imported"
    refuse_missing(target.path)
    return spec_in_file(target.path, target.root)


def read_bytes(
    file: SpecFile,
    raw: bytes,
    overrides: Mapping[str, Any] | None = None,
    given: Given = NOTHING,
) -> Network:
    """The network in `raw`, which `file` held in some commit; the rest is as for `read`."""
    return spec_of_bytes(file, raw, overrides, given).network


def spec_of_bytes(
    file: SpecFile,
    raw: bytes,
    overrides: Mapping[str, Any] | None = None,
    given: Given = NOTHING,
) -> Spec:
    """The same, with the budgets that it set."""
    from convcost.sources.spec.reading import Spec, spec_on

    if is_imported(file):
        from convcost.sources.code import read_code

        given = with_stated(file, given, overrides or {})
        network = read_code(file, given.inputs, given.arguments, rules=given.rules, raw=raw)
        return Spec(file.path, network, (), {})
    from convcost.sources.spec.documents import spec_in_bytes

    return spec_on(spec_in_bytes(raw, file.path), overrides or {}, given.inputs)


def load(
    path: str | os.PathLike[str] | object = None,
    overrides: Mapping[str, Any] | object = None,
    input_shape: Inputs | None = None,
    *,
    input: Inputs | None = None,  # noqa: A002 - what specs and the command line call it
    text: str | None = None,
    arguments: Mapping[str, Any] | None = None,
    inputs_from: str | None = None,
    rules: Sequence[str | os.PathLike[str]] = (),
) -> Network:
    """The network in the spec file `path`, or the one of that name that ships, for `evaluate`.

    A `str` is taken as a word on the command line is: `torch:package.module:factory` imports that
    module, which runs it. Any other path is one and nothing else, so give names that your program
    has found as `pathlib.Path`. A `str` with a line break in it, like `text`, is a spec itself.
    `input` (or `input_shape`) is what --input is there, `3x224x224`, or a list of such texts;
    `arguments`, `inputs_from` and `rules` are what --arg, --inputs-from and --with are. The rest,
    and the errors, are as for `read`.

    In place of a path, what a program holds may be given: a spec as a mapping, an open file, a
    `Builder`, an `onnx.ModelProto`, a Keras model, or a `torch.nn.Module`; both stay as they are.
    Behind a module stands an example of its input in place of `overrides`: a tensor, a tuple of
    arguments or a mapping of keywords, with a batch, of which one input is counted.
    """
    from convcost.sources.objects import HINT, TEXT, checked, is_text, network_in, network_in_bytes

    if (text is None) == (path is None):
        raise UsageError("load takes one network", hint=HINT)
    given = parse_given(input_shape or input, arguments, inputs_from, rules)
    if text is None and is_text(path):
        path, text = None, str(path)
    if text is not None:
        return network_in_bytes(text.encode(), TEXT, overrides, given)
    if not isinstance(path, str | os.PathLike):
        return network_in(path, overrides, given)
    target = target_of(path) if isinstance(path, str) else SpecFile(os.fspath(path))
    return read(target, checked(overrides), share(given, [target]).of(target)).network
