"""What other tools and papers call our kinds, fields and words, for people who type those."""

from collections.abc import Iterable, Iterator
from itertools import islice

from convcost.spelling import nearest

_MOST_OPTIONS = 1000
_MEANT = {
    # kinds of convolution
    "standard": "conv convolution convolutional convlayer regular normal vanilla dense-conv "
    "conv3x3 conv5x5 conv7x7 3x3 conv-bn conv-bn-relu conv-bn-act conv-relu cbr basic-conv spatial",
    "depthwise": "dw dwconv dwise depthwise-conv depthwise-convolution depth-conv dwconv3x3",
    "pointwise": "pw pwconv 1x1 1x1conv conv1x1 pointwise-conv pointwise-convolution channel-mix",
    "group": "group-conv grouped-conv grouped grouped-convolution gconv group-convolution",
    "depthwise-separable": "separable separable-conv sepconv dsc dsconv dwsep dw-separable ds "
    "depthwise-separable-conv depthwise-separable-convolution xception",
    "spatial-separable": "asymmetric factorized factorised factorized-conv spatial-separable-conv",
    "transposed": "deconv deconvolution conv-transpose conv-transposed transposed-conv tconv "
    "transpose-conv transposed-convolution upconv up-conv fractionally-strided",
    "depthwise-separable-transposed": "separable-transposed separable-conv-transpose",
    "bsconv-u": "bsconv blueprint blueprint-separable",
    "low-rank": "low-rank-conv svd factorization",
    "tucker": "tucker2 tucker-decomposition",
    "cp": "cp-decomposition canonical-polyadic",
    "ghost": "ghost-module ghost-conv ghostnet",
    "mixed-depthwise": "mixconv mixnet mdconv mixed-conv",
    "partial": "pconv partial-conv fasternet",
    "octave": "octconv octave-conv oct",
    "bottleneck": "bottleneck-block resnet-bottleneck resnext",
    "inverted-residual": "mbconv irb inverted-bottleneck inverted-residual-block mbconv6 mb "
    "mobile-bottleneck mobilenetv2",
    "fire": "fire-module squeezenet",
    "shufflenet": "shuffle-unit shufflenet-v1",
    "dynamic": "dynamic-conv condconv dyconv",
    # other kinds
    "linear": "fc dense fully-connected fullyconnected inner-product gemm affine-layer logits "
    "classifier mlp",
    "global-avg-pool": "gap global-average-pool global-average-pooling global-avg-pooling avgpool1 "
    "global-pool global-pooling globalpool squeeze-spatial",
    "global-max-pool": "gmp global-max-pooling",
    "avg-pool": "average-pool average-pooling avg-pooling mean-pool average ap",
    "max-pool": "max-pooling pool pooling mp maxpooling",
    "adaptive-avg-pool": "adaptive-pool adaptive-average-pool adaptive-avg-pooling aap",
    "batch-norm": "bn batch-normalization batch-normalisation norm normalization sync-batch-norm",
    "layer-norm": "ln layer-normalization layer-normalisation",
    "group-norm": "gn group-normalization group-normalisation",
    "instance-norm": "in instance-normalization instance-normalisation",
    "upsample": "up upsampling unpool interpolate nearest-upsample upsample-nearest upscale",
    "dropout": "drop drop-path droppath stochastic-depth spatial-dropout alpha-dropout dropblock",
    "flatten": "flat",
    "identity": "noop no-op passthrough id",
    "concat": "cat concatenate concatenation route",
    "add": "sum plus eltwise addition element-wise-add",
    "multiply": "mul product times hadamard",
    "matmul": "bmm batch-matmul mm dot",
    "attention": "self-attention multi-head-attention mha sdpa scaled-dot-product-attention",
    "pad": "zero-pad zero-padding constant-pad",
    "crop": "center-crop cropping",
    "shuffle": "channel-shuffle",
    "reshape": "view",
    "permute": "transpose-dims swapaxes",
    "constant": "const buffer",
    # words that activations and norms go by, in fields and as kinds
    "silu": "swish swish1 sil",
    "hard-swish": "hswish h-swish",
    "hard-sigmoid": "hsigmoid h-sigmoid",
    "leaky-relu": "lrelu leaky",
    "sigmoid": "logistic sigm",
    "relu6": "relu-6 clipped-relu",
    "none": "identity-act no nothing off null false",
    "batch": "bn batchnorm batch-normalization",
    "layer": "ln layernorm layer-normalization",
    "instance": "in instancenorm",
    # fields
    "n": "in in-channels in-features input-channels cin c-in nin in-planes in-ch inc inputs-n",
    "m": "out out-channels out-features output-channels channels filters units features cout c-out "
    "nout out-planes planes num-filters num-output num-outputs nfilters out-ch neurons width ch",
    "k": "kernel kernel-size ksize kernels filter-size pool-size window ks kern kernel-shape",
    "stride": "strides s subsample step-size downsample-by",
    "padding": "pad pads p paddings border",
    "dilation": "dilations rate dilation-rate atrous dilate",
    "groups": "group g num-groups cardinality ngroups",
    "bias": "use-bias has-bias biases b with-bias bias-term",
    "act": "activation activations act-fn nonlinearity nonlin activation-fn act-layer activ",
    "norm": "normalization normalisation batch-norm bn norm-layer normalizer batchnorm use-bn",
    "inner_act": "inner-activation mid-act",
    "inner_norm": "inner-normalization mid-norm",
    "H": "height",
    "W": "wide",
    "size": "input-size resolution spatial input-shape in-size hw",
    "multiplier": "depth-multiplier channel-multiplier",
    "t": "expand expansion expand-ratio expansion-factor exp expansion-ratio",
    "squeeze": "reduction ratio se-ratio se squeeze-ratio reduction-ratio squeeze-channels",
    "s": "ratio",
    "scale": "scale-factor factor upscale-factor",
    "out": "output-size out-size target-size output",
    "ceil": "ceil-mode",
    "output_padding": "out-padding outpad",
    "affine": "learnable elementwise-affine",
    "order": "perm permutation axes",
    "axis": "dim",
    # keys of entries and of the spec
    "kind": "type op layer layer-type class module operation",
    "from": "input inputs source src bottom after prev previous",
    "name": "label title",
    "when": "if enabled condition only-if",
    "index": "counter loop-var",
    "use": "block call include",
    "repeat": "times count loop repeats repetitions number num-layers",
    "residual": "shortcut skip res identity-shortcut resblock",
    "layers": "network model backbone architecture modules nodes sequence stack",
    "body": "main branch",
    "input": "input-shape input-size shape in-shape image",
    "vars": "variables var constants args parameters",
    "params": "parameters arguments",
    "blocks": "definitions defs functions templates",
    "defaults": "default common",
    "budgets": "budget limits limit",
}
MEANT = {meaning: tuple(words.split()) for meaning, words in _MEANT.items()}
"""For each name of ours the words that are meant by it, where that name may stand."""
NO_KINDS = {
    'it is no kind but an entry of its own: "residual: [...]", with its layers in the list': (
        *(
            "residual",
            "shortcut",
            "skip",
            "skip-connection",
            "res-block",
            "residual-block",
            "resnet",
        ),
        *("basic-block",),
    ),
    "squeeze-and-excite is a block that ships: {use: squeeze-excite, squeeze: 16}": (
        *(
            "se",
            "squeeze-excite",
            "squeeze-excitation",
            "squeeze-and-excite",
            "se-block",
            "se-layer",
        ),
        "squeeze-and-excitation",
    ),
    "layers that follow each other stand in a list, without a kind": ("sequential", "sequence"),
    'branches are no kind but an entry of its own: "concat:", a list of lists of layers': (
        *("inception", "branches", "parallel", "split"),
    ),
    "a dense layer is a block that ships: {use: dense-layer, growth: 32}": (
        *("dense-layer", "dense-block", "densenet"),
    ),
    'the input is no layer: it stands at the top of the spec, "input: 3x224x224"': (
        *("input", "input-layer", "image", "data"),
    ),
    'an entry that places a block has "use" in place of "kind"': ("block", "use", "module"),
    'an entry that repeats layers has "repeat" in place of "kind"': ("repeat", "loop"),
}
"""What to do where a word is meant that no kind is, and which words are such."""
_NO_KINDS = {word: remedy for remedy, words in NO_KINDS.items() for word in words}


