"""Whatever is done to a spec, the answer is a network or a SpecError: on its structure, on its
bytes, and on nothing but noise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from convcost.cost import evaluate
from convcost.errors import Problem, SpecError
from convcost.sources.spec.reading import spec_of
from convcost.sources.yaml.reader import read_text

SPECS = sorted(Path(__file__).parents[3].joinpath("specs").glob("*.yaml"))
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in SPECS}
TREES = {name: yaml.safe_load(text) for name, text in TEXTS.items()}
WORDS = sorted({word for text in TEXTS.values() for word in text.replace(":", " ").split()})

odd_values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=-3, max_value=2000),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(WORDS),
    st.sampled_from(["${n}", "${n * n * n}", "${1/0}", "${i}", "${x}", "$${", "same", "1e3"]),
    st.just([]),
    st.just({}),
    st.lists(st.integers(min_value=-1, max_value=9), max_size=4),
)
bounded = settings(
    max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def outcome(text: str | bytes) -> None:
    """Read and evaluate `text`; anything but success or a SpecError with a message is a bug."""
    problems: tuple[Problem, ...] = ()
    try:
        report = evaluate(spec_of(read_text(text, "fuzzed.yaml"), {}).network)
    except SpecError as error:
        problems = error.problems
    else:
        assert report.macs == sum(layer.macs for layer in report.layers)
    assert all(problem.message and problem.place for problem in problems)


def spots(tree: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) of a tree of lists and dicts."""
    found: list[tuple[Any, Any]] = []
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        keys = list(node) if isinstance(node, dict) else range(len(node))
        for key in keys:
            found.append((node, key))
            if isinstance(node[key], (dict, list)):
                waiting.append(node[key])
    return found


@bounded
@given(st.data())
def test_a_spec_with_some_of_its_structure_changed(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(TREES)))
    tree = yaml.safe_load(TEXTS[name])
    for _ in range(data.draw(st.integers(1, 3))):
        places = spots(tree)
        if not places:
            break
        container, key = places[data.draw(st.integers(0, len(places) - 1))]
        other, other_key = places[data.draw(st.integers(0, len(places) - 1))]
        match data.draw(st.sampled_from(["replace", "remove", "add", "move"])):
            case "replace":
                container[key] = data.draw(odd_values)
            case "remove":
                del container[key]
            case "move":
                container[key] = yaml.safe_load(yaml.safe_dump(other[other_key]))
            case _ if isinstance(container, dict):
                container[data.draw(st.sampled_from(WORDS))] = data.draw(odd_values)
            case _:
                container.insert(key, data.draw(odd_values))
    outcome(yaml.safe_dump(tree, allow_unicode=True))


@bounded
@given(
    st.sampled_from(sorted(TEXTS)),
    st.lists(
        st.tuples(st.integers(0, 5000), st.integers(0, 6), st.binary(max_size=6)),
        min_size=1,
        max_size=4,
    ),
)
def test_a_spec_with_some_of_its_bytes_changed(
    name: str, edits: list[tuple[int, int, bytes]]
) -> None:
    raw = TEXTS[name].encode()
    for where, length, new in edits:
        start = where % (len(raw) + 1)
        raw = raw[:start] + new + raw[start + length :]
    outcome(raw)


@bounded
@given(st.lists(st.sampled_from(["- ", "  ", "\n", ": ", "{", "}", "[", "]", ", ", *WORDS])))
def test_words_of_specs_in_any_order(words: list[str]) -> None:
    outcome("".join(words))
