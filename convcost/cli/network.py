"""Commands about one network, which have options about it and about their result in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from convcost.cli.inputs import Arguments, Input, InputsFrom, Rules, Spec, given_in, read_one
from convcost.cli.options import Color
from convcost.cli.output import Files, format_option, printer
from convcost.cli.signatures import Command, Function, Parameters, parameters
from convcost.cli.specs import Overrides, tell_unknown
from convcost.cli.terminal import ColorChoice

if TYPE_CHECKING:
    from convcost.cost import Report
    from convcost.network import Network


class Asked(NamedTuple):
    """The network that a command is about, and where its result goes."""

    path: str
    overrides: list[str] | None
    inputs: tuple[list[str] | None, list[str] | None, str | None, list[str] | None]
    show: Callable[..., None]
    color: ColorChoice

    def network(self) -> Network:
        """What it is; options of the command are looked at before."""
        return read_one(self.path, self.overrides, given_in(*self.inputs)).network

    def report(self) -> Report:
        """What it costs."""
        from convcost.cost import evaluate

        return evaluate(self.network())

    def answer(self, report: Report, *result: Any, **options: Any) -> None:
        """Show the result, and say what of the network is not understood."""
        self.show(*result, **options)
        tell_unknown([report], self.color)


def about_network(result: str) -> Callable[[Function], Command]:
    """Give a command these options, the network first, in the place of its first parameter, which
    is `Asked`."""
    formats = Annotated[str, format_option(result)]

    def shown(own: Parameters) -> Parameters:
        path, *others = parameters(_asked)[1:]
        common = [
            each.replace(annotation=formats) if each.name == "output_format" else each
            for each in others
        ]
        return [path, *own[1:], *common]

    def decorated(function: Function) -> Command:
        def called(**options: Any) -> None:
            names = [each.name for each in parameters(_asked)[1:]]
            asked = _asked(result, **{name: options.pop(name) for name in names})
            function(asked, **options)

        return Command(function, shown, called)

    return decorated


def _asked(
    result: str,
    path: Spec,
    overrides: Overrides = None,
    input_shape: Input = None,
    arguments: Arguments = None,
    inputs_from: InputsFrom = None,
    rules: Rules = None,
    output_format: str = "table",
    outputs: Files = None,
    color: Color = "auto",
) -> Asked:
    show = printer(result, output_format, color, outputs)
    return Asked(path, overrides, (input_shape, arguments, inputs_from, rules), show, color)
