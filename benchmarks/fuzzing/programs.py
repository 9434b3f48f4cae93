"""Exported Python, compiled and looked through, never run."""

from __future__ import annotations

import ast
import builtins
import warnings
from collections.abc import Iterator

MEMBERS = frozenset(
    (
        *("forward", "train", "eval", "training", "parameters", "named_parameters", "modules"),
        *("named_modules", "children", "named_children", "buffers", "named_buffers", "state_dict"),
        *("load_state_dict", "apply", "half", "float", "double", "to", "cpu", "cuda", "type"),
        *("zero_grad", "requires_grad_", "share_memory", "extra_repr", "register_buffer"),
        *("compile", "add_module", "get_submodule", "bfloat16", "dump_patches", "call_super_init"),
    )
)
"""What an `nn.Module` is called by itself; a layer of that name breaks it."""


def python(text: str) -> Iterator[str]:
    """Code that compiles, with every name known and none of a module's own taken."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "<exported>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        yield f"does not compile: {type(error).__name__}: {str(error)[:60].split(' (')[0]}"
        return
    tree = ast.parse(text)
    classes = [node for node in tree.body if isinstance(node, (ast.ClassDef, ast.FunctionDef))]
    names = [node.name for node in classes]
    if len(set(names)) < len(names):
        yield "a class or function is defined twice"
    yield from _unknown(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and _is_taken(node):
            yield "a layer has the name of a member of nn.Module"
        if isinstance(node, ast.FunctionDef) and _doubled(node):
            yield "an attribute is set twice in one __init__"


def _is_taken(node: ast.Attribute) -> bool:
    of_self = isinstance(node.value, ast.Name) and node.value.id == "self"
    return of_self and isinstance(node.ctx, ast.Store) and node.attr in MEMBERS


def _unknown(tree: ast.Module) -> Iterator[str]:
    known = {*vars(builtins), "__name__", "__file__"}
    for node in ast.walk(tree):
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            known.add(node.name)
        elif isinstance(node, ast.alias):
            known.add((node.asname or node.name).split(".")[0])
        elif isinstance(node, ast.arg):
            known.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            known.add(node.id)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id not in known:
            yield "a name that is nowhere defined"


def _doubled(node: ast.FunctionDef) -> bool:
    if node.name != "__init__":
        return False
    stored = [
        target.attr
        for statement in node.body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Attribute)
    ]
    return len(set(stored)) < len(stored)
