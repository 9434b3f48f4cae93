"""Lock files: what is written is read again, and nothing else is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.baseline import Baseline, Totals
from convcost.errors import SpecError
from convcost.metrics import USUAL
from convcost.project.lockfile import lock_text, read_lock
from convcost.sources.inside import leads_out

counts = st.integers(0, 10**29)
paths = st.text(min_size=1, max_size=20).filter(lambda text: not leads_out(text))
states = st.dictionaries(
    st.sampled_from(USUAL), st.sampled_from(("at least", "about", "unknown"))
).map(lambda found: tuple(sorted(found.items())))
numbers = st.fixed_dictionaries(dict.fromkeys(USUAL, counts))
under = st.dictionaries(st.sampled_from(USUAL), st.text(max_size=9))
entries = st.dictionaries(paths, st.builds(Totals, numbers, states, under), max_size=5)


@given(entries, st.sampled_from(["papers", "thop"]))
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, made: dict[str, Totals], convention: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "some.lock"
    path.write_text(lock_text(Baseline("x", convention, made)), encoding="utf-8")
    assert read_lock(str(path)) == Baseline("some.lock", convention, made)


@given(entries)
def test_the_order_in_which_it_was_made_is_not_seen(made: dict[str, Totals]) -> None:
    backwards = dict(reversed(made.items()))
    assert lock_text(Baseline("x", "papers", made)) == lock_text(Baseline("x", "papers", backwards))


@given(st.text())
def test_other_text_is_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "other.lock"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(SpecError):
        read_lock(str(path))


@pytest.mark.parametrize(
    "states",
    [
        {"at_least": "macs"},
        {"at_least": ["macs", "macs"]},
        {"at_least": ["flops"]},
        {"at_least": [["macs"]]},
        {"at_least": ["macs"], "about": ["macs"]},
        {"complete": ["macs"]},
        {"never": []},
    ],
)
def test_what_is_not_complete_is_named_once(tmp_path: Path, states: dict[str, object]) -> None:
    entry = {"params": 1, "macs": 1, "activations": 1, **states}
    document = {"schema": "convcost.lock/1", "convention": "papers", "networks": {"a": entry}}
    path = tmp_path / "bad.lock"
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(SpecError, match='its entry "a" is not one'):
        read_lock(str(path))


@pytest.mark.parametrize("value", [-1, 1.5, True, None, "1", 10**30, [1]])
def test_a_total_is_a_whole_number(tmp_path: Path, value: object) -> None:
    entry = {"params": value, "macs": 1, "activations": 1}
    document = {"schema": "convcost.lock/1", "convention": "papers", "networks": {"a": entry}}
    path = tmp_path / "bad.lock"
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(SpecError, match='its entry "a" is not one'):
        read_lock(str(path))
