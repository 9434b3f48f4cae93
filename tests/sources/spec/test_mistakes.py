"""What people write who know other tools, and the one fix that each is told."""

from __future__ import annotations

import pytest

from convcost.errors import Problem, SpecError
from convcost.kinds import REGISTRY
from convcost.kinds.words import MEANT, NO_KINDS, meaning, squashed
from convcost.sources.spec.forms import FORMS, OTHERS, layer_form
from convcost.sources.spec.reading import parse_spec


def problem(text: str) -> Problem:
    with pytest.raises(SpecError) as caught:
        parse_spec(text, "test.yaml")
    return caught.value.problems[0]


def entry(text: str) -> Problem:
    return problem(f"input: 8x32x32\nlayers:\n  - {text}\n")


@pytest.mark.parametrize(
    ("written", "note"),
    [
        ("{use: squeeze-excite, squeeze: 2}", "is 2 channels in between, of 8; for one in 2 of "),
        (
            "{use: inverted-residual, m: 8, squeeze: 4}",
            "of 48; for one in 4 of them write squeeze: 12",
        ),
        (
            "{use: inverted-residual, m: 8, t: 50, squeeze: 16}",
            "of 400; for one in 16 of them write ",
        ),
        ("{use: ghost-bottleneck, m: 8, width: 96, squeeze: 4}", "write squeeze: 24"),
        ("{use: inverted-residual, m: 8, squeeze: 8}", ""),
        ("{use: inverted-residual, m: 8, t: 50, squeeze: 40}", ""),
        ('{use: inverted-residual, m: 8, squeeze: "${n // 4}"}', ""),
        ("{use: inverted-residual, m: 8}", ""),
        ("{kind: fire, m: 8, k: 3, squeeze: 4}", ""),
    ],
)
def test_a_squeeze_that_looks_like_a_ratio_says_what_it_means(written: str, note: str) -> None:
    notes = parse_spec(f"input: 8x32x32\nlayers:\n  - {written}\n").network.notes
    assert (note in "".join(notes)) if note else not notes


def test_a_squeeze_is_no_share() -> None:
    found = entry("{use: inverted-residual, m: 8, squeeze: 0.25}")
    assert found.message == "squeeze is how many channels there are in between, not a share of them"
    assert (found.hint, found.notes) == ("0.25 of 48 is squeeze: 12", ())


KINDS = {
    "standard": "conv conv1d conv2d conv3d Conv2d nn.Conv2d Conv2D convolution Convolution conv3x3 "
    "torch.nn.Conv2d tf.keras.layers.Conv2D conv_bn_relu ConvBNReLU regular_conv standart Standard",
    "depthwise": "dwconv dw DWConv DepthwiseConv2D depthwise_conv depthwise_conv2d depth-wise",
    "pointwise": "pwconv pw 1x1 conv1x1 1x1conv pointwise_conv point-wise",
    "group": "group_conv GroupConv grouped grup",
    "depthwise-separable": "SeparableConv2D separable separable_conv sepconv depthwise_separable "
    "DepthwiseSeparableConv depthwise-seperable",
    "transposed": "deconv Deconvolution ConvTranspose2d convtranspose Conv2DTranspose "
    "transposed_conv conv_transpose2d upconv",
    "linear": "fc dense Dense Linear nn.Linear fully_connected FullyConnected InnerProduct lineer",
    "global-avg-pool": "gap globalavgpool GlobalAveragePooling2D global_avg_pool globalpool",
    "avg-pool": "avgpool AvgPool2d average_pooling AveragePooling2D avg_pool",
    "max-pool": "maxpool MaxPool2d max_pool MaxPooling2D pool maxpooling",
    "adaptive-avg-pool": "AdaptiveAvgPool2d adaptive_avg_pool2d adaptiveavgpool",
    "batch-norm": "bn batchnorm BatchNorm2d BatchNormalization batch_norm SyncBatchNorm",
    "group-norm": "gn GroupNorm groupnorm group_norm",
    "layer-norm": "ln LayerNorm layernorm layer_norm LayerNormalization",
    "instance-norm": "InstanceNorm2d instance_norm",
    "relu": "ReLU Relu nn.ReLU",
    "relu6": "ReLU6 relu_6 Relu6",
    "silu": "swish SiLU Swish sillu",
    "hard-swish": "hswish h_swish Hardswish hard_swish HardSwish",
    "hard-sigmoid": "hsigmoid Hardsigmoid hard_sigmoid",
    "leaky-relu": "LeakyReLU lrelu leaky leaky_relu",
    "dropout": "Dropout Dropout2d drop_path droppath",
    "flatten": "Flatten flat",
    "upsample": "upsampling UpSampling2D Upsample interpolate",
    "inverted-residual": "mbconv MBConv inverted_residual InvertedResidual",
    "concat": "cat Concatenate route",
    "identity": "Identity noop",
    "softmax": "Softmax",
    "pad": "ZeroPad2d ZeroPadding2D",
    "shuffle": "channel_shuffle",
}