def meant(word: str, options: Iterable[str]) -> str:
    """`did you mean "k"?` for the one of `options` that `word` is another name of, or nearest to;
    an empty string if there is none."""
    found = meaning(word, options)
    return f'did you mean "{found}"?' if found else ""


def meaning(word: str, options: Iterable[str], is_exact: bool = False) -> str:
    """That option itself; `is_exact`: only by a name that is spelled right."""
    names = dict(_names(islice(options, _MOST_OPTIONS)))
    plain = squashed(word)
    # A letter is near to whatever is short.
    near = nearest(plain, names) if not is_exact and len(plain) > 1 else ""
    return names.get(plain) or names.get(near, "")


def meant_kind(word: str, kinds: Iterable[str]) -> str:
    """What to write in place of an unknown kind."""
    others = {squashed(other): remedy for other, remedy in _NO_KINDS.items()}
    return others.get(squashed(word)) or meant(word, kinds) or '"convcost kinds" lists them'


def squashed(word: str) -> str:
    """A word as far as it matters: `nn.MaxPool2d`, `max_pool` and `MaxPooling2D` are alike."""
    plain = word.rpartition(".")[2].lower()
    plain = "".join(each for each in plain if each not in "-_ ")
    stem = plain[:-2] if plain.endswith(("1d", "2d", "3d")) else plain
    return stem or word.lower()


def _names(options: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Every plain word for the options, with what it means. The last counts: an option itself
    before the words of others, and of those the words of the first."""
    own = list(options)
    for option in reversed(own):
        for other in MEANT.get(option, ()):
            yield squashed(other), option
    for option in own:
        yield squashed(option), option
