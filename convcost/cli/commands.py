"""The commands: name, where each lives, and its line in `convcost --help`.

Only the module of the command that is named is imported, so a command costs nothing to the
others' start-up. Its target is a function, or the `typer.Typer` of a group of commands made by
`convcost.cli.app.group`.
"""

from __future__ import annotations

from collections.abc import Mapping

from convcost.frozen import Frozen


class Command(Frozen):
    """Where a command lives (`module:attribute`) and the first line of its docstring."""

    target: str
    help: str


COMMANDS: Mapping[str, Command] = {
    "compare": Command("convcost.cli.compare:compare", "The kinds side by side for one layer."),
    "explain": Command(
        "convcost.cli.explain:explain",
        "One kind: its formula, the numbers put in, stage by stage.",
    ),
    "kinds": Command("convcost.cli.kinds:kinds", "Every kind: formula, one line, source."),
    "draw": Command(
        "convcost.cli.draw:draw", "How a kind connects: a picture of its stages and maps."
    ),
    "eval": Command(
        "convcost.cli.eval:evaluate",
        "What networks cost: a table of layers and totals for each spec.",
    ),
    "check": Command("convcost.cli.check:check", "Hold networks to their budgets; for CI."),
    "lock": Command("convcost.cli.lock:lock", "Record today's totals as the baseline of check."),
    "init": Command(
        "convcost.cli.init:init", "Write convcost.toml with limits for the specs there are."
    ),
    "rewrite": Command(
        "convcost.cli.rewrite:rewrite",
        "What if: the layers of one kind replaced by another, or with fewer channels.",
    ),
    "suggest": Command(
        "convcost.cli.suggest:suggest", "The fewest layers to replace to come under a budget."
    ),
    "sweep": Command(
        "convcost.cli.sweep:sweep",
        "Every variant of a network: what each costs, and which are the best under limits.",
    ),
    "diff": Command(
        "convcost.cli.diff:diff", "What changed between two networks, and what it costs."
    ),
    "log": Command(
        "convcost.cli.log:log",
        "What a network cost along git's history, a row a commit that changed it.",
    ),
    "reconcile": Command(
        "convcost.cli.reconcile:reconcile",
        "One network, every tool's number, and what the differences are made of.",
    ),
    "roofline": Command(
        "convcost.cli.roofline:roofline",
        "What computing and moving take at least on a device, and which of both binds.",
    ),
    "measure": Command(
        "convcost.cli.measure:measure", "How long a network and its layers take here, timed."
    ),
    "report": Command(
        "convcost.cli.report:report",
        "Networks on a page to look at: one HTML file that fetches nothing.",
    ),
    "watch": Command(
        "convcost.cli.watch:watch",
        "What a network costs while its file is written: anew at each save, until Ctrl-C.",
    ),
    "fit": Command(
        "convcost.cli.fit:fit",
        "Whether a network fits a device: weights against flash, activations against SRAM.",
    ),
    "memory": Command(
        "convcost.cli.memory:memory",
        "Activations in memory: what is alive at each step, and where it lies.",
    ),
    "training": Command(
        "convcost.cli.training:training",
        "What a step of training multiplies, and the memory that it holds, part by part.",
    ),
    "reach": Command(
        "convcost.cli.reach:reach",
        "Receptive fields: how much of its input each layer of a network sees.",
    ),
    "zoo": Command("convcost.cli.zoo:zoo", "The networks that ship: input, params, MACs, paper."),
    "schema": Command(
        "convcost.cli.schema:schema", "JSON Schema of the spec language, for editors."
    ),
    "export": Command("convcost.cli.export:app", "Networks as code for PyTorch or Keras."),
    "import": Command("convcost.cli.import_:app", "Modules and files of frameworks as specs."),
}