@pytest.mark.parametrize(("word", "kind"), [(w, k) for k in KINDS for w in KINDS[k].split()])
def test_a_kind_by_another_name(word: str, kind: str) -> None:
    found = entry(f"{{kind: {word}, m: 8, k: 3}}")
    assert found.message == f'unknown kind "{word}"'
    assert found.hint == f'did you mean "{kind}"?'


@pytest.mark.parametrize(
    ("word", "remedy"),
    [
        ("residual", '"residual: [...]"'),
        ("shortcut", '"residual: [...]"'),
        ("skip", '"residual: [...]"'),
        ("skip_connection", '"residual: [...]"'),
        ("BasicBlock", '"residual: [...]"'),
        ("se", "{use: squeeze-excite"),
        ("squeeze-excite", "{use: squeeze-excite"),
        ("SqueezeExcitation", "{use: squeeze-excite"),
        ("Sequential", "stand in a list"),
        ("inception", '"concat:"'),
        ("InputLayer", '"input: 3x224x224"'),
        ("xyzzy", '"convcost kinds" lists them'),
        ("quux", '"convcost kinds" lists them'),
    ],
)
def test_what_is_no_kind_at_all(word: str, remedy: str) -> None:
    hint = entry(f"{{kind: {word}, m: 8}}").hint
    assert remedy in hint
    assert len(hint) < 120


FIELDS = {
    ("standard", "m"): "out_channels out filters features units channels outc planes",
    ("standard", "n"): "in_channels cin in_features",
    ("standard", "k"): "kernel kernel_size ksize kernal kernelsize filter_size",
    ("standard", "stride"): "strides s strde",
    ("standard", "padding"): "pad pads paddings",
    ("standard", "groups"): "group g num_groups",
    ("standard", "dilation"): "dilation_rate rate dilations dilaton",
    ("standard", "bias"): "use_bias biases",
    ("standard", "act"): "activation nonlinearity act_layer actvation",
    ("standard", "norm"): "normalization batch_norm bn norm_layer",
    ("standard", "H"): "height h",
    ("standard", "W"): "w",
    ("standard", "from"): "input inputs source",
    ("standard", "name"): "label nme",
    ("standard", "when"): "if",
    ("linear", "m"): "units out_features num_outputs",
    ("linear", "bias"): "use_bias",
    ("linear", "act"): "activation",
    ("depthwise", "multiplier"): "depth_multiplier channel_multiplier",
    ("inverted-residual", "t"): "expand expansion expand_ratio",
    ("fire", "squeeze"): "ratio reduction se",
    ("ghost", "s"): "ratio",
    ("max-pool", "k"): "pool_size kernel_size window",
    ("max-pool", "ceil"): "ceil_mode",
    ("upsample", "scale"): "scale_factor factor",
    ("adaptive-avg-pool", "out"): "output_size target_size",
    ("transposed", "output_padding"): "out_padding outputpadding",
    ("permute", "order"): "perm axes",
}
NEEDED = {"m": "8", "k": "3", "scale": "2", "out": "4", "order": "[0, 1, 2]"}


