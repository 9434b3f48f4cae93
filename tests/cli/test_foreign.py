"""Commands that read specs, given a file of another sort."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.runner import Runner


@pytest.mark.parametrize(
    "command",
    [
        ["eval"],
        ["check"],
        ["suggest", "--max-macs", "1k"],
        ["rewrite", "--replace", "standard=depthwise-separable"],
        ["diff", "resnet18"],
        ["reconcile"],
        ["export", "pytorch"],
        ["lock"],
    ],
    ids=lambda command: command[0],
)
def test_every_command_says_so(
    command: list[str], convcost: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.pt").write_bytes(b"PK\x03\x04\x14\0")
    code, out, err = convcost(*command, "net.pt")
    assert (code, out) == (2, "")
    assert err.count("error: ") == 1
    assert "this is a PyTorch file" in err
