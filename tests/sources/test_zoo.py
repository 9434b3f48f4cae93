"""Shipped networks are found by name from anywhere, but a real file or folder comes first."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

import convcost
from convcost.errors import SpecError
from convcost.sources import find_specs, load, zoo
from convcost.sources import read as read_target
from convcost.sources.spec.reading import Spec
from convcost.sources.targets import target_of
from convcost.sources.zoo import find_shipped, name_of, opening, paper, shipped

ROOT = Path(__file__).parents[2]
OWN = "{name: own, input: 3x5x5, layers: [{kind: relu}]}"


def read(word: str, overrides: dict[str, Any] | None = None) -> Spec:
    return read_target(target_of(word), overrides)


def found(*words: str) -> list[str]:
    return [str(target) for target in find_specs(words)]


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder far from the project, which is the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "name",
    [
        "mobilenet_v1",
        "mobilenet-v1",
        "MobileNet v1",
        "mobilenetv1",
        "mobilenet_v1.yaml",
        "MOBILENET-V1.yml",
    ],
)
def test_a_network_goes_by_many_spellings(elsewhere: Path, name: str) -> None:
    assert found(name) == [str(ROOT / "specs" / "mobilenet_v1.yaml")]
    assert load(name).name == "mobilenet-v1"


def test_dots_and_dashes_in_versions_do_not_matter() -> None:
    assert find_shipped("squeezenet-1.0") == find_shipped("squeezenet1_0") is not None


@pytest.mark.parametrize("name", ["mobilenet", "", ".yaml", "specs/mobilenet_v2", "./vgg16", "-"])
def test_what_is_no_name_of_a_network(name: str) -> None:
    assert find_shipped(name) is None


def test_a_file_is_called_by_its_name_only_if_it_ships(elsewhere: Path) -> None:
    path = shipped()["vgg16"]
    assert name_of(path) == "vgg16"
    (elsewhere / "vgg16.yaml").write_text(OWN)
    assert [name_of(each) for each in ("vgg16.yaml", f"{path}.orig", "", "vgg16")] == [""] * 4


def test_a_real_file_of_that_name_comes_first(elsewhere: Path) -> None:
    for name in ("alexnet", "vgg16.yaml"):
        (elsewhere / name).write_text(OWN)
        assert found(name) == [name]
        assert load(name).name == "own"


def test_a_real_folder_of_that_name_comes_first(elsewhere: Path) -> None:
    (elsewhere / "unet").mkdir()
    (elsewhere / "unet" / "a.yaml").write_text(OWN)
    assert found("unet", "dcgan") == ["unet/a.yaml", shipped()["dcgan"]]


def test_paths_are_relative_where_the_networks_lie_below(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert shipped()["unet"] == "specs/unet.yaml"
    monkeypatch.chdir(ROOT / "specs")
    assert shipped()["unet"] == "unet.yaml"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("mobilnet_v1", 'did you mean "mobilenet_v1"?'),
        ("budgetz.yaml", 'did you mean "budgets.yaml"?'),
        ("zzzzz", '"convcost zoo" lists the networks that ship'),
    ],
)
def test_a_name_that_is_neither_file_nor_network(elsewhere: Path, name: str, hint: str) -> None:
    (elsewhere / "budgets.yaml").write_text(OWN)
    assert found(name) == [name]
    with pytest.raises(SpecError) as caught:
        read(name)
    (problem,) = caught.value.problems
    assert (
        problem.message == "there is no such file, and no network of that name ships with convcost"
    )
    assert (str(problem.place), problem.hint) == (name, hint)


def test_a_path_that_is_not_there_is_never_taken_for_a_name(elsewhere: Path) -> None:
    with pytest.raises(SpecError, match="there is no such file") as caught:
        read("nets/mobilenet_v1.yaml")
    assert "ships" not in str(caught.value)


def test_vars_are_told_with_their_values() -> None:
    assert read("mobilenet_v1", {"alpha": 0.5}).vars == {"alpha": 0.5, "size": 224}
    assert read("vgg16").vars == {}


@pytest.mark.parametrize("value", [None, [1], {}])
def test_a_var_can_only_be_set_to_what_an_expression_can_use(value: object) -> None:
    with pytest.raises(SpecError, match="alpha cannot be set to "):
        read("mobilenet_v1", {"alpha": value})


def test_an_installed_package_has_its_networks_inside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "own.yaml").write_text(OWN)
    monkeypatch.setattr(zoo, "_PACKAGE", tmp_path)
    assert shipped() == {"own": str(tmp_path / "specs" / "own.yaml")}


def test_the_wheel_takes_the_networks_to_where_the_package_looks_for_them() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]
    assert build["targets"]["wheel"]["force-include"] == {"specs": "convcost/specs"}
    assert Path(convcost.__file__).parent.name == "convcost"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('# LeNet (LeCun et al. 1989, "Back")\nname: a\n', ("LeCun et al. 1989", "Back")),
        ('# LeNet (LeCun et al.\n# 1989, "Back\n# Prop")\n', ("LeCun et al. 1989", "Back Prop")),
        ('# A network of ours, by (someone, "somewhere")\n', ("", "")),
        ('name: a\n# LeNet (LeCun et al. 1989, "Back")\n', ("", "")),
        ("", ("", "")),
    ],
)
def test_the_paper_is_in_the_opening_comment(text: str, found: tuple[str, str]) -> None:
    assert paper(opening(text)) == found