@pytest.mark.parametrize(
    ("kind", "word", "field"),
    [(kind, word, field) for (kind, field), words in FIELDS.items() for word in words.split()],
)
def test_a_field_by_another_name(kind: str, word: str, field: str) -> None:
    needed = (name for name in REGISTRY[kind].required if name in NEEDED and name != field)
    fields = ", ".join([f"kind: {kind}", *(f"{name}: {NEEDED[name]}" for name in needed)])
    with pytest.raises(SpecError) as caught:
        parse_spec(f"input: 8x32x32\nlayers:\n  - {{{fields}, {word}: 2}}\n", "test.yaml")
    told = {each.message: each.hint for each in caught.value.problems}
    article = "an" if kind[0] in "aeiou" else "a"
    assert told[f'unexpected key "{word}" in {article} {kind} layer'] == f'did you mean "{field}"?'


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("act: swish", 'did you mean "silu"?'),
        ("act: ReLU", 'did you mean "relu"?'),
        ("act: hswish", 'did you mean "hard-swish"?'),
        ("act: LeakyReLU", 'did you mean "leaky-relu"?'),
        ("act: nn.GELU", 'did you mean "gelu"?'),
        ("act: sigmoyd", 'did you mean "sigmoid"?'),
        ("norm: bn", 'did you mean "batch"?'),
        ("norm: BatchNorm2d", 'did you mean "batch"?'),
        ("norm: batchnorm", 'did you mean "batch"?'),
        ("norm: ln", 'did you mean "layer"?'),
        ("norm: instance_norm", 'did you mean "instance"?'),
        ("padding: SAME", 'did you mean "same"?'),
        ("padding: valide", 'did you mean "valid"?'),
        ("weights: shard", 'did you mean "shared"?'),
    ],
)
def test_a_value_by_another_name(text: str, hint: str) -> None:
    assert entry(f"{{kind: standard, m: 8, k: 3, {text}}}").hint == hint


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("{type: standard, m: 8, k: 3}", 'did you mean "kind"?'),
        ("{layer: standard, m: 8, k: 3}", 'did you mean "kind"?'),
        ("{op: standard, m: 8, k: 3}", 'did you mean "kind"?'),
        ("{m: 8, k: 3, type: standard}", 'did you mean "kind"?'),
        ("{knd: standard, m: 8, k: 3}", 'did you mean "kind"?'),
        ("{block: unit}", 'did you mean "use"?'),
        ("{times: 3, layers: [{kind: relu}]}", 'did you mean "repeat"?'),
        ("{skip: true, layers: [{kind: relu}]}", 'did you mean "residual"?'),
        ("{shortcut: [{kind: relu}]}", 'did you mean "residual"?'),
        ("{cat: [[{kind: relu}]]}", 'did you mean "concat"?'),
        ("{sum: [[{kind: relu}]]}", 'did you mean "add"?'),
        ("{standard: {m: 8, k: 3}}", "write {kind: standard, ...}"),
        ("{Conv2d: {m: 8, k: 3}}", "write {kind: standard, ...}"),
        ("max-pool: 2", "write {kind: max-pool, ...}"),
        ("{m: 8}", "give it one of kind, use, repeat, residual, concat, add, multiply"),
        ("relu", "write {kind: relu}"),
        ("ReLU", "write {kind: relu}"),
        ("flatten", "write {kind: flatten}"),
        ("conv", "write {kind: standard}"),
        ("3", "such as {kind: standard, ...}"),
        ("[{kind: relu}]", "a list in a list is a branch: concat, add and multiply hold those"),
    ],
)
def test_an_entry_that_says_it_another_way(text: str, hint: str) -> None:
    assert entry(text).hint == hint


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("input_shape", "input"),
        ("shape", "input"),
        ("network", "layers"),
        ("model", "layers"),
        ("backbone", "layers"),
        ("variables", "vars"),
        ("budget", "budgets"),
        ("limits", "budgets"),
        ("block", "blocks"),
        ("default", "defaults"),
    ],
)
def test_a_key_of_the_spec_by_another_name(key: str, meant: str) -> None:
    keys = {"input": "3x4x4", "layers": "[{kind: relu, n: 3}]"}
    rest = "\n".join(f"{name}: {value}" for name, value in keys.items() if name != meant)
    found = problem(f"{key}: 3\n{rest}\n")
    assert found.hint == f'did you mean "{meant}"?'


@pytest.mark.parametrize(
    ("argument", "meant"), [("expand", "t"), ("expansion", "t"), ("se_ratio", "squeeze")]
)
def test_a_parameter_of_a_block_by_another_name(argument: str, meant: str) -> None:
    found = entry(f"{{use: inverted-residual, m: 8, {argument}: 4}}")
    assert found.hint == f'did you mean "{meant}"?'


