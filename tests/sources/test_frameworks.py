"""Files of frameworks, which are told by their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from convcost.sources.frameworks import FILES, FRAMEWORKS, Framework, framework_of


@pytest.mark.parametrize("framework", FRAMEWORKS, ids=[each.name for each in FRAMEWORKS])
def test_a_framework_has_files_and_what_reads_them(framework: Framework) -> None:
    found = [framework_of(f"nets/net{suffix}") for suffix in framework.suffixes]
    assert found == [framework] * len(framework.suffixes)
    importer = framework.importer()
    assert callable(importer.import_file)
    assert callable(importer.needs_input)


def test_no_two_frameworks_have_a_suffix_in_common() -> None:
    assert len(set(FILES)) == len(FILES)


def test_specs_and_folders_are_of_none(tmp_path: Path) -> None:
    (tmp_path / "net.onnx").mkdir()
    assert framework_of("net.yaml") is None
    assert framework_of(str(tmp_path / "net.onnx")) is None
