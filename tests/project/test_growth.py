"""What a network cost along git's history."""

from __future__ import annotations

from pathlib import Path

import pytest

from convcost.errors import SpecError, UsageError
from convcost.project.growth import Growth, growth
from convcost.sources import CodeTarget, SpecFile
from tests.cli.projects import commit, git, net, write


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Four commits, of which the third changes a comment."""
    monkeypatch.chdir(tmp_path)
    git("init", "--quiet")
    write({"other.txt": "x"})
    commit("before it")
    for message, text in (("one", net(4)), ("two", net(5)), ("comment", f"# x\n{net(5)}")):
        write({"a.yaml": text})
        commit(message)
    write({"a.yaml": net(3)})
    commit("smaller")
    return tmp_path


def told(found: Growth) -> list[tuple[str, int | str]]:
    return [
        (each.revision.subject, each.report.params if each.report else each.problem)
        for each in found.versions
    ]


def along(path: str = "a.yaml", since: str = "", **values: int) -> Growth:
    return growth(SpecFile(path), since, count=lambda report: report, values=values)


def test_a_version_a_commit_that_changed_a_figure_newest_first() -> None:
    found = along()
    assert told(found) == [("smaller", 87), ("two", 145), ("one", 116)]
    assert (found.unchanged, found.is_cut) == (1, False)


@pytest.mark.parametrize("since", ["HEAD~2", "git:HEAD~2"])
def test_since_a_commit_starts_with_what_it_was_there(since: str) -> None:
    assert told(along(since=since)) == [("smaller", 87), ("two", 145)]


def test_what_was_not_there_yet_is_no_version() -> None:
    assert told(along(since="HEAD~4")) == told(along())


def test_the_working_tree_is_not_looked_at() -> None:
    write({"a.yaml": net(99)})
    assert told(along())[0] == ("smaller", 87)
    Path("a.yaml").unlink()
    assert told(along())[0] == ("smaller", 87)


def test_what_is_no_network_there_is_told_and_what_is_gone() -> None:
    write({"a.yaml": "layers: [{kind: nonsense}]\n"})
    commit("broken")
    Path("a.yaml").unlink()
    commit("gone")
    gone, broken, *_ = told(along())
    assert gone == ("gone", f"{git('rev-parse', 'HEAD')[:7]}:a.yaml: the file is not there")
    assert broken[0] == "broken"
    assert 'a.yaml:1:17: unknown kind "nonsense"' in str(broken[1])


def test_values_are_for_the_vars_that_there_were() -> None:
    write({"a.yaml": net(4).replace("m: 4", 'm: "${w}"') + "vars: {w: 4}\n"})
    commit("vars")
    assert told(along(w=9))[:2] == [("vars", 261), ("smaller", 87)]


@pytest.mark.parametrize(
    ("path", "since", "message"),
    [
        ("b.yaml", "", "git has no commit of it"),
        ("a.yaml", "nothing", 'git knows no commit "nothing"'),
        ("a.yaml", "--all", 'git knows no commit "--all"'),
        ("../a.yaml", "", "does not lie in this repository"),
    ],
)
def test_what_has_no_history(path: str, since: str, message: str) -> None:
    with pytest.raises((SpecError, UsageError), match=message):
        along(path, since)


def test_code_is_never_run_as_it_was() -> None:
    with pytest.raises(UsageError, match="is code, and is not run as it was"):
        growth(CodeTarget("a:b"), count=lambda report: report)


def test_a_history_that_was_cut_off_is_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    git("clone", "--quiet", "--depth", "2", Path().absolute().as_uri(), "clone")
    monkeypatch.chdir("clone")
    found = along()
    assert (told(found)[0], found.is_cut) == (("smaller", 87), True)