def forms() -> list[tuple[str, ...]]:
    """Names that stand beside each other: kinds, and the keys of each form."""
    keys = [tuple(layer_form(kind).keys) for kind in REGISTRY]
    return [
        tuple(REGISTRY),
        *keys,
        *(tuple(each.keys) for each in (*FORMS.values(), *OTHERS.values())),
    ]


WORDS = [field.about.words for kind in REGISTRY.values() for field in kind.fields.values()] + [
    ("t", "squeeze", "params", "vars", "layers"),
    ("kind", *FORMS),
]


@pytest.mark.parametrize("meaning_of", MEANT)
def test_every_word_leads_to_what_it_means(meaning_of: str) -> None:
    options = [each for each in (*forms(), *WORDS) if meaning_of in each]
    for word in MEANT[meaning_of]:
        found = [meaning(word, each) for each in options]
        own = [each for each in options if squashed(word) in map(squashed, each)]
        assert meaning_of in found or len(own) == len(options), word


def test_no_word_is_in_both_tables_but_for_the_kinds_themselves() -> None:
    words = [word for words in NO_KINDS.values() for word in words]
    assert len(words) == len(set(words))
    assert not set(words) & set(REGISTRY)


def messages(text: str) -> list[tuple[int, str]]:
    """Line and message of each problem."""
    with pytest.raises(SpecError) as caught:
        parse_spec(text, "test.yaml")
    return [(each.place.line if each.place else 0, each.message) for each in caught.value.problems]


def test_problems_stand_in_the_order_of_lines() -> None:
    found = messages("""\
input: 3x8x8
layers:
  - {kind: relv}
  - {use: own}
  - {kind: standard, m: 0, k: 3}
blocks: {own: {layer: []}}
budgets: {parms: 3}
defaults: {nrm: batch}
notes: anything
""")
    assert [line for line, _ in found] == sorted(line for line, _ in found)
    assert {line for line, _ in found} == {3, 5, 6, 7, 8, 9}


def test_a_layer_that_cannot_be_built_has_its_name_for_those_behind() -> None:
    assert messages("""\
input: 3x8x8
layers:
  - {name: stem, kind: conv, m: 4, k: 3}
  - {name: wide, kind: standard, m: 4, k: 99, padding: 0, from: input}
  - {name: body, residual: [{name: deep, kind: standard, m: 4, kernal: 3, k: 3}]}
  - {kind: add, from: [stem, wide, body, body.deep]}
  - {repeat: 2, layers: [{kind: relu, from: stem}]}
  - {kind: relu, from: missing}
""") == [
        (3, 'unknown kind "conv"'),
        (4, "layer wide (standard): a kernel of 99 is larger than its padded input of 8"),
        (5, 'unexpected key "kernal" in a standard layer'),
        (8, 'no layer before this one is named "missing"'),
    ]


def test_a_key_under_another_name_is_not_missing_as_well() -> None:
    assert messages("{input: 3x8x8, layers: [{kind: linear, units: 10}]}") == [
        (1, 'unexpected key "units" in a linear layer')
    ]


def test_a_wrong_default_leaves_the_others() -> None:
    assert messages(
        "{input: 3x8x8, defaults: {k: 3, nrm: x}, layers: [{kind: standard, m: 4}]}"
    ) == [(1, 'no convolution takes "nrm"')]


@pytest.mark.parametrize("form", ["concat", "add", "multiply"])
@pytest.mark.parametrize("branches", ["[{kind: relu}, {kind: relu}]", "{a: {kind: relu}, b: []}"])
def test_a_branch_is_a_list_of_layers(form: str, branches: str) -> None:
    found = entry(f"{form}: {branches}")
    assert found.message == f"a branch of {form} is a list of layers, also of one"
    assert found.hint == "write [{kind: ...}]"
    assert len(messages(f"input: 8x4x4\nlayers:\n  - {form}: {branches}\n")) == 1


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("{kind: fire, m: 8, k: 3, squeeze: true}", "squeeze: channels in between, b;"),
        ("{kind: ghost, m: 8, k: 3, s: 0}", "s: outputs for each one that is computed in full"),
    ],
)
def test_a_wrong_value_is_told_what_its_field_means(text: str, hint: str) -> None:
    assert entry(text).hint.startswith(hint)
