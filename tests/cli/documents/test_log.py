"""All that `convcost log` prints for programs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.documents.reading import entries
from tests.cli.projects import GIT, commit, git, write
from tests.cli.runner import Runner

pytestmark = pytest.mark.skipif(not GIT, reason="needs git")

# At 4·5 positions 3·2 = 6 params, 6·20 = 120 MACs and 2·20 = 40 outputs; then a spec that cannot
# be read; then twice as much of each, beside what is not understood; then a comment.
ODD = "  - {kind: unknown, op: fft, shape: 4x4x5, counted: true, name: odd}\n"
HISTORY = (
    ("2026-03-01", "begin", "  - {kind: pointwise, m: 2}\n"),
    ("2026-03-02", "break", "  - {kind: pointwis, m: 2}\n"),
    ("2026-03-03", "widen, mix", f"  - {{kind: pointwise, m: 4}}\n{ODD}"),
    ("2026-03-04", "say why", f"  - {{kind: pointwise, m: 4}}  # one more than inputs\n{ODD}"),
)
LOG = """{
"schema": "convcost.log/1",
"network": "net", "path": "net.yaml", "convention": "papers",
"versions": [
 {"commit": "<widen>", "day": "2026-03-03", "params": 12, "macs": 240, "activations": 80,
  "delta": {"params": 6, "macs": 120, "activations": 40},
  "subject": "widen, mix", "problem": null,
  "status": {
   "activations": {"state": "at least", "why": "fft is not understood"},
   "macs": {"state": "at least", "why": "fft is not understood"}}},
 {"commit": "<break>", "day": "2026-03-02", "params": null, "macs": null, "activations": null,
  "delta": null, "subject": "break",
  "problem":
   "<short>:net.yaml:4:12: unknown kind \\"pointwis\\" (did you mean \\"pointwise\\"?)"},
 {"commit": "<begin>", "day": "2026-03-01", "params": 6, "macs": 120, "activations": 40,
  "delta": null, "subject": "begin", "problem": null}],
"unchanged": 1,
"is_cut": false
}"""
LOG_CSV = """\
commit,day,params,params_delta,macs,macs_delta,activations,activations_delta,subject,problem,status
<widen>,2026-03-03,12,6,240,120,80,40,"widen, mix",,activations=at least; macs=at least
<break>,2026-03-02,,,,,,,break,\
"<short>:net.yaml:4:12: unknown kind ""pointwis"" (did you mean ""pointwise""?)",
<begin>,2026-03-01,6,,120,,40,,begin,,
"""
DOCUMENTS = (LOG,)


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    git("init", "--quiet")
    for day, message, layers in HISTORY:
        for who in ("AUTHOR", "COMMITTER"):
            monkeypatch.setenv(f"GIT_{who}_DATE", f"{day}T12:00:00+0000")
        write({"net.yaml": f"name: net\ninput: 3x4x5\nlayers:\n{layers}"})
        commit(message)


def named(text: str) -> str:
    """`text` with the hashes of the commits that it names."""
    _, widen, broken, begin = git("rev-list", "HEAD").split()
    hashes = {"<widen>": widen, "<break>": broken, "<begin>": begin, "<short>": broken[:7]}
    for name, value in hashes.items():
        text = text.replace(name, value)
    return text


def test_json(convcost: Runner) -> None:
    outcome = convcost("log", "net.yaml", "--format", "json")
    assert (outcome.code, outcome.err) == (0, "")
    assert entries(outcome.out) == entries(named(LOG))


def test_csv(convcost: Runner) -> None:
    assert convcost("log", "net.yaml", "--format", "csv") == (0, named(LOG_CSV), "")
