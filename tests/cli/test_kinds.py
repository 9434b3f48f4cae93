"""`convcost kinds`."""

from __future__ import annotations

import json

from convcost.kinds import REGISTRY
from tests.cli.runner import Runner


def test_every_kind_is_listed(convcost: Runner) -> None:
    code, out, err = convcost("kinds")
    assert (code, err) == (0, "")
    assert all(name in out for name in REGISTRY)


def test_as_json(convcost: Runner) -> None:
    document = json.loads(convcost("kinds", "--format", "json").out)
    assert [kind["kind"] for kind in document["kinds"]] == list(REGISTRY)
