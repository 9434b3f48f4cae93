"""So much and no more."""

from __future__ import annotations

import pytest

from convcost.errors import Place, SpecError
from convcost.sources.quota import Quota


def test_a_quota_is_spent_to_the_last() -> None:
    quota = Quota("more than {most} steps", 1000, "walk less")
    quota.spend(999)
    quota.spend(1)
    with pytest.raises(SpecError) as caught:
        quota.spend(1, lambda: Place("a.yaml", 2))
    assert str(caught.value) == "a.yaml:2: more than 1,000 steps (walk less)"
    with pytest.raises(SpecError, match=r"^more than 1,000 steps"):
        quota.spend(0)
