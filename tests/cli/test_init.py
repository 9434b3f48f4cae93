"""`convcost init`."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.cli.projects import net, write
from tests.cli.runner import Runner

HUGE = """\
input: 999999999999x1000000x1000000
layers: [{kind: pointwise, m: 990000}]
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write({"specs/a.yaml": net(4, "a"), "specs/b.yaml": net(8, "b")})


def settings() -> dict[str, object]:
    return tomllib.loads(Path("convcost.toml").read_text(encoding="utf-8"))


def test_budgets_are_what_networks_cost_and_a_margin(convcost: Runner) -> None:
    assert convcost("init").code == 0
    assert settings() == {
        "specs": ["specs/*.yaml"],
        "budgets": {
            "specs/a.yaml": {"params": "122", "macs": "7.8k", "activations": "404"},
            "specs/b.yaml": {"params": "244", "macs": "15.6k", "activations": "672"},
        },
    }
    assert convcost("check").code == 0
    write({"specs/a.yaml": net(5, "a")})
    assert convcost("check").code == 1


def test_the_lock_file_comes_with_the_settings(convcost: Runner) -> None:
    code, out, err = convcost("init", "--lock")
    assert (code, err) == (0, "")
    assert settings() == {"baseline": "convcost.lock", "specs": ["specs/*.yaml"]}
    assert "convcost.lock: 2 new\n" in out
    assert "convcost.toml: 2 networks, held to the lock file\n" in out
    assert convcost("check").code == 0
    write({"specs/a.yaml": net(5, "a")})
    assert convcost("check").code == 1
    assert convcost("lock", "--loosen", "specs/a.yaml").code == 0
    assert convcost("check").code == 0


def test_the_margin_is_asked_for(convcost: Runner) -> None:
    assert convcost("init", "--margin", "0%").code == 0
    budgets = settings()["budgets"]
    assert isinstance(budgets, dict)
    assert budgets["specs/a.yaml"]["params"] == "116"
    assert convcost("check").code == 0


def test_a_new_spec_beside_the_others_is_guarded(convcost: Runner) -> None:
    convcost("init")
    write({"specs/c.yaml": net(1, "c")})
    code, _, err = convcost("check")
    assert code == 2
    assert "specs/c.yaml: error: nothing to check" in err


def test_yaml_that_is_no_spec_is_left_alone(convcost: Runner) -> None:
    write(
        {"specs/compose.yaml": "services: {}\n", ".github/a.yaml": net(), "c.yml": "a: [layers]\n"}
    )
    assert convcost("init").code == 0
    assert settings()["specs"] == ["specs/a.yaml", "specs/b.yaml"]


def test_names_that_toml_would_read_otherwise(convcost: Runner) -> None:
    write({'specs/q"uo.te #1.yaml': net()})
    assert convcost("init", 'specs/q"uo.te #1.yaml').code == 0
    assert settings()["specs"] == ['specs/q"uo.te #1.yaml']
    assert convcost("check").code == 0


def test_settings_that_are_there_are_not_replaced(convcost: Runner) -> None:
    write({"convcost.toml": "# mine\n"})
    code, _, err = convcost("init")
    assert code == 2
    assert "there are settings already: convcost.toml" in err
    assert Path("convcost.toml").read_text(encoding="utf-8") == "# mine\n"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--margin", "5"], '"5" is not a share'),
        (["none.yaml"], "no such file"),
        (["../elsewhere.yaml"], "does not lie below this folder"),
    ],
)
def test_what_init_refuses(convcost: Runner, args: list[str], message: str) -> None:
    write({"../elsewhere.yaml": net()})
    code, _, err = convcost("init", *args)
    assert code == 2
    assert message in err
    assert not Path("convcost.toml").exists()


def test_a_folder_without_specs(convcost: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("empty").mkdir()
    monkeypatch.chdir("empty")
    assert convcost("init").code == 2


def test_the_ci_lines_are_yaml_and_pinned(convcost: Runner) -> None:
    out = convcost("init").out
    blocks = re.findall(r"^    .*(?:\n(?:    .*|))*", out, re.MULTILINE)
    documents = [yaml.safe_load(block) for block in blocks]
    assert len(documents) == 3
    uses = [step["uses"] for step in documents[0]["steps"] if "uses" in step]
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", each) for each in uses)
    assert documents[0]["permissions"] == {"contents": "read"}
    assert documents[2]["repos"][0]["hooks"][0]["pass_filenames"] is False
    assert "pip install" not in out


@pytest.mark.parametrize("where", ["git+https://example.org/it@v1", "../con cost", "a'b$(c)"])
def test_the_ci_lines_install_from_where_they_are_told(convcost: Runner, where: str) -> None:
    out = convcost("init", "--install", where).out
    blocks = re.findall(r"^    .*(?:\n(?:    .*|))*", out, re.MULTILINE)
    github, gitlab, hooks = map(yaml.safe_load, blocks)
    for line in (github["steps"][2]["run"], gitlab["convcost"]["script"][0]):
        assert shlex.split(line) == ["pip", "install", where]
    assert hooks["repos"][0]["hooks"][0]["additional_dependencies"] == [where]


def test_a_limit_with_its_margin_is_one_that_check_takes(convcost: Runner) -> None:
    write({"huge.yaml": HUGE})
    assert convcost("init").code == 0
    assert convcost("check").code == 0


def test_where_every_spec_has_a_mistake_it_does_not_say_that_there_are_none(
    convcost: Runner,
) -> None:
    write({"specs/a.yaml": "name: a\n", "specs/b.yaml": net(8, "b").replace("kind", "knid")})
    code, _, err = convcost("init")
    assert code == 2
    assert "note: left out: " in err
    assert err.endswith("error: nothing here is a spec that can be read\n")
