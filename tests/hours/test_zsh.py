"""Somebody in zsh, where a bracket that matches no file is an error, pastes all that is printed;
so do others in other shells."""

from __future__ import annotations

import json
import shlex

import pytest

from convcost.text import command_line
from tests.hours.desk import Desk
from tests.shells import misread

NET = """\
name: net
input: 16x32x32
layers:
  - name: body
    repeat: 4
    layers: [{kind: standard, m: 64, k: 3}]
  - {name: head, kind: linear, m: 10}
"""


def test_an_hour(desk: Desk) -> None:
    desk.write("my net.yaml", NET)
    printed = []

    # A kind with brackets, and the command that says why.
    table = desk.types("convcost compare --in 16 --out 32 -k 3 --kind 'group[groups=4]'")
    printed.append(table.command("Why: "))
    assert "4 groups" in desk.types(printed[-1]) or "groups" in desk.types(printed[-1])

    # Layers with brackets, in a file with a blank in its name.
    found = desk.types("convcost suggest 'my net.yaml' --max-macs 100M --first")
    printed.append(found.command("See it: "))
    assert "--only" in printed[-1]
    assert "body[" in printed[-1]
    assert "body[" in desk.types(printed[-1])

    # What to type, in hints.
    desk.types("convcost lock 'my net.yaml'")
    desk.write("other net.yaml", NET)
    hint = desk.types("convcost check 'other net.yaml'", code=2)
    quoted = hint.line("hint: ").split('"')[1]
    printed.append(quoted)
    desk.types(quoted)
    desk.types("convcost check 'other net.yaml'")

    # All examples of the help, of which many have brackets, stars and commas.
    for command in ("compare", "explain", "rewrite", "suggest", "eval", "check"):
        told = desk.types(f"convcost help {command}")
        printed += [line.strip() for line in told.lines if line.startswith("    convcost ")]
    assert len(printed) > 25

    assert misread(printed) == []


@pytest.mark.parametrize(
    "name",
    [
        *("it's $HOME.yaml", "a `id` !1 *[0]~.yaml", "-k=1.5.yaml", "=ls.yaml", "a~.yaml"),
        *("%PATH%, @{b}; c.yaml", 'say "hi".yaml', "größe (2).yaml", "torch:a.yaml", "#1&2|3.yaml"),
    ],
)
def test_whatever_a_file_is_called(desk: Desk, name: str) -> None:
    desk.write(name, NET)
    desk.write("convcost.toml", 'specs = ["*.yaml"]\n')
    desk.write("ours.yml", f"name: {json.dumps(name)}\nweights: {{relu: 1}}\n")
    typed = command_line((name if name.startswith("g") else f"./{name}",))
    found = desk.types(f"convcost suggest {typed} --max-macs 100M --first")
    printed = [found.command("See it: ")]
    assert "body[" in desk.types(printed[-1])

    desk.types("convcost lock")
    desk.write(name, NET.replace("m: 64", "m: 65"))
    grown = desk.types("convcost check", code=1)
    printed.append(grown.command())
    desk.types(printed[-1])
    desk.types(f"convcost check {typed}")

    other = desk.types("convcost check --convention ours.yml", code=2)
    printed.append(other.line("hint: check with").split('"', 1)[1][:-1])
    (desk.folder / "convcost.lock").unlink()
    desk.types(printed[-1])
    desk.write(name, NET)
    desk.types("convcost lock --update --convention ours.yml")
    desk.write(name, NET.replace("m: 64", "m: 65"))
    printed.append(desk.types("convcost check --convention ours.yml", code=1).command())
    desk.types(printed[-1])
    desk.types("convcost check --convention ours.yml")
    other = desk.types("convcost lock", code=2)
    printed.append(f"convcost {other.line('hint: add ')[10:].partition(', or')[0]}")

    assert shlex.split(printed[-1])[-1] == name
    assert misread(printed) == []


def test_the_way_out_of_other_settings_is_through_them(desk: Desk) -> None:
    desk.write("net.yaml", NET)
    desk.write("other.yaml", NET)
    desk.write("my $.toml", 'specs = ["net.yaml"]\nbaseline = "b.lock"\nconvention = "fvcore"\n')
    check = "convcost check --config 'my $.toml'"
    desk.types("convcost lock --config 'my $.toml'")
    missing = desk.types(f"{check} other.yaml", code=2).line("hint: ").split('"')[1]
    desk.types(missing)
    desk.types(f"{check} other.yaml")
    desk.types(desk.types(check, code=2).line("hint: ").split('"')[1])
    desk.write("net.yaml", NET.replace("m: 64", "m: 65"))
    grown = desk.types(check, code=1).command()
    desk.types(grown)
    desk.types(check)
    assert grown == "convcost lock --config 'my $.toml' --loosen net.yaml"
    assert misread([missing, grown]) == []
    assert not (desk.folder / "convcost.lock").exists()
