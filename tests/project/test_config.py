"""Settings in TOML."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from convcost.budget import Budget
from convcost.errors import SpecError
from convcost.project.config import Config, find_config, read_config
from convcost.project.tomlplaces import nearest, places
from convcost.sources.inside import leads_out


def read(folder: Path, text: str, name: str = "convcost.toml") -> Config:
    (folder / name).write_text(text, encoding="utf-8")
    return read_config(str(folder / name))


def test_everything_that_can_be_set(tmp_path: Path) -> None:
    config = read(
        tmp_path,
        """\
specs = ["specs/*.yaml", "./more/*.yaml"]
baseline = "git:origin/main"
convention = "thop"

[budgets."specs/*.yaml"]
params = "4.3M"
macs = {warn = "550M", error = "600M"}
macs_growth = ["2%", "5M"]

[budgets."more/*.yaml"]
macs.warn = 1e3
""",
    )
    assert [pattern.glob for pattern in config.specs] == ["specs/*.yaml", "more/*.yaml"]
    assert (config.baseline, config.convention) == ("git:origin/main", "thop")
    assert config.folder == str(tmp_path)
    one, other = config.rules
    assert [(each.metric, each.limit, each.level) for each in one.budgets] == [
        ("params", 4_300_000, "error"),
        ("macs", 550_000_000, "warn"),
        ("macs", 600_000_000, "error"),
        ("macs_growth", Fraction(1, 50), "error"),
        ("macs_growth", 5_000_000, "error"),
    ]
    lines = [each.place.line for each in one.budgets if each.place]
    assert lines == [6, 7, 7, 8, 8]
    assert isinstance(other.budgets[0], Budget)
    assert (other.budgets[0].limit, other.budgets[0].level) == (1000, "warn")


@pytest.mark.parametrize("lock", ["lock.yaml", "./lock.yaml", "./*.yaml", "a/../lock.yaml"])
def test_a_baseline_that_would_be_read_as_a_spec(tmp_path: Path, lock: str) -> None:
    with pytest.raises(SpecError) as caught:
        read(tmp_path, f'specs = ["nets/*.yaml", "*.yaml"]\nbaseline = "{lock}"\n')
    problem = caught.value.problems[0]
    assert problem.place is not None
    assert problem.place.line == 2
    if ".." not in lock:
        assert problem.message == 'specs has "*.yaml", which matches this file too'


@pytest.mark.parametrize("lock", ["convcost.lock", "locks/nets.yaml", "git:v1.yaml"])
def test_a_baseline_beside_the_specs(tmp_path: Path, lock: str) -> None:
    config = read(tmp_path, f'specs = ["*.yaml"]\nbaseline = "{lock}"\n')
    assert config.baseline == lock


def test_a_number_is_as_exact_as_it_is_written(tmp_path: Path) -> None:
    (rule,) = read(tmp_path, '[budgets."a"]\nmacs = 4.1e9\nparams = 1_000\n').rules
    assert [each.limit for each in rule.budgets] == [4_100_000_000, 1000]


def test_a_pattern_of_nothing_but_marks(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="is no pattern of paths"):
        read(tmp_path, f'specs = ["{"**/" * 51}"]\n')


def test_every_problem_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(SpecError) as caught:
        read(tmp_path, 'spec = 1\nbaseline = ""\n[budgets."*"]\nmac = 1\nparams = "1X"\n')
    problems = caught.value.problems
    assert [problem.place.line for problem in problems if problem.place] == [1, 2, 4, 5]
    assert all(problem.hint for problem in problems)


def test_the_nearest_settings_hold(tmp_path: Path) -> None:
    inner = tmp_path / "inner" / "most"
    inner.mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    assert find_config(str(inner)) is None
    (tmp_path / "pyproject.toml").write_text("[tool.convcost]\n", encoding="utf-8")
    assert find_config(str(inner)) == str(tmp_path / "pyproject.toml")
    other = '[project]\ndependencies = ["convcost"]\n[tool.convcost-plugin]\n'
    (tmp_path / "inner/pyproject.toml").write_text(other, encoding="utf-8")
    assert find_config(str(inner)) == str(tmp_path / "pyproject.toml")
    (tmp_path / "convcost.toml").touch()
    assert find_config(str(inner)) == str(tmp_path / "convcost.toml")
    (inner / "convcost.toml").touch()
    assert find_config(str(inner)) == str(inner / "convcost.toml")


@pytest.mark.parametrize(
    "path", ["/a", "~/a", "../a", "a/../../b", "C:/a", "a\\b", "a\nb", "a/..", "\x1b[31m"]
)
def test_a_path_that_leads_out(path: str) -> None:
    assert leads_out(path)


@pytest.mark.parametrize("path", ["a", "a/b.yaml", "a..b", "...", "torch:net:make", "ü/1 2"])
def test_a_path_that_stays(path: str) -> None:
    assert not leads_out(path)


def test_where_keys_stand() -> None:
    text = """\
a = 1
"b c".d = 2
[t."x.y"]
e = [
  1,
]
# f = 3
[ u ]
'g' = {h = 1}
not toml at all ==
"""
    found = {keys: (place.line, place.col) for keys, place in places(text, "p").items()}
    assert found == {
        ("a",): (1, 5),
        ("b c",): (2, 11),
        ("b c", "d"): (2, 11),
        ("t", "x.y"): (3, 2),
        ("t", "x.y", "e"): (4, 5),
        ("u",): (8, 3),
        ("u", "g"): (9, 7),
    }
    assert nearest(places(text, "p"), ("u", "g", "h"), "p").line == 9
    assert nearest(places(text, "p"), ("z",), "p").line == 0


def test_no_more_is_said_than_anyone_will_read(tmp_path: Path) -> None:
    for text in (
        "".join(f"key{number} = 1\n" for number in range(1000)),
        "".join(f"[budgets.'{number}']\nmacx = 1\n" for number in range(1000)),
    ):
        with pytest.raises(SpecError) as caught:
            read(tmp_path, text)
        assert len(caught.value.problems) == 100


@pytest.mark.parametrize("text", [f"x = 1\n{'a.' * 200}b = 1", f"x = {{{'a . ' * 200}b = 1}}"])
def test_a_key_of_very_many_parts(tmp_path: Path, text: str) -> None:
    with pytest.raises(SpecError, match="a key of more than a hundred parts"):
        read(tmp_path, text)
    assert read(tmp_path, f"specs = ['{'.'.join('ab' * 40)}']\n").specs
