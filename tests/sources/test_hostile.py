"""Every reader ends: files of a few lines that stand for any amount of work are refused at once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAD = "input: 8x16x16\nlayers:\n"
LAYER = "{kind: pointwise, m: 8}"
MANY = range(95)
SECONDS = 10  # measured: below 2, on a machine that does nothing else below 1
MEMORY = 700 * 2**20  # of addresses: 270 MB before anything is read
RUN = f"""
import resource, sys
resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS}, {SECONDS}))
resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))
from convcost.cli.main import main
sys.argv[1:] = ["eval", "hostile.yaml", "--summary"]
main()
"""


def nested_blocks(entry: str, depth: int = 30) -> str:
    """Blocks that use each other twice, over and over."""
    lines = [f"  b{i}: {{layers: [{entry % (i + 1)}, {entry % (i + 1)}]}}\n" for i in range(depth)]
    return f"blocks:\n{''.join(lines)}  b{depth}: {{layers: []}}\n{HEAD}  - use: b0\n"


def names(count: int, name: str = "variable") -> str:
    return ", ".join(f"{name}{i}: 1" for i in range(count))


VARS = ", ".join(f"v{i}: '${{n + {i}}}'" for i in range(9000))
EXPRESSIONS = ", ".join(f"v{i}: '${{{i} + 1}}'" for i in range(40_000))
STEPS = "takes more than 1,000,000 steps"
LAYERS = "this comes to more than 200,000 layers"
NAMES = "have more than 16,777,216 characters"
HOSTILE = {
    "an empty repeat": (HEAD + "  - {repeat: '${10**17}', layers: []}\n", STEPS),
    "a repeat of a layer": (HEAD + f"  - {{repeat: '${{10**17}}', layers: [{LAYER}]}}\n", LAYERS),
    "a repeat of what is not there": (
        HEAD + "  - {repeat: '${10**17}', layers: [{kind: relu, when: false}]}\n",
        STEPS,
    ),
    "a repeat of what may be there": (
        HEAD + "  - {repeat: '${10**17}', layers: [{kind: relu, when: '${n > 9}'}]}\n",
        STEPS,
    ),
    "a repeat of repeats": (
        HEAD + "  - {repeat: '${10**9}', layers: [{repeat: '${10**9}', layers: []}]}\n",
        "this comes to 1,000,000,000 layers",
    ),
    "repeats of few of what is not there": (
        HEAD + "  - repeat: '${1000}'\n    layers:\n"
        "      - {repeat: '${1000}', layers: [{kind: relu, when: '${i > 1e6}'}]}\n",
        STEPS,
    ),
    "blocks that double": (nested_blocks("{use: b%d}"), "this comes to 262,144 layers"),
    "blocks that may double": (nested_blocks("{use: b%d, when: '${n > 1}'}"), STEPS),
    "a long name": (
        HEAD + f"  - repeat: 30000\n    layers: [{{name: {'a' * 100_000}, kind: relu}}]\n",
        NAMES,
    ),
    "a long name around": (
        HEAD + f"  - {{repeat: 190000, name: {'a' * 500_000}, layers: [{LAYER}]}}\n",
        NAMES,
    ),
    "a name worked out": (
        (
            f"vars: {{a: {'a' * 9000}}}\n{HEAD}"
            "  - {repeat: 190000, layers: [{name: '${a}', kind: relu}]}\n"
        ),
        NAMES,
    ),
    "a long list of from": (
        (
            f"{HEAD}  - {{name: a, kind: relu}}\n"
            f"  - {{repeat: 2000, layers: [{{kind: add, from: [{', '.join(['a'] * 50_000)}]}}]}}\n"
        ),
        STEPS,
    ),
    "many branches": (
        f"{HEAD}  - {{repeat: 1900, layers: [{{add: [{', '.join(['[]'] * 90_000)}]}}]}}\n",
        STEPS,
    ),
    "unknown names": (
        f"vars: {{{names(50_000)}}}\n{HEAD}"
        + "".join(f"  - {{kind: pointwise, m: '${{varable{i}x}}'}}\n" for i in MANY),
        'did you mean "variable0"?',
    ),
    "unknown layers": (
        HEAD
        + "".join(f"  - {{name: layer{i}, kind: relu}}\n" for i in range(15_000))
        + "".join(f"  - {{kind: relu, from: laxer{i}}}\n" for i in MANY),
        'did you mean "layer0"?',
    ),
    "unknown keys": (
        f"{HEAD}  - {{kind: pointwise, {names(50_000, 'key')}}}\n",
        'unexpected key "key0"',
    ),
    "unknown defaults": (
        f"defaults: {{{names(50_000, 'key')}}}\n{HEAD}  - {LAYER}\n",
        'no convolution takes "key0"',
    ),
    "unknown metrics": (
        f"{HEAD}  - {LAYER}\nbudgets: {{{names(50_000, 'macx')}}}\n",
        'unknown metric "macx0"',
    ),
    "unknown blocks": (
        f"blocks: {{{', '.join(f'{chr(98) * 200}{i}: {{layers: []}}' for i in range(4000))}}}\n"
        + HEAD
        + "".join(f"  - {{use: {'c' * 80}{i}}}\n" for i in MANY),
        "and 3,9",
    ),
    "vars of a block": (
        (
            f"blocks:\n  b:\n    vars: {{{VARS}}}\n    layers: []\n"
            f"{HEAD}  - {{repeat: 100, layers: [{{use: b}}]}}\n"
        ),
        STEPS,
    ),
    "params of a block": (
        (
            f"blocks:\n  b:\n    params: {{{names(50_000)}}}\n    layers: []\n{HEAD}"
            "  - {repeat: 190000, layers: [{use: b}]}\n"
        ),
        STEPS,
    ),
    "wrong layers side by side": (
        f"{HEAD}  - {{concat: [{', '.join(f'[{{use: b{i}}}]' for i in range(20_000))}]}}\n",
        'there is no block "b0"',
    ),
    "many wrong vars": (
        f"vars: {{{names(50_000).replace('1', '~')}}}\n{HEAD}  - {LAYER}\n",
        "vars must be text, not None",
    ),
    "a from of no names": (
        f"{HEAD}  - {{kind: add, from: [{', '.join(map(str, range(100_000)))}]}}\n",
        "from must be text, not [0, 1, 2",
    ),
    "many limits": (
        f"budgets: {{macs: [{', '.join(['9M'] * 200_000)}]}}\n{HEAD}  - {LAYER}\n",
        "200,000 limits of macs, more than 100",
    ),
    "many expressions": (
        f"vars: {{{EXPRESSIONS}}}\n{HEAD}  - {LAYER}\n",
        "more than the 131,072 that can be read",
    ),
    "an input of many dims": (
        f"input: [{', '.join(['1'] * 100_000)}]\nlayers: [{LAYER}]\n",
        "input has 100,000 sizes, more than 16",
    ),
    "sizes of many dims": (
        f"layers: [{{kind: pointwise, n: 8, m: 8, size: [{', '.join(['1'] * 100_000)}]}}]\n",
        "the input has 100,001 sizes, more than 16",
    ),
    "layers in layers": (
        "blocks:\n"
        + "".join(
            f"  b{i}: {{layers: {'[{repeat: 1, layers: ' * 20}[{{use: b{i + 1}}}]{'}]' * 20}}}\n"
            for i in range(20)
        )
        + f"  b20: {{layers: []}}\n{HEAD}  - use: b0\n",
        "layers nested more than 128 deep",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_spec_is_refused_at_once(name: str, tmp_path: Path) -> None:
    text, message = HOSTILE[name]
    assert len(text) < 10**6
    (tmp_path / "hostile.yaml").write_text(text)
    ended = subprocess.run(
        [sys.executable, "-c", RUN],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2, ended.stderr[-1000:]
    assert message in ended.stderr
    assert "bug in convcost" not in ended.stderr
    assert "hostile.yaml:" in ended.stderr
