"""Rewrites as changes to the user's own source: what is written, and what is refused and where."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from convcost import evaluate, patch
from convcost.cli.run import run
from convcost.errors import CodeError, UsageError
from convcost.kinds import REGISTRY, find
from convcost.sources.given import Given
from convcost.sources.imports.pytorch.again import Totals
from convcost.sources.targets import CodeTarget
from tests.documents import Session, blocks

SEPARABLE = "standard=depthwise-separable"
PAGE = Path(__file__).parents[2] / "docs" / "rewrite.md"
UNWRITTEN = (
    *("channel-wise", "depthwise-separable-channel-wise", "ghost", "mixed-depthwise", "partial"),
    *("octave", "fire", "shufflenet-v2", "deformable"),
)
CONVOLUTIONS = {
    name
    for name, kind in REGISTRY.items()
    if kind.group == "convolution" and name not in ("standard", "convolutional-classification")
}
Programs = Callable[..., str]


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """Writes the user's program into the current folder; gives the target that names it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))

    def write(text: str, name: str = "model") -> str:
        path = tmp_path / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
        return f"torch:{name}.py:Net"

    return write


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The changed program is read in this process, which is quicker, under another name."""

    def totals(texts: Mapping[str, str], target: CodeTarget, given: Given) -> Totals:
        (text,) = texts.values()
        Path("again.py").write_bytes(text.encode())
        report = evaluate(f"torch:again.py:{target.name.split(':')[1]}", input=given.inputs)
        return report.params, report.macs, report.activations

    monkeypatch.setattr("convcost.emit.patch.totals_with", totals)


def net(*lines: str, head: str = "from torch import nn", call: str = "") -> str:
    """A program of a stem of 3 to 8 channels, and what `lines` make of it as `self.body`."""
    body = textwrap.indent("\n".join(lines), "        ")
    return (
        f"{head}\n\n\nclass Net(nn.Module):\n    def __init__(self, width=16):\n"
        "        super().__init__()\n        self.stem = nn.Conv2d(3, 8, 3, padding=1)\n"
        f"{body}\n\n    def forward(self, x):\n        return {call or 'self.body(self.stem(x))'}\n"
    )


def changed(text: str) -> list[str]:
    """The lines that a diff takes away and adds, without its head."""
    lines = [line for line in text.split("\n") if line[:1] in "+-"]
    return [line for line in lines if line and not line.startswith(("---", "+++"))]


def applied(text: str, *command: str) -> None:
    Path("change.diff").write_bytes(text.encode())
    subprocess.run([*command], check=True, capture_output=True)


def test_program_b_becomes_its_separable_version(
    program: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the page on rewriting, with what is printed there."""
    found = [*blocks(PAGE.read_text(encoding="utf-8"))]
    (text,) = (each.text for each in found if each.text.startswith("# net.py\n"))
    (shown,) = (each.text for each in found if "--patch" in each.text)
    diff = shown.partition("\n")[2]
    program(text, "net")
    assert Session(tmp_path, monkeypatch).shown(shown) == shown

    for number, tool in enumerate(("git apply", "patch -p1 -i")):
        Path("net.py").write_text(text, encoding="utf-8")
        applied(diff, *tool.split(), "change.diff")
        Path("net.py").rename(f"patched{number}.py")
        report = evaluate(f"torch:patched{number}.py:Net", input="3x32x32")
        assert (report.params, report.macs) == (49_418, 46_991_872)


@pytest.mark.usefixtures("here")
def test_the_command_line_prints_it_or_writes_a_file_that_applies(
    program: Programs, capsys: pytest.CaptureFixture[str]
) -> None:
    target = program(net("self.body = nn.Conv2d(8, width, 3, padding=1)"))
    command = ("rewrite", target, "--input", "3x16x16", "--classifier", "--patch")
    assert run((*command, "--replace", SEPARABLE)) == 0
    out, err = capsys.readouterr()
    assert out == patch(target, SEPARABLE, input="3x16x16", classifier=True)
    assert err == ""

    assert run((*command, "--replace", SEPARABLE, "-o", "new.diff")) == 0
    assert Path("new.diff").read_text(encoding="utf-8") == f"# Written by convcost rewrite\n{out}"
    assert "1 of 2 standard layers become depthwise-separable" in capsys.readouterr().out
    applied(out, "git", "apply", "new.diff")

    Path("new.diff").write_text("mine", encoding="utf-8")
    assert run((*command, "--replace", SEPARABLE, "-o", "new.diff")) == 2


DEPTHWISE = (
    "nn.Sequential(|    nn.Conv2d(8, 8, 3, padding=1, groups=8),|    nn.Conv2d(8, width, 1),|)"
)
WIDE = "nn.Conv2d(8, width, (3, 5), stride=(2, 1), padding=(1, 2))"
REFLECTED = "nn.Conv2d(8, width, 3, padding=1, padding_mode='reflect')"
RANK = "(width + 8) // 4"


