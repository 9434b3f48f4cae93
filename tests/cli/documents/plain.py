"""A network to make another of: two standard convolutions, a pointwise and a linear layer.

            params                             MACs (4·5 positions)   outputs
first       3·4·9 = 108                        108·20 = 2160          4·20 = 80
body        4·6·9 = 216                        216·20 = 4320          6·20 = 120
mix         6·8 = 48                           48·20 = 960            8·20 = 160
head        8·4·5·5 = 800                      800                    5
all         1172                               8240                   365

body as depthwise-separable:
            4·9 + 4·6 = 60                     60·20 = 1200           (4 + 6)·20 = 200
body as group[groups=2]:
            216 / 2 = 108                      108·20 = 2160          120
mix as low-rank[rank=2]:
            6·2 + 2·8 = 28                     28·20 = 560            (2 + 8)·20 = 200
"""

from __future__ import annotations

PLAIN = """\
name: plain
input: 3x4x5
layers:
  - {kind: standard, m: 4, k: 3, name: first}
  - {kind: standard, m: 6, k: 3, name: body}
  - {kind: pointwise, m: 8, name: mix}
  - {kind: linear, m: 5, name: head}
budgets: {params: 1k, activations: 1, macs: {warn: 1}}
"""
VAGUE = """\
name: vague
input: 3x4x5
layers:
  - {kind: standard, m: 4, k: 3, name: first}
  - {kind: standard, m: 6, k: 3, weights: unclear, name: body}
  - {kind: pointwise, m: 8, name: mix}
  - {kind: unknown, op: fft, shape: 8x4x5, counted: true, name: odd}
  - {kind: linear, m: 5, name: head}
"""
