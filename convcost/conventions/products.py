"""The conventions that count products and nothing else: papers, PyTorch's own, and XLA's."""

from convcost.conventions.base import Convention

MULTIPLY_ADDS = {
    "conv": 1,
    "transposed conv": 1,
    "channel-wise conv": 1,
    "linear": 1,
    "matmul": 1,
    "recurrent": 1,
}

PRODUCTS = (
    Convention(
        "papers",
        "multiply-adds of convolutions, linear layers and matrix products, and nothing else, as "
        "the MobileNet, ShuffleNet and ResNet papers count",
        MULTIPLY_ADDS | {"unknown": 1},
    ),
    Convention(
        "torch",
        "as papers, but prints two FLOPs for each multiply-add",
        MULTIPLY_ADDS | {"recurrent cell": 1, "recurrent projected": 1, "recurrent lstm": 0},
        tool="torch.utils.flop_counter, torch 2.13.0",
        each=2,
        unit="FLOPs",
        mistakes=(
            (
                "misses an LSTM that runs as one operation: on a CPU one of several steps without "
                "projections, while on the meta device it counts any"
            ),
            "misses fused attention on a CPU; it is counted here, as on other devices",
        ),
    ),
    Convention(
        "torchvision",
        'as papers; published as "_ops" of each set of weights, in units of 10^9',
        MULTIPLY_ADDS,
        tool="torchvision 0.28.0",
        unit="FLOPS",
        mistakes=("calls multiply-adds FLOPS",),
    ),
    Convention(
        "xla",
        "multiply-adds of convolutions, with what is inside the image, and of dots",
        {
            "conv inside": 1,
            "transposed conv inside": 1,
            "channel-wise conv": 1,
            "linear": 1,
            "matmul": 1,
            "recurrent": 1,
        },
        tool="XLA's cost analysis of convolutions and dots, jax 0.10.2",
        each=2,
        unit="flops",
        mistakes=(
            "counts element-wise work besides, which is left out here",
            "counts the body of a loop once, such as a recurrent layer's; here every step counts",
        ),
    ),
)