@pytest.mark.parametrize(
    ("call", "kind", "new"),
    [
        ("nn.Conv2d(8, width, 3, padding=1)", SEPARABLE, DEPTHWISE),
        (REFLECTED, SEPARABLE, DEPTHWISE.replace("1, groups", "1, padding_mode='reflect', groups")),
        (REFLECTED, "standard=group[groups=4]", f"{REFLECTED[:-1]}, groups=4)"),
        (
            "nn.Conv2d(8, width + 8, 3, 2, 1, bias=width > 3)",
            "standard=low-rank",
            f"""nn.Sequential(|\
    nn.Conv2d(8, {RANK}, 3, 2, 1, bias=width > 3),|\
    nn.Conv2d({RANK}, width + 8, 1, bias=width > 3),|)""",
        ),
        (
            "nn.Conv2d(8, out_channels=width, kernel_size=3, padding='same')",
            "standard=spatial-separable[rank=5]",
            """nn.Sequential(|\
    nn.Conv2d(8, out_channels=5, kernel_size=(3, 1), padding='same'),|\
    nn.Conv2d(5, out_channels=width, kernel_size=(1, 3), padding='same'),|)""",
        ),
        (
            WIDE,
            "standard=tucker[r3=n//2,r4=m//2]",
            """nn.Sequential(|    nn.Conv2d(8, 4, 1),|\
    nn.Conv2d(4, width // 2, (3, 5), stride=(2, 1), padding=(1, 2)),|\
    nn.Conv2d(width // 2, width, 1),|)""",
        ),
        (
            WIDE,
            "standard=cp[rank=6]",
            """nn.Sequential(|    nn.Conv2d(8, 6, 1),|\
    nn.Conv2d(6, 6, (3, 1), stride=(2, 1), padding=(1, 0), groups=6),|\
    nn.Conv2d(6, 6, (1, 5), padding=(0, 2), groups=6),|    nn.Conv2d(6, width, 1),|)""",
        ),
        (
            "nn.Conv2d(8, width, 1)",
            "pointwise=low-rank[rank=2]",
            "nn.Sequential(|    nn.Conv2d(8, 2, 1),|    nn.Conv2d(2, width, 1),|)",
        ),
        (
            "nn.ConvTranspose2d(8, width, 4, stride=2, padding=1)",
            "transposed=depthwise-separable-transposed",
            """nn.Sequential(|\
    nn.ConvTranspose2d(8, 8, 4, stride=2, padding=1, groups=8),|    nn.Conv2d(8, width, 1),|)""",
        ),
        (
            "nn.Conv2d(8, width, 3, padding=1, groups=4)",
            "group=standard",
            "nn.Conv2d(8, width, 3, padding=1)",
        ),
    ],
)
@pytest.mark.usefixtures("here")
def test_each_number_is_said_as_the_user_says_it(
    program: Programs, call: str, kind: str, new: str
) -> None:
    before, after = net(f"self.body = {call}"), net(*f"self.body = {new}".split("|"))
    text = patch(program(before), kind, input="3x16x16", classifier=True)
    applied(text, "git", "apply", "change.diff")
    assert Path("model.py").read_text(encoding="utf-8") == after


@pytest.mark.usefixtures("here")
def test_norms_and_activations_between_are_written_as_rewrite_says(program: Programs) -> None:
    before = net(
        "self.body = nn.Sequential(",
        "    nn.Conv2d(8, width, 3, padding=1),",
        "    nn.BatchNorm2d(width),",
        "    nn.ReLU(),",
        "    nn.Conv2d(width, 2, 1),",
        ")",
    )
    text = patch(program(before), SEPARABLE, input="3x16x16", inner=True)
    assert changed(text) == [
        "-            nn.Conv2d(8, width, 3, padding=1),",
        "+            nn.Sequential(",
        "+                nn.Conv2d(8, 8, 3, padding=1, groups=8),",
        "+                nn.BatchNorm2d(8),",
        "+                nn.ReLU(),",
        "+                nn.Conv2d(8, width, 1),",
        "+            ),",
    ]


HELPER = """\
from torch.nn import BatchNorm2d, Conv2d, Module, ReLU


def conv(n, m, k=(3, 5)):
    return Conv2d(n, m, k, padding=(1, 2))


class Net(Module):
    def __init__(self):
        super().__init__()
        self.stem = Conv2d(3, 8, 3, padding=1)
        self.a, self.b = conv(8, 16), conv(16, 12)

    def forward(self, x):
        return self.b(self.a(self.stem(x)))
"""


