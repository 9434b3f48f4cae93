"""What a checked repository holds cannot run, and neither reads nor writes anything outside."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from convcost import load
from convcost.errors import UsageError
from tests.cli.projects import CONFIG, commit, git, net, write
from tests.cli.runner import Runner

ROOT = Path(__file__).parents[2]
SECRET = "hunter2-secret"  # noqa: S105, what must not be shown
CODE = "torch:evil:x.yaml"
ANY = 'specs = ["**/*.yaml"]\n[budgets."**/*.yaml"]\nparams = "1k"\n'


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository beside a secret; `evil.py` in it leaves a file behind when imported."""
    (tmp_path / "secret").write_text(f"{SECRET}: [\n", encoding="utf-8")
    write({"net.yaml": net(), "x.lock": "{}", "c.yaml": "name: c\nweights: {}\n"}, tmp_path / "out")
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    git("init", "--quiet")
    write({"specs/a.yaml": net(4, "a"), "convcost.toml": CONFIG})
    write({"evil.py": f"open({str(tmp_path / 'ran')!r}, 'w')\n"})
    return folder


@pytest.fixture
def nothing_ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], bool]:
    monkeypatch.syspath_prepend(os.getcwd())
    monkeypatch.setitem(sys.modules, "torch", type(sys)("torch"))
    return lambda: not (tmp_path / "ran").exists()


def outside(tmp_path: Path) -> dict[str, str]:
    """What lies beside the repository."""
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    inside = tmp_path / "project"
    return {str(path): path.read_text("utf-8") for path in files if inside not in path.parents}


class TestNamesOfFiles:
    """A file that is called as code would be is a file."""

    @pytest.mark.parametrize("folder", ["", "specs/"])
    @pytest.mark.parametrize(
        "args", [["check"], ["check", "."], ["eval", "."], ["lock"], ["init", "."], ["init"]]
    )
    def test_it_is_read_as_yaml(
        self, convcost: Runner, nothing_ran: Callable[[], bool], args: list[str], folder: str
    ) -> None:
        if args[0] == "init":
            Path("convcost.toml").unlink()
        else:
            write({"convcost.toml": ANY})
        write({f"{folder}{CODE}": "layers: [\n"})
        code, _, err = convcost(*args)
        if args[0] == "init":
            assert (code, f"left out: ./{folder}{CODE}:2:1: " in err) == (0, True)
        else:
            assert (code, f"{CODE}:2:1: error: " in err) == (2, True)
        assert nothing_ran()

    @pytest.mark.parametrize("command", ["check", "eval", "lock"])
    def test_it_may_be_a_spec(
        self, convcost: Runner, nothing_ran: Callable[[], bool], command: str
    ) -> None:
        write({"convcost.toml": ANY, CODE: net(5, "b")})
        args = ("eval", ".", "--summary") if command == "eval" else (command,)
        code, out, err = convcost(*args)
        assert (code, err) == (0, "")
        assert CODE in out or command == "check"
        assert nothing_ran()

    def test_its_budgets_hold(self, convcost: Runner) -> None:
        write({"convcost.toml": ANY.replace("1k", "120"), CODE: net(5, "b")})
        code, out, _ = convcost("check")
        assert code == 1
        assert f"FAIL  b  {CODE}" in out

    def test_its_entry_is_not_that_of_code(self, convcost: Runner) -> None:
        write({"convcost.toml": ANY, CODE: net(5, "b")})
        assert convcost("lock").code == 0
        assert f"./{CODE}" in json.loads(Path("convcost.lock").read_text("utf-8"))["networks"]
        assert convcost("check").code == 0
        entry = '"torch:evil:x.yaml": {"params": 1, "macs": 1, "activations": 1}'
        text = Path("convcost.lock").read_text("utf-8").replace(f'"./{CODE}"', f'"{CODE}"')
        write({"convcost.lock": text})
        code, _, err = convcost("check")
        assert code == 2
        assert f'"convcost lock ./{CODE}" adds one' in err
        assert entry not in err

    def test_init_writes_settings_that_hold_for_it(
        self, convcost: Runner, nothing_ran: Callable[[], bool]
    ) -> None:
        Path("convcost.toml").unlink()
        write({CODE: net(5, "b")})
        assert convcost("init").code == 0
        assert convcost("check").code == 0
        write({CODE: net(50, "b")})
        assert convcost("check").code == 1
        assert nothing_ran()

    @pytest.mark.parametrize("command", ["eval", "check", "export pytorch", "suggest", "diff"])
    def test_typed_it_is_refused_for_a_shell_may_have_typed_it(
        self, convcost: Runner, nothing_ran: Callable[[], bool], command: str
    ) -> None:
        write({CODE: net()})
        words = [CODE, "vgg16"] if command == "diff" else [CODE]
        code, _, err = convcost(*command.split(), *words, "--input", "3x8x8")
        assert code == 2
        assert f"hint: ./{CODE} is the file" in err
        assert nothing_ran()
        assert convcost("eval", f"./{CODE}").code == 0

    def test_a_dangling_link_is_no_network_that_ships(self, convcost: Runner) -> None:
        os.symlink("nowhere", "specs/resnet50.yaml")
        os.chdir("specs")
        for args in (["eval", "."], ["eval", "resnet50.yaml"], ["check"]):
            code, out, err = convcost(*args)
            assert code == 2
            assert "resnet50.yaml: error: there is no such file" in err
            assert "resnet-50" not in out

    def test_a_program_that_lists_files_says_so_by_their_type(
        self, nothing_ran: Callable[[], bool]
    ) -> None:
        write({CODE: net()})
        assert load(Path(CODE)).name == "net"
        with pytest.raises(UsageError, match="is the name of a file"):
            load(CODE)
        assert nothing_ran()


