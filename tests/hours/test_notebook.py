"""Somebody in a notebook: Python objects, a fragment of HTML, and shell lines between cells."""

from __future__ import annotations

import io
import json

import pytest

from tests.hours.desk import Desk


def test_an_hour(desk: Desk) -> None:
    import convcost as cc

    # A cell asks what a layer costs, and what is in the answer.
    rows = {row.kind: row for row in cc.compare(3, 4, 3).rows}
    assert (rows["standard"].params, rows["depthwise-separable"].params) == (108, 39)
    assert "compare" in dir(cc)
    assert (cc.compare.__doc__ or "").strip()

    # A network by its name; loops over widths are plain Python.
    found = {alpha: cc.evaluate(cc.load("mobilenet_v1", {"alpha": alpha})) for alpha in (0.5, 1.0)}
    assert [report.macs for report in found.values()] == [149_497_088, 568_740_352]
    dearest = found[1.0].top("macs", 3)
    assert [layer.macs for layer in dearest] == sorted(
        (layer.macs for layer in found[1.0].layers), reverse=True
    )[:3]
    assert sum(layer.params for layer in found[1.0].layers) == found[1.0].params

    # What if; and a mistake is an exception that says what to do.
    slim = cc.rewrite(cc.load("vgg16"), cc.Replacement("standard", "depthwise-separable"))
    assert slim.cost_after.macs < slim.cost_before.macs
    with pytest.raises(cc.SpecError, match='did you mean "alpha"'):
        cc.load("mobilenet_v1", {"aplha": 0.5})

    # `!convcost ...` writes to a pipe: nothing is folded, and tables are whole.
    text = desk.pipes("convcost eval resnet50")
    assert len(text.lines) > 75
    assert "--all" not in text
    assert "\x1b" not in text

    # A cell shows HTML, a fragment that stands in any page.
    html = desk.pipes("convcost eval resnet50 --depth 1 --sort params --format html")
    assert html.startswith("<h3>resnet-50</h3>")
    assert "<td>layer4</td>" in html
    assert "<html" not in html
    assert html.count("<tr>") == html.count("</tr>") > 8

    # And the frame of a data library reads CSV or JSON.
    document = json.loads(desk.pipes("convcost eval resnet50 --format json --depth 1"))
    assert [each["name"] for each in document["networks"][0]["groups"]][2:6] == [
        f"layer{number}" for number in (1, 2, 3, 4)
    ]
    rows_of_csv = io.StringIO(desk.pipes("convcost eval resnet50 --format csv"))
    assert len(rows_of_csv.readlines()) == 1 + len(document["networks"][0]["layers"])