@pytest.mark.usefixtures("here")
def test_a_helper_changes_where_all_that_it_makes_changes(program: Programs) -> None:
    target = program(HELPER, "pkg/helped")
    text = patch(target, "standard=spatial-separable", input="3x16x16")
    assert text.startswith("--- a/pkg/helped.py\n+++ b/pkg/helped.py\n")
    assert changed(text) == [
        "+from torch import nn",
        "-    return Conv2d(n, m, k, padding=(1, 2))",
        "+    return nn.Sequential(",
        "+        Conv2d(n, m, (k[0], 1), padding=(1, 0)),",
        "+        Conv2d(m, m, (1, k[1]), padding=(0, 2)),",
        "+    )",
    ]


@pytest.mark.parametrize(
    ("held", "new"),
    [
        (
            "{'padding': 1, 'stride': 2}",
            [
                "nn.Sequential(",
                "    nn.Conv2d(8, 8, 3, groups=8, **held),",
                "    nn.Conv2d(8, width, 1),",
                ")",
            ],
        ),
        (
            "{'device': None}",
            [
                "nn.Sequential(",
                "    nn.Conv2d(8, 8, 3, groups=8, **held),",
                "    nn.Conv2d(8, width, 1, **held),",
                ")",
            ],
        ),
    ],
)
@pytest.mark.usefixtures("here")
def test_what_is_unpacked_goes_where_all_of_it_belongs(
    program: Programs, held: str, new: list[str]
) -> None:
    text = net(f"held = {held}", "self.body = nn.Conv2d(8, width, 3, **held)")
    first, *others = new
    made = patch(program(text), SEPARABLE, input="3x16x16", classifier=True)
    assert changed(made) == [
        "-        self.body = nn.Conv2d(8, width, 3, **held)",
        f"+        self.body = {first}",
        *(f"+        {line}" for line in others),
    ]


@pytest.mark.usefixtures("here")
def test_line_ends_indents_comments_and_the_end_stay(program: Programs) -> None:
    text = (
        "from torch import nn\r\n\r\n\r\nclass Net(nn.Sequential):\r\n  # größer: é\r\n"
        "  def __init__(self):\r\n    super().__init__(nn.Conv2d(3, 4, 3),  # é\r\n"
        "      nn.Conv2d(\r\n        4,  # in\r\n        8,\r\n        3),\r\n"
        "      nn.Conv2d(8, 2, 1))  # end"
    )
    made = patch(program(text), SEPARABLE, input="3x16x16")
    assert made.endswith("\n\\ No newline at end of file\n")
    applied(made, "git", "apply", "change.diff")
    assert Path("model.py").read_bytes().decode() == text.replace(
        "nn.Conv2d(\r\n        4,  # in\r\n        8,\r\n        3),",
        "nn.Sequential(\r\n        # in\r\n        nn.Conv2d(4, 4, 3, groups=4),\r\n"
        "        nn.Conv2d(4, 8, 1),\r\n      ),",
    )


MODES = """\
from torch import nn


class Net(nn.Sequential):
    def __init__(self):
        layers, n = [], 3
        for m in (8, 16, 32):
            layers += [nn.Conv2d(n, m, 3, padding=1), nn.ReLU()]
            n = m
        super().__init__(*layers, nn.Flatten(), nn.LazyLinear(2))
"""


@pytest.mark.usefixtures("here")
def test_a_loop_whose_turns_differ_is_refused_until_they_do_not(program: Programs) -> None:
    target = program(MODES, "looped")
    with pytest.raises(UsageError) as caught:
        patch(target, SEPARABLE, input="3x8x8")
    (problem,) = caught.value.problems
    assert str(problem.place) == "looped.py:8"
    assert problem.message == "this call also makes 0, not to be changed: the first layer"
    assert problem.hint == "--first replaces that, too"

    text = patch(target, SEPARABLE, input="3x8x8", first=True)
    assert "+                nn.Conv2d(n, n, 3, padding=1, groups=n)," in text


PARTIAL = net(
    "make = partial(nn.Conv2d, padding=1)",
    "self.body = make(8, 4, 3)",
    head="from functools import partial\nfrom torch import nn",
)
OWN = net(
    "self.body = Own(8, 4, 3)",
    head="""\
from torch import nn


class Own(nn.Conv2d):
    def __init__(self, *args):
        super().__init__(*args)""",
)
UNPACKED = net("args = {'padding': 1, 'bias': True}", "self.body = nn.Conv2d(8, 4, 3, **args)")
STRIDED = net("self.body = nn.Conv2d(8, 4, 3, padding=1)", "self.body.stride = (2, 2)")
STARRED = net("self.body = nn.Conv2d(*(8, 4, 3))")
ITERATED = net("w = iter((8, 4))", "self.body = nn.Conv2d(next(w), next(w), 3, padding=1)")