def test_code_is_not_compared_with_a_file_of_its_name(
    convcost: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a commit holds under the name of code says nothing of the code."""
    from convcost.sources import code, read, target_of

    write({"torch:nets:Net": net(1000)})
    commit()
    Path("torch:nets:Net").unlink()
    network = read(target_of("specs/a.yaml")).network
    monkeypatch.setattr(code, "read_code", lambda *_: network)
    args = ("check", "torch:nets:Net", "--input", "3x8x8", "--max-params", "1k")
    assert convcost(*args).code == 0
    result = convcost(*args, "--base", "git:main")
    assert result.code == 2
    assert "torch:nets:Net is code, and is not run as it was at main" in result.err


LINKED: dict[str, Callable[[Path], None]] = {}
"""Ways in which a repository may lead out, by what leads there."""


def way(name: str) -> Callable[[Callable[[Path], None]], None]:
    def add(make: Callable[[Path], None]) -> None:
        LINKED[name] = make

    return add


def link(path: str, target: object) -> None:
    Path(path).parent.mkdir(exist_ok=True)
    Path(path).unlink(missing_ok=True)
    os.symlink(str(target), path)


def settings(line: str) -> None:
    write({"convcost.toml": f"{line}\n{CONFIG}"})


def leading(value: object, key: str = "convention") -> Callable[[Path], None]:
    return lambda tmp_path: settings(f"{key} = {json.dumps(str(value))}")


@way("the settings")
def _(tmp_path: Path) -> None:
    link("convcost.toml", tmp_path / "secret")


@way("pyproject.toml")
def _(tmp_path: Path) -> None:
    Path("convcost.toml").unlink()
    link("pyproject.toml", tmp_path / "secret")


@way("a spec")
def _(tmp_path: Path) -> None:
    link("specs/b.yaml", tmp_path / "secret")


@way("a spec that could be read")
def _(tmp_path: Path) -> None:
    link("specs/b.yaml", tmp_path / "out/net.yaml")


@way("a folder of specs")
def _(tmp_path: Path) -> None:
    link("more", tmp_path / "out")
    write({"convcost.toml": 'specs = ["more/*.yaml"]\n'})


@way("a spec in a folder of specs")
def _(tmp_path: Path) -> None:
    link("more", tmp_path / "out")
    write({"convcost.toml": 'specs = ["more/net.yaml"]\n'})


@way("the lock file")
def _(tmp_path: Path) -> None:
    link("convcost.lock", tmp_path / "out/x.lock")


@way("a lock file that is not there")
def _(tmp_path: Path) -> None:
    link("convcost.lock", tmp_path / "out/new.lock")


@way("a baseline")
def _(tmp_path: Path) -> None:
    link("base.lock", tmp_path / "secret")
    settings('baseline = "base.lock"')


@way("a baseline in a folder that leads out")
def _(tmp_path: Path) -> None:
    link("more", tmp_path / "out")
    settings('baseline = "more/new.lock"')


@way("a convention")
def _(tmp_path: Path) -> None:
    link("c.yaml", tmp_path / "out/c.yaml")
    settings('convention = "c.yaml"')


@way("a convention by way of a folder")
def _(tmp_path: Path) -> None:
    link("more", tmp_path)
    settings('convention = "more/secret"')


@way("git's own settings")
def _(tmp_path: Path) -> None:
    git("config", "http.extraheader", SECRET)
    settings('convention = ".git/config"')


@way("a spec that is git's own")
def _(tmp_path: Path) -> None:
    git("config", "http.extraheader", SECRET)
    write({"convcost.toml": 'specs = [".git/config"]\n'})


@way("a link to git's own")
def _(tmp_path: Path) -> None:
    git("config", "http.extraheader", SECRET)
    link("specs/b.yaml", "../.git/config")


@way("a hook as a baseline")
def _(tmp_path: Path) -> None:
    settings('baseline = ".git/hooks/post-checkout"')


for value in ("/etc/passwd", "../secret", "~/x.yaml", "./../secret", "specs/../../secret"):
    LINKED[f"a convention {value}"] = leading(value)
for value in ("C:/x.yaml", "a\0/b", "a/b\nc", "..\\secret.yaml", "//host/x", "file:///etc/x"):
    LINKED[f"a convention {value!r}"] = leading(value)
for value in ("/etc/passwd", "../secret", "~/x", "a/../../secret", "git:--upload-pack=x", "a\0b"):
    LINKED[f"a baseline {value!r}"] = leading(value, "baseline")
for value in ("git:-x", "git:--output=x", "git:main..HEAD", "git:"):
    LINKED[f"a baseline {value!r}"] = leading(value, "baseline")


@pytest.mark.parametrize("how", LINKED)
def test_nothing_outside_is_read_or_written(convcost: Runner, tmp_path: Path, how: str) -> None:
    LINKED[how](tmp_path)
    before = outside(tmp_path)
    for args in (["check"], ["check", "--format", "json"], ["lock"], ["lock", "--update"]):
        code, out, err = convcost(*args)
        is_git_baseline = args[0] == "lock" and "baseline 'git:" in how
        assert code == (0 if is_git_baseline else 2), (args, out, err)
        assert "bug" not in err
        assert SECRET not in out + err
        assert "root:" not in out + err
        assert "hint:" in err or is_git_baseline or "git's own" in err
    assert outside(tmp_path) == before
    assert not Path(".git/hooks/post-checkout").exists()


@pytest.mark.parametrize("target", ["out/new.toml", "secret", "project/specs/new.toml"])
def test_init_writes_through_no_link(convcost: Runner, tmp_path: Path, target: str) -> None:
    link("convcost.toml", tmp_path / target)
    before = outside(tmp_path)
    code, out, err = convcost("init")
    assert (code, SECRET in out + err) == (2, False)
    assert "settings already" in err
    assert outside(tmp_path) == before


@pytest.mark.parametrize("args", [["eval", "specs"], ["eval", "."], ["check", "."], ["init", "."]])
def test_a_folder_that_is_named_does_not_lead_out_either(
    convcost: Runner, tmp_path: Path, args: list[str]
) -> None:
    Path("convcost.toml").unlink()
    link("specs/b.yaml", tmp_path / "secret")
    code, out, err = convcost(*args)
    said, expected = ("", 0) if args[0] == "init" else ("error: ", 2)
    assert code == expected
    assert f"specs/b.yaml: {said}this leads out of the repository" in err
    assert SECRET not in out + err


def test_init_says_what_it_leaves_out(convcost: Runner, tmp_path: Path) -> None:
    Path("convcost.toml").unlink()
    link("specs/b.yaml", tmp_path / "out/net.yaml")
    code, _, err = convcost("init")
    assert code == 0
    assert err.startswith("note: left out: ./specs/b.yaml: this leads out of the repository")
    assert "specs/b.yaml" not in Path("convcost.toml").read_text("utf-8")


def test_what_is_typed_may_lie_anywhere(convcost: Runner, tmp_path: Path) -> None:
    link("b.yaml", tmp_path / "out/net.yaml")
    link("c.yaml", tmp_path / "out/c.yaml")
    link("new.lock", tmp_path / "out/new.lock")
    link("settings.toml", tmp_path / "out/settings.toml")
    write({"../out/settings.toml": CONFIG})
    limit = ("--max-params", "1k")
    assert convcost("eval", "b.yaml", str(tmp_path / "out/net.yaml")).code == 0
    assert convcost("check", "b.yaml", *limit, "--convention", "c.yaml").code == 0
    assert convcost("lock", "specs/a.yaml", "--config", "settings.toml").code == 0
    assert convcost("eval", str(tmp_path / "out/net.yaml"), "--format", "json").code == 0
    assert convcost("check", "../out/net.yaml", *limit, "--base", "none").code == 0


def test_links_inside_the_repository_stay(convcost: Runner, tmp_path: Path) -> None:
    write(
        {
            "shared/b.yaml": net(5, "b"),
            "shared/c.yaml": "name: c\nweights: {}\nlike: papers\n",
            "ml/convcost.toml": 'convention = "c.yaml"\nbaseline = "base.lock"\n' + CONFIG,
        }
    )
    link("ml/specs", "../shared")
    link("ml/c.yaml", "../shared/c.yaml")
    link("ml/base.lock", "../shared/base.lock")
    os.chdir("ml")
    write({"convcost.toml": Path("convcost.toml").read_text("utf-8").replace("*", "b")})
    assert convcost("lock")[::2] == (0, "")
    assert Path("../shared/base.lock").is_file()
    assert Path("base.lock").is_symlink()
    assert convcost("check")[::2] == (0, "")


def endless(name: str) -> None:
    if name == "pipe":
        os.mkfifo("specs/b.yaml")
    elif name == "socket":
        with socket.socket(socket.AF_UNIX) as made:
            made.bind("specs/b.yaml")
    elif name == "loop":
        os.symlink("b.yaml", "specs/b.yaml")
    elif name == "folder":
        Path("specs/b.yaml").mkdir()
    elif name == "large":
        with Path("specs/b.yaml").open("wb") as file:
            file.truncate(1 << 40)
    else:
        os.symlink(name, "specs/b.yaml")


@pytest.mark.parametrize("name", ["pipe", "socket", "loop", "large", "/dev/zero", "/dev/stdin"])
@pytest.mark.parametrize(
    "args", [["init"], ["init", "."], ["check"], ["lock"], ["eval", "specs/b.yaml"], ["eval", "."]]
)
def test_whatever_never_ends_is_left_alone(name: str, args: list[str]) -> None:
    endless(name)
    if args[0] == "init":
        Path("convcost.toml").unlink()
    done = subprocess.run(
        [sys.executable, "-m", "convcost", *args],
        check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        stdin=subprocess.PIPE,
        text=True,
        timeout=60,
    )
    assert done.returncode == (0 if args[0] == "init" else 2)
    assert "specs/b.yaml: " in done.stderr


@pytest.mark.parametrize("name", ["convcost.toml", "pyproject.toml", "convcost.lock"])
def test_a_pipe_under_the_name_of_settings(name: str) -> None:
    if name == "pyproject.toml":
        Path("convcost.toml").unlink()
    Path(name).unlink(missing_ok=True)
    os.mkfifo(name)
    for args in (["check"], ["lock"]):
        done = subprocess.run(
            [sys.executable, "-m", "convcost", *args],
            check=False,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 2
        assert f"{name}: error: this is not a regular file" in done.stderr
