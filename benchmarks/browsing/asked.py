"""What the page is asked: layers and wrong specs, by chance, the same for the same seed; and what
is meant to do harm."""

from __future__ import annotations

from random import Random
from typing import Any, NamedTuple
from urllib.parse import urlencode

from convcost.kinds import REGISTRY
from convcost.sources.zoo import shipped
from playground.build import USUAL

_CHANNELS = (1, 2, 3, 4, 6, 7, 8, 16, 30, 32, 64, 96, 100, 128, 256, 1000)
_OWN = {
    "group": ("groups=2", "groups=4,shuffle=true", "groups=3", "norm=batch"),
    "depthwise": ("multiplier=2",),
    "spatial-separable": ("rank=8", "rank=16,groups=2"),
    "channel-wise": ("dc=4",),
    "low-rank": ("rank=4",),
    "cp": ("rank=5",),
    "tucker": ("r3=4,r4=6",),
    "ghost": ("s=2,d=5",),
    "inverted-residual": ("t=3",),
    "octave": ("alpha=0.25",),
    "transposed": ("output_padding=1", "nonsense=1"),
}
HOSTILE = (
    "<img src=x onerror=top.harm=1>",
    '"><script>top.harm=1</script>',
    "'-top.harm=1-'",
    "javascript:top.harm=1",
    "${top.harm=1}",
    "\u202e\u0000\ud800",
    "group[groups=<svg onload=top.harm=1>]",
    "__proto__",
)


class Layer(NamedTuple):
    """The fields of the form, as texts."""

    fields: dict[str, Any]

    @property
    def link(self) -> str:
        """The end of the address that holds it."""
        told = [(name, text) for name, text in self.fields.items() if name not in ("kinds", "bias")]
        told += [("bias", "1")] * self.fields["bias"]
        return urlencode([*told, *(("kind", kind) for kind in self.fields["kinds"])])

    @property
    def words(self) -> list[str]:
        """The options that ask the command line for it, less its kinds."""
        of = self.fields
        words = ["--in", of["in"], "--out", of["out"], "-k", of["k"]]
        for name in ("size", "stride", "padding", "dilation", "groups"):
            words += [f"--{name}={of[name]}"] * bool(of[name])
        return [*words, *["--bias"] * of["bias"]]


def layer(random: Random) -> Layer:
    """A layer; not all can be built."""
    dims = random.choice((1, 2, 2, 2, 2, 3))

    def each(*numbers: int) -> str:
        if random.random() < 0.6:
            return str(random.choice(numbers))
        return "x".join(str(random.choice(numbers)) for _ in range(dims))

    sized = random.random() < 0.8
    kinds = random.sample([*REGISTRY], random.choice((0, 0, 0, 1, 3)))
    fields = {
        **USUAL,
        "in": str(random.choice(_CHANNELS)),
        "out": str(random.choice(_CHANNELS)),
        "k": each(1, 3, 3, 5, 7),
        "size": "x".join(str(random.randint(5, 64)) for _ in range(dims)) if sized else "",
        "stride": each(1, 1, 1, 2, 3),
        "padding": random.choice(("same", "same", "valid", "same-tf", each(0, 1, 2))),
        "dilation": each(1, 1, 1, 1, 2),
        "groups": random.choice(("", "", "", "2", "4")),
        "bias": random.random() < 0.3,
        "kinds": [_with_options(random, kind) for kind in kinds],
    }
    return Layer(fields)


def _with_options(random: Random, kind: str) -> str:
    return f"{kind}[{random.choice(_OWN[kind])}]" if kind in _OWN else kind


def wrong_spec(random: Random) -> str:
    """A spec that ships, with some of it missing or in the wrong place; few are still right."""
    lines = _text(random.choice([*shipped()])).splitlines()
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        at = random.randrange(len(lines))
        line, place = lines[at], random.randrange(len(lines[at]) + 1)
        lines[at] = random.choice(
            (
                line[:place] + line[place + 1 :],
                line[:place] + random.choice("[]{}:,-'\"\t#&*é😀") + line[place:],
                line.replace("m: ", "m: x"),
                line.replace("kind", "kidn"),
                line + line,
                "",
            )
        )
    return "\n".join(lines) + "\n"


def _text(name: str) -> str:
    with open(shipped()[name], encoding="utf-8") as file:
        return file.read()


def hostile_links() -> list[str]:
    """Ends of addresses that are meant to do harm, or are broken."""
    fields = [name for name in USUAL if name not in ("bias", "kinds")]
    each = [
        urlencode({**_plain(), name: text}, errors="replace") for name in fields for text in HOSTILE
    ]
    kinds = [urlencode({**_plain(), "kind": text}, errors="replace") for text in HOSTILE]
    others = [
        "spec=" + "A" * 50,
        "spec=%%%",
        "network=../../etc",
        "network=__proto__",
        "=&=&==",
        "%",
    ]
    return [*each, *kinds, *others, "in=" + "9" * 5000, "kind=group&" * 50 + "in=4"]


def hostile_spec(text: str) -> str:
    """A spec with names that are meant to do harm."""
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    layer = f'{{kind: standard, m: 4, k: 3, name: "{quoted}"}}'
    return f'name: "{quoted}"\ninput: 3x8x8\nlayers: [{layer}]\n'


def _plain() -> dict[str, str]:
    return {name: text for name, text in USUAL.items() if isinstance(text, str) and text}
