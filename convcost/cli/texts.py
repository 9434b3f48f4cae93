"""A command whose options and arguments are the texts that were typed, or flags."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any

import typer
from typer.core import TyperCommand
from typer.main import get_command

from convcost.cli.plugged import refuse_rules
from convcost.cli.terminal import set_plain


class TextCommand(TyperCommand):
    """A Typer command that takes values as they are: its parameters are `str`, lists of `str`,
    and flags.

    Typer converts each value to the type of its parameter, since 0.29 with pydantic, whose import
    alone doubles the time that a command takes to start. Here is nothing to convert: what texts
    mean is read where they are used (`convcost.cli.values`).
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        """A command as Typer makes it, with the options more that every command has."""
        super().__init__(*args, **options)
        taken = {opt for param in self.params for opt in param.opts}
        self.params += [each for each in _own_options() if taken.isdisjoint(each.opts)]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Set `ctx.params`; Typer's exceptions for what is missing, unknown or too much."""
        given, rest, _ = self.make_parser(ctx).parse_args(args=list(args))
        set_plain(bool(given.get("plain")))
        refuse_rules(given.get("code"))
        params: list[Any] = self.get_params(ctx)
        for param in sorted(params, key=lambda each: not each.is_eager):
            value = given.get(param.name)
            if isinstance(value, bool) or (value is None and param.required):
                param.handle_parse_result(ctx, given, rest)  # a flag, or what must be given
            elif param.expose_value:
                ctx.params[param.name] = _text(ctx, param, value)
        if rest and not ctx.resilient_parsing:
            ctx.fail(f"Got unexpected extra argument(s) ({' '.join(rest)})")
        return rest

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """The arguments as they are spelled in the help; Typer's own spelling is ever another."""
        arguments = [each for each in self.params if each.param_type_name == "argument"]
        return [self.options_metavar or "", *(str(each.metavar) for each in arguments)]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Arguments and options with their help; Typer's own names types since 0.29, and here all
        are texts."""
        for title, sort in (("Arguments", "argument"), ("Options", "option")):
            params = [each for each in self.get_params(ctx) if each.param_type_name == sort]
            records = [(each, each.get_help_record(ctx)) for each in params]
            told = [
                (each.metavar if sort == "argument" else record[0], record[1])
                for each, record in records
                if record
            ]
            if told:
                with formatter.section(title):
                    formatter.write_dl(told)


Code = Annotated[
    list[str] | None,
    typer.Option(
        "--with",
        metavar="FILE",
        help="Code of your own, FILE.py: kinds, metrics. Again for more.",
    ),
]
Plugins = Annotated[
    bool, typer.Option("--plugins", help="Load the plugins that installed packages offer.")
]
Plain = Annotated[
    bool, typer.Option("--plain", help="For screen readers: no bars, no rules, a row a line.")
]


@cache
def _own_options() -> list[Any]:
    """What every command has. Typer makes them, as what makes one differs by version."""
    app = typer.Typer(add_completion=False)

    @app.command()
    def only(code: Code = None, plugins: Plugins = False, plain: Plain = False) -> None:
        """Stands for any command."""

    options: list[Any] = get_command(app).params[:3]
    for each in options:
        each.expose_value = False
    return options


def _text(ctx: Any, param: Any, value: Any) -> Any:
    if value is None:
        return param.default
    is_read = param.callback and not ctx.resilient_parsing
    return param.callback(ctx, param, value) if is_read else value
