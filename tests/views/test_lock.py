"""What became of a baseline, in every format."""

from __future__ import annotations

import json
from collections.abc import Sequence

from convcost.baseline import Totals, Update
from convcost.views.formats import view
from convcost.views.screen import PLAIN

OLD = Totals({"params": 100, "macs": 2000, "activations": 30})
NOW = Totals({"params": 90, "macs": 2500, "activations": 30}, (("macs", "at least"),))
MADE: tuple[Sequence[Update], Sequence[str], str] = (
    [
        Update("a.yaml", None, OLD, OLD),
        Update("b.yaml", OLD, OLD, OLD),
        Update("c.yaml", OLD, NOW, OLD),
    ],
    ["gone.yaml"],
    "convcost.lock",
)


def test_json_has_every_entry() -> None:
    old = {"params": 100, "macs": 2000, "activations": 30}
    now = {
        "params": 90,
        "macs": 2500,
        "activations": 30,
        "status": {"macs": {"state": "at least", "why": ""}},
    }
    none = {"before": None, "now": None, "kept": None}
    assert json.loads(view("lock", "json")(*MADE, PLAIN)) == {
        "schema": "convcost.locked/1",
        "path": "convcost.lock",
        "networks": [
            {"network": "a.yaml", "state": "new", "before": None, "now": old, "kept": old},
            {"network": "b.yaml", "state": "same", "before": old, "now": old, "kept": old},
            {"network": "c.yaml", "state": "grown", "before": old, "now": now, "kept": old},
            {"network": "gone.yaml", "state": "pruned", **none},
        ],
    }


def test_csv_has_every_entry() -> None:
    assert view("lock", "csv")(*MADE, PLAIN).splitlines() == [
        (
            "network,state,params_before,params_now,params_kept,macs_before,macs_now,macs_kept,"
            "activations_before,activations_now,activations_kept,status"
        ),
        "a.yaml,new,,100,100,,2000,2000,,30,30,",
        "b.yaml,same,100,100,100,2000,2000,2000,30,30,30,",
        "c.yaml,grown,100,90,100,2000,2500,2000,30,30,30,macs=at least",
        "gone.yaml,pruned,,,,,,,,,,",
    ]


def test_markdown_has_what_changed() -> None:
    assert (
        view("lock", "markdown")(*MADE, PLAIN)
        == """\
| network | entry | params | MACs | activations |
| --- | --- | ---: | ---: | ---: |
| a.yaml | new | 100 | 2,000 | 30 |
| c.yaml | grown | 100 → 90 | 2,000 → ≥ 2,500 | 30 |
| gone.yaml | pruned |  |  |  |

convcost.lock: 1 new, 1 same, 1 grown, 1 pruned

- grown: --loosen takes the larger totals
"""
    )


def test_a_terminal_shows_the_same_with_more_words() -> None:
    assert (
        view("lock", "table")(*MADE, PLAIN)
        == """\
new        a.yaml
           100 params, 2,000 MACs, 30 activations
grown      c.yaml
           params 100 → 90, MACs 2,000 → ≥ 2,500
pruned     gone.yaml
convcost.lock: 1 new, 1 same, 1 grown, 1 pruned
grown: --loosen takes the larger totals
"""
    )
