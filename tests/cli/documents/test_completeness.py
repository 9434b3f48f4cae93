"""The keys that docs/formats.md lists are those of the documents that were written by hand."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.documents import (
    test_check,
    test_compare,
    test_diff,
    test_eval,
    test_explain,
    test_fit,
    test_kinds,
    test_lock,
    test_log,
    test_memory,
    test_reach,
    test_reconcile,
    test_rewrite,
    test_roofline,
    test_suggest,
    test_sweep,
    test_training,
    test_zoo,
)
from tests.cli.documents.reading import keys

PAGE = (Path(__file__).parents[3] / "docs" / "formats.md").read_text(encoding="utf-8")
GENERAL, *PARTS = re.split(r"^### `convcost\.(\w+)/1`\n", PAGE, flags=re.MULTILINE)
SECTIONS = dict(zip(PARTS[::2], PARTS[1::2], strict=True))
DOCUMENTS = {
    "check": test_check.DOCUMENTS,
    "compare": test_compare.DOCUMENTS,
    "diff": test_diff.DOCUMENTS,
    "eval": test_eval.DOCUMENTS,
    "explain": test_explain.DOCUMENTS,
    "kinds": test_kinds.DOCUMENTS,
    "locked": test_lock.DOCUMENTS,
    "log": test_log.DOCUMENTS,
    "fit": test_fit.DOCUMENTS,
    "memory": test_memory.DOCUMENTS,
    "patches": test_memory.PATCHES,
    "reach": test_reach.DOCUMENTS,
    "reconcile": test_reconcile.DOCUMENTS,
    "measure": test_roofline.MEASUREMENTS,
    "rewrite": test_rewrite.DOCUMENTS,
    "roofline": test_roofline.DOCUMENTS,
    "suggest": test_suggest.DOCUMENTS,
    "sweep": test_sweep.DOCUMENTS,
    "training": test_training.DOCUMENTS,
    "zoo": test_zoo.DOCUMENTS,
}


def words(text: str) -> set[str]:
    """What stands between backticks."""
    return set(re.findall(r"`(\w+)`", text))


def mentioned(name: str) -> set[str]:
    """The words of a section, of those that it refers to, and of what holds for all."""
    section = SECTIONS[name]
    others = set(re.findall(r"as for `(\w+)`", section)) - {name}
    return words(section) | words(GENERAL) | {w for each in others for w in mentioned(each)}


def written(name: str) -> set[str]:
    """The keys of a schema's documents."""
    return {key for text in DOCUMENTS[name] for key in keys(json.loads(text))}


def test_every_schema_has_documents() -> None:
    assert set(SECTIONS) == set(DOCUMENTS)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_the_page_lists_is_there(name: str) -> None:
    listed = words("".join(re.findall(r"^\| (`.*?) \|", SECTIONS[name], flags=re.MULTILINE)))
    assert listed <= written(name)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_is_there_is_on_the_page(name: str) -> None:
    assert written(name) <= mentioned(name)