def shared(*lines: str) -> str:
    return net("def conv(m):", "    return nn.Conv2d(8, m, 3, padding=1)", *lines)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (UNPACKED, 9, "bias comes out of **args, and is to be said by itself"),
        (STARRED, 8, "its arguments come out of *, so that they cannot be told apart"),
        (STRIDED, 8, "layer body has another stride than this call says"),
        (PARTIAL, 10, "make is not nn.Conv2d itself here"),
        (ITERATED, 9, "next(w) would be evaluated 4 times, and may not be alike"),
        (OWN, 6, "body.conv2d is of a class of its own, Own, which builds on nn.Conv"),
        (
            shared("self.body = conv(4)", "conv(5)"),
            9,
            "this call also makes one more, not to be changed: it is no part of the network",
        ),
        (
            shared("self.body = conv(4)", "self.spare = conv(5)"),
            9,
            "this call also makes spare, not to be changed: it is no layer of its own",
        ),
    ],
)
def test_what_is_not_sure_is_refused_with_its_place(
    program: Programs, text: str, line: int, message: str
) -> None:
    with pytest.raises(UsageError) as caught:
        patch(program(text), SEPARABLE, input="3x16x16", classifier=True)
    (problem,) = caught.value.problems
    assert (problem.message, str(problem.place)) == (message, f"model.py:{line}")


@pytest.mark.parametrize("kind", sorted(CONVOLUTIONS))
@pytest.mark.usefixtures("here")
def test_kinds_are_written_unless_they_are_no_row_of_modules(program: Programs, kind: str) -> None:
    text = net("self.body = nn.Conv2d(8, 8, 3, padding=1, bias=False)")
    options = "[groups=2]" if find(kind).grouped else ""
    asked = (program(text), f"standard={kind}{options}")
    if kind not in UNWRITTEN:
        diff = patch(*asked, input="3x16x16", classifier=True)
        assert "-        self.body = nn.Conv2d(8, 8, 3, padding=1, bias=False)\n" in diff
        return
    with pytest.raises(UsageError) as caught:
        patch(*asked, input="3x16x16", classifier=True)
    (problem,) = caught.value.problems
    assert problem.message.startswith(f"{kind} cannot be written: ")
    assert str(problem.place) == "model.py:8"


def test_code_of_others_is_refused(program: Programs) -> None:
    program("from torch import nn\ndef conv(n, m):\n    return nn.Conv2d(n, m, 3, padding=1)\n",
            "site-packages/theirs")  # fmt: skip
    sys.path.append("site-packages")
    try:
        target = program(
            net("self.body = theirs.conv(8, 4)", head="import theirs\nfrom torch import nn")
        )
        with pytest.raises(UsageError) as caught:
            patch(target, SEPARABLE, input="3x16x16", classifier=True)
    finally:
        sys.path.remove("site-packages")
    (problem,) = caught.value.problems
    assert problem.message == "body: this is not code of yours, which lies below the current folder"
    assert str(problem.place).endswith("site-packages/theirs.py:3")


def test_a_copy_is_refused_for_no_call_made_it(program: Programs) -> None:
    target = program(
        net(
            "conv = nn.Conv2d(8, 8, 3, padding=1)",
            "self.body = nn.Sequential(conv, copy.deepcopy(conv))",
            head="import copy\nfrom torch import nn",
        )
    )
    with pytest.raises(UsageError, match=r"layer body.1 \(standard\) is no module that a call"):
        patch(target, SEPARABLE, input="3x16x16", classifier=True)


def test_a_program_that_does_more_with_its_layers_is_refused(program: Programs) -> None:
    weight = net("self.body = nn.Conv2d(8, 4, 3, padding=1)", "nn.init.zeros_(self.body.weight)")
    with pytest.raises(CodeError, match="'Sequential' object has no attribute 'weight'"):
        patch(program(weight), SEPARABLE, input="3x16x16", classifier=True)

    asks = net(
        "self.body = nn.Conv2d(8, 4, 3, padding=1)",
        call="self.body(self.stem(x)) if type(self.body) is nn.Conv2d else self.stem(x)",
    )
    with pytest.raises(UsageError, match="has 340 params and 55,296 MACs, not 340 and 81,920"):
        patch(program(asks, "asking"), SEPARABLE, input="3x16x16", classifier=True)


def test_only_source_code_has_a_patch(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("rewrite", "resnet18", "--replace", SEPARABLE, "--patch")
    assert run(asked) == 2
    assert "only the source of a PyTorch module can be patched" in capsys.readouterr().err
    assert run((*asked, "--emit", "pytorch")) == 2
    assert "--emit does not go with --patch" in capsys.readouterr().err
