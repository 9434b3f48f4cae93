"""All that is wrong with a spec is told in one run, in the order of its lines, and nothing else."""

from __future__ import annotations

import pytest

from convcost.errors import SpecError
from convcost.sources.spec.reading import parse_spec

MISTAKES = {
    "an input that is none": """
        input: 3x0x8                                     # !
        layers:
          - {kind: standard, m: 8, k: 3}
          - {kind: standard, m: 8, k: 3, kernal: 3}      # !
          - {kind: standart, m: 8, k: 3}                 # !
          - {kind: add, from: [input, nowhere]}          # !
          - {kind: slice, stop: 5000, from: input}
    """,
    "an input with a wrong expression": """
        vars: {size: 8}
        input: 3x${sise}x8                               # !
        layers:
          - {kind: pointwise, m: "${n * 2}"}
          - {kind: pointwise, m: "${n * two}"}           # !
    """,
    "an input under another name": """
        input_shape: 3x8x8                               # !
        layers:
          - {kind: pointwise, m: 4, n: 3}
          - {kind: pointwise, m: -4}                     # !
    """,
    "vars that are none": """
        input: 3x8x8
        vars:
          a: ${1 +}                                      # !
          b: [1]                                         # !
          c: ${a * 2}
          d: ${e}                                        # !
          f: 4
        layers:
          - {kind: pointwise, m: "${a}"}
          - {kind: pointwise, m: "${c}", kernal: 3}      # !
          - {kind: pointwise, m: "${b if f > 3 else 2}"}
          - {kind: "${d}", m: 3}
          - {kind: pointwise, m: 4, from: "${a}"}
          - {repeat: "${a}", layers: [{kind: softmaxx}]} # !
          - {kind: pointwise, m: "${f - 5}"}             # !
    """,
    "repeats of nothing behind a layer that is none": """
        input: 3x8x8
        layers:
          - {kind: standart, m: 8, k: 3}                 # !
          - {repeat: 2, name: "a${n}"}                   # !
          - {repeat: "${n}"}                             # !
          - {repeat: 2, layers: [{kind: pointwise, m: "${n}"}]}
          - {kind: relu}
    """,
    "an input that needs a var that is none": """
        vars: {size: "${1 +}"}                           # !
        input: 3x${size}x${size}
        layers:
          - {kind: pointwise, m: "${H}", groups: two}    # !
    """,
    "what a block is given": """
        input: 3x8x8
        vars: {a: "${1 +}"}                              # !
        blocks:
          unit:
            params: {m: ~}
            vars: {half: "${m // 2}"}
            layers:
              - {kind: pointwise, m: "${half}", kernal: 3}  # !
              - residual: [{kind: pointwize, m: "${n}"}] # !
        layers:
          - {use: unit, m: "${a}"}
          - {use: unit, m: "${a + 1}"}
          - {use: "${a}"}
          - {use: unti, m: 3}                            # !
    """,
    "defaults of a block's parameters": """
        input: 3x8x8
        blocks:
          unit:
            params:
              m: ${n *}                                  # !
              k: ${z}                                    # !
            layers: [{kind: standard, m: "${m}", k: "${k}", kernal: 3}]  # !
        layers: [{use: unit}]
    """,
    "a block behind a layer that cannot be built": """
        input: 3x8x8
        blocks:
          unit:
            params: {m: ~}
            layers:
              - {kind: pointwise, m: "${m}", strid: 3}   # !
        layers:
          - {kind: group, m: 16, k: 3, groups: 2}        # !
          - {use: unit, m: "${n}"}
          - {use: unit, m: 8}
          - {use: unit, n: 8}                            # !
    """,
    "vars of an entry": """
        input: 3x8x8
        layers:
          - {kind: group, m: 4, k: 3, groups: 2}         # !
          - concat: [[{kind: pointwise, m: "${x}"}, {kind: pointwise, m: "${y}", kernal: 3}]]  # !
            vars: {x: "${n * 2}", y: 4}
          - concat: [[{kind: pointwise, m: "${x}"}]]
            vars: {x: "${m}"}                            # !
          - {kind: pointwise, m: 3, vars: {x: 3}}        # !
    """,
    "several keys at once": """
        nmae: net                                        # !
        input: 3x8
        vars: [1]                                        # !
        layers: [{kind: relo}]
    """,
}


def lines(text: str) -> list[int]:
    return [at for at, line in enumerate(text.splitlines(), 1) if line.endswith("# !")]


@pytest.mark.parametrize("name", MISTAKES)
def test_each_line_that_is_wrong_is_told_once(name: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse_spec(MISTAKES[name])
    places = [problem.place for problem in caught.value.problems]
    assert [place.line for place in places if place] == lines(MISTAKES[name])
    assert None not in places
