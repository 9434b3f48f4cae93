"""Names in generated code: what users call things, as Python and PyTorch can take it.

What is taken: Python's keywords, the members of nn.Module (a module under such a name would replace
a method), its builtins and the helpers of the generated file (a class would hide them).
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections import Counter
from dataclasses import dataclass, field
from unicodedata import normalize

from convcost.emit.pytorch.helpers import HELPERS

LONGEST = 50
"""Characters of a name; more would not fit on a line of code."""
_MEMBERS = """
T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda double
dump_patches eval extra_repr float forward get_buffer get_extra_state get_parameter get_submodule
half ipu load_state_dict modules mtia named_buffers named_children named_modules named_parameters
parameters register_backward_hook register_buffer register_forward_hook register_forward_pre_hook
register_full_backward_hook register_full_backward_pre_hook register_load_state_dict_post_hook
register_load_state_dict_pre_hook register_module register_parameter register_state_dict_post_hook
register_state_dict_pre_hook requires_grad_ set_extra_state set_submodule share_memory state_dict
to to_empty train training type xpu zero_grad
"""
MODULE_MEMBERS = frozenset(_MEMBERS.split())
"""Public attributes of a torch.nn.Module, of PyTorch 2.13; no name here begins with `_`."""

GLOBALS = frozenset((*keyword.kwlist, *dir(builtins), *HELPERS))
"""Names that no class may have."""


def attribute(text: str) -> str:
    """`text` as the name of an attribute, `x²` as `x2`; nothing if it begins with no letter."""
    name = re.sub(r"_{2,}", "_", _clean(text)).strip("_")[:LONGEST].rstrip("_")
    if not name.isidentifier():
        return ""
    return f"{name}_" if keyword.iskeyword(name) or name in MODULE_MEMBERS else name


def class_name(text: str) -> str:
    """`text` as the name of a class, `dense-net 121` as `DenseNet121`; maybe nothing."""
    words = re.findall(r"[^\W\d_]+|\d+", _clean(text, lower=False))
    name = normalize("NFKC", "".join(word[:1].upper() + word[1:] for word in words))[:LONGEST]
    name = name if name.isidentifier() or not name else f"Net{name}"
    return f"{name}_" if name in GLOBALS else name


@dataclass(slots=True)
class Names:
    """Names that are taken; hands out those that are not."""

    taken: set[str] = field(default_factory=set)
    _last: dict[str, int] = field(default_factory=dict)

    def free(self, name: str) -> str:
        """`name` itself, or with the first number from 2 behind it that makes it a new one."""
        if name in self.taken:
            return self.numbered(name, 2)
        self.taken.add(name)
        return name

    def numbered(self, name: str, first: int = 1) -> str:
        """`name` with the first number from `first` behind it that makes it a new one."""
        number = self._last.get(name, first - 1) + 1
        while f"{name}{number}" in self.taken:
            number += 1
        self._last[name] = number
        self.taken.add(f"{name}{number}")
        return f"{name}{number}"


def attributes(hints: list[str]) -> list[str]:
    """The hints as attributes that all differ: those that are there more than once get numbers."""
    times = Counter(hints)
    names = Names({*times, *MODULE_MEMBERS})
    return [hint if times[hint] == 1 else names.numbered(hint) for hint in hints]


def _clean(text: str, lower: bool = True) -> str:
    """`text` in the form in which Python compares names, `_` for what cannot stand in one."""
    # Python reads names in this form: two that become equal by it are one to Python.
    normal = normalize("NFKC", text)
    if lower:
        normal = normalize("NFKC", normal.lower())
    return "".join(char if f"_{char}".isidentifier() else "_" for char in normal)
