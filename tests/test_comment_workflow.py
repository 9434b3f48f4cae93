"""The workflows of docs/ci.md that keep a comment on a pull request, run with a `gh` of our own."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.projects import write
from tests.documents import ROOT

PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
NAMED = re.compile(
    r"^```yml\n(# \.github/workflows/([\w-]+)\.yml\n.*?)^```", re.MULTILINE | re.DOTALL
)
WORKFLOWS: dict[str, dict[Any, Any]] = {
    name: yaml.safe_load(text) for text, name in NAMED.findall(PAGE)
}
CHECK, COMMENT = WORKFLOWS["convcost"], WORKFLOWS["convcost-comment"]
(STEP,) = COMMENT["jobs"]["comment"]["steps"]
GH = """\
#!/bin/sh
printf '%s\\n' "$*" | head -n 1 >> log
case "$1 $2" in
  "run download") mkdir -p "$7" && cp comment.md "$7/convcost-comment.md" ;;
esac
for last; do :; done
case "$*" in
  *"/pulls -f head="*) jq -r "$last" pulls.json ;;
  *"--paginate "*) jq -r "$last" comments.json ;;
  *"body=@body.md"*) cp body.md posted.md ;;
esac
"""
needs_jq = pytest.mark.skipif(
    not (shutil.which("bash") and shutil.which("jq")), reason="needs bash and jq"
)
PULLS = [
    {"number": 6, "head": {"sha": "0" * 40}},
    {"number": 7, "head": {"sha": "a" * 40}},
]
OURS = {"id": 11, "user": {"login": "github-actions[bot]"}, "body": "<!-- convcost -->\nold"}
OTHERS = [
    {"id": 1, "user": {"login": "somebody"}, "body": "<!-- convcost -->\nmine"},
    {"id": 2, "user": {"login": "github-actions[bot]"}, "body": "of another workflow"},
]


def test_what_they_may_do() -> None:
    assert CHECK["permissions"] == {"contents": "read"}
    assert COMMENT["permissions"] == {"actions": "read", "pull-requests": "write"}
    # YAML 1.1 reads the key `on` as true.
    assert CHECK[True] == "pull_request"
    assert COMMENT[True] == {"workflow_run": {"workflows": [CHECK["name"]], "types": ["completed"]}}


def test_the_one_that_may_write_takes_nothing_of_the_pull_request() -> None:
    assert "uses" not in STEP
    assert "${{" not in STEP["run"], "what a stranger named arrives in variables"


def test_what_others_have_made_is_pinned_to_a_commit() -> None:
    uses = [step["uses"] for step in CHECK["jobs"]["check"]["steps"]]
    ours = [each for each in uses if each.startswith("OWNER/")]
    assert ours == ["OWNER/convcost@COMMIT"]
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", each) for each in uses if each not in ours)


def test_what_one_leaves_the_other_fetches() -> None:
    *_, upload = CHECK["jobs"]["check"]["steps"]
    assert upload["if"] == "always()"
    assert f"--name {upload['with']['name']} " in STEP["run"]
    assert f"found/{upload['with']['path']}\n" in STEP["run"]


class Run:
    """The second workflow's script, as GitHub's runner starts it, in a folder with a `gh`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        write({"bin/gh": GH, "pulls.json": json.dumps(PULLS)}, folder)
        (folder / "bin/gh").chmod(0o755)

    def __call__(self, comment: str, comments: list[Any], branch: str = "topic") -> list[str]:
        """What `gh` was asked to change."""
        write({"comment.md": comment, "comments.json": json.dumps(comments)}, self.folder)
        bash = shutil.which("bash")
        assert bash
        environ = dict.fromkeys(STEP["env"], "x") | {
            "GH_REPO": "org/repo",
            "SHA": "a" * 40,
            "OWNER": "stranger",
            "BRANCH": branch,
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
        }
        done = subprocess.run(
            [bash, "--noprofile", "--norc", "-eo", "pipefail", "-c", STEP["run"]],
            capture_output=True,
            check=False,
            cwd=self.folder,
            env=environ,
            text=True,
        )
        assert (done.returncode, done.stderr) == (0, "")
        lines = (self.folder / "log").read_text(encoding="utf-8").splitlines()
        assert f"head=stranger:{branch}" in lines[1]
        return [line for line in lines if re.search("POST|PATCH|DELETE", line)]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path)


@needs_jq
def test_the_first_comment_is_posted(run: Run) -> None:
    asked = run("**over**\n", OTHERS)
    assert asked == ["api --method POST repos/org/repo/issues/7/comments -F body=@body.md"]
    posted = (run.folder / "posted.md").read_text(encoding="utf-8")
    assert posted == "<!-- convcost -->\n**over**\n"


@needs_jq
def test_then_it_is_updated_and_that_of_nobody_else(run: Run) -> None:
    asked = run("**fine**\n", [*OTHERS, OURS])
    assert asked == ["api --method PATCH repos/org/repo/issues/comments/11 -F body=@body.md"]


@needs_jq
@pytest.mark.parametrize(
    ("comments", "asked"),
    [(OTHERS, []), ([OURS], ["api --method DELETE repos/org/repo/issues/comments/11"])],
)
def test_where_nothing_has_changed_there_is_none(
    run: Run, comments: list[Any], asked: list[str]
) -> None:
    assert run("", comments) == asked


@needs_jq
def test_a_branch_is_a_word_and_nothing_else(run: Run) -> None:
    assert run("x\n", [], branch="$(touch ran);`touch ran`'\"") == [
        "api --method POST repos/org/repo/issues/7/comments -F body=@body.md"
    ]
    assert not (run.folder / "ran").exists()


@needs_jq
def test_what_was_pushed_meanwhile_is_left_to_its_own_run(run: Run) -> None:
    write({"pulls.json": json.dumps(PULLS[:1])}, run.folder)
    assert run("x\n", []) == []


@needs_jq
def test_a_comment_is_not_larger_than_one_may_be(run: Run) -> None:
    run("x" * 10**6, [])
    assert (run.folder / "posted.md").stat().st_size < 65_536
