"""All that `convcost explain` prints for programs."""

from __future__ import annotations

import pytest

from tests.cli.documents.reading import entries
from tests.cli.runner import Runner

SIZED = ("depthwise-separable", "--in", "6", "--out", "4", "-k", "3", "--size", "5x7")
# At stride 2, 5x7 becomes 3x4: 12 positions.
# params 6·9 = 54 and 6·4 = 24, of a standard convolution's 6·4·9 = 216: 13/36
# MACs   54·12 = 648 and 24·12 = 288
SIZED_JSON = """{
"schema": "convcost.explain/1",
"kind": "depthwise-separable", "group": "convolution",
"summary": "A depthwise k x k convolution, then a pointwise one (in groups, if asked for).",
"params_formula": "n·k² + n·m", "macs_formula": null, "ratio_formula": "1/m + 1/k²",
"mixing": "all channels, after the filter",
"gives_up": "joint filters: space is filtered first, a channel at a time, and mixed after",
"source": "MobileNet, Howard et al. 2017; Xception, Chollet 2017",
"layer": {"n": 6, "m": 4, "k": [3, 3], "size": [5, 7], "groups": null, "stride": [2, 2],
 "padding": "same", "dilation": [1, 1], "bias": false},
"params": 78, "macs": 936, "macs_per_position": 78,
"params_ratio": 0.3611111111111111, "macs_ratio": 0.3611111111111111,
"out": [4, 3, 4], "channels": 4, "reach": [3, 3],
"stages": [
 {"op": "conv", "params": 54, "macs": 648, "macs_per_position": 54, "out": [6, 3, 4],
  "formula": "m·kh·kw", "numbers": "6 × 3 × 3",
  "description": "depthwise conv 3×3, stride 2",
  "macs_formula": "m·kh·kw·Hout·Wout", "macs_numbers": "6 × 3 × 3 × 3 × 4"},
 {"op": "conv", "params": 24, "macs": 288, "macs_per_position": 24, "out": [4, 3, 4],
  "formula": "m·n·kh·kw", "numbers": "4 × 6 × 1 × 1",
  "description": "conv 1×1",
  "macs_formula": "m·n·kh·kw·Hout·Wout", "macs_numbers": "4 × 6 × 1 × 1 × 3 × 4"}],
"error": null
}"""
UNSIZED = ("channel-wise[dc=5]", "--in", "6", "--out", "4", "-k", "3")
# A kernel of 5 taps at 6 / 3 = 2 places along the channels: 4 / 2 = 2 kernels make 4 channels.
# params 2·5 of a standard convolution's 6·4·9 = 216: 5/108
# MACs   5·4 a position, of 216: 5/54
UNSIZED_JSON = """{
"schema": "convcost.explain/1",
"kind": "channel-wise", "group": "convolution",
"summary": "q shared kernels of dc taps slide along the channels; g of them: group channel-wise.",
"params_formula": "q·dc", "macs_formula": "dc·m·A", "ratio_formula": "q·dc/(n·m·k²)",
"mixing": "dc neighbouring channels",
"gives_up": "reach, as it sees one position; weights of its own for each output channel",
"source": "ChannelNets, Gao et al. 2018",
"layer": {"n": 6, "m": 4, "k": [3, 3], "size": null, "groups": null, "stride": [1, 1],
 "padding": "same", "dilation": [1, 1], "bias": false},
"params": 10, "macs": null, "macs_per_position": 20,
"params_ratio": 0.046296296296296294, "macs_ratio": 0.09259259259259259,
"out": null, "channels": 4, "reach": [1, 1],
"stages": [
 {"op": "channel-wise conv", "params": 10, "macs": null, "macs_per_position": 20, "out": null,
  "formula": "q·dc", "numbers": "2 × 5",
  "description": "channel-wise conv, 2 kernels of 5 taps, stride 3",
  "macs_formula": null, "macs_numbers": null}],
"error": null
}"""
UNASKED_JSON = """{
"schema": "convcost.explain/1",
"kind": "linear", "group": "layer",
"summary": "A fully connected layer; an input with spatial dims is flattened first.",
"params_formula": "n·m", "macs_formula": "n·m", "ratio_formula": null,
"mixing": null, "gives_up": null, "source": null,
"layer": null
}"""
SIZED_CSV = """\
op,params,macs,macs_per_position,out,formula,numbers,description,macs_formula,macs_numbers
conv,54,648,54,6x3x4,m·kh·kw,6 × 3 × 3,"depthwise conv 3×3, stride 2",m·kh·kw·Hout·Wout,\
6 × 3 × 3 × 3 × 4
conv,24,288,24,4x3x4,m·n·kh·kw,4 × 6 × 1 × 1,conv 1×1,m·n·kh·kw·Hout·Wout,\
4 × 6 × 1 × 1 × 3 × 4
"""
UNSIZED_CSV = """\
op,params,macs,macs_per_position,out,formula,numbers,description,macs_formula,macs_numbers
channel-wise conv,10,,20,,q·dc,2 × 5,"channel-wise conv, 2 kernels of 5 taps, stride 3",,
"""
UNASKED_CSV = """\
kind,group,summary,params_formula,macs_formula,ratio_formula,mixing,gives_up,source
linear,layer,A fully connected layer; an input with spatial dims is flattened first.,n·m,n·m,,,,
"""
DOCUMENTS = (SIZED_JSON, UNSIZED_JSON, UNASKED_JSON)


@pytest.mark.parametrize(
    ("args", "document", "sheet"),
    [
        ((*SIZED, "--stride", "2"), SIZED_JSON, SIZED_CSV),
        (UNSIZED, UNSIZED_JSON, UNSIZED_CSV),
        (("linear",), UNASKED_JSON, UNASKED_CSV),
    ],
    ids=["with a size", "without one", "of no layer"],
)
def test_explain(convcost: Runner, args: tuple[str, ...], document: str, sheet: str) -> None:
    assert entries(convcost("explain", *args, "--format", "json").out) == entries(document)
    assert convcost("explain", *args, "--format", "csv") == (0, sheet, "")
