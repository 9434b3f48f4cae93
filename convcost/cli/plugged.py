"""Code of the user's own that a command line names, which is loaded before its command is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from convcost.errors import UsageError
from convcost.text import CARRIED

_WITH, _INSTALLED = "--with", "--plugins"


def load_typed(args: Sequence[str]) -> None:
    """Load what `--with FILE.py` and `--plugins` name; the errors are those of `load`.

    UsageError, too, where a file is called as one of these words: a shell's `*` may have typed it.
    """
    CARRIED.clear()
    if not any(word.startswith((_WITH, _INSTALLED)) for word in args):
        return
    from convcost.sources.plugins import load
    from convcost.sources.targets import refuse_file

    for word, path in _typed(args):
        refuse_file(word, f"./{word} is the file; to load code, rename that")
        load(path)
        CARRIED.extend([_WITH, path] if path else [_INSTALLED])


def _typed(args: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The words that load code, and the files that they name, "" for installed packages."""
    from convcost.sources.plugins import is_plugin

    for at, word in enumerate(args):
        option, equals, path = word.partition("=")
        if word == "--":
            return
        if word == _INSTALLED:
            yield word, ""
        elif option == _WITH:
            path = path if equals else "".join(args[at + 1 : at + 2])
            if is_plugin(path):
                yield word, path


def rules_in(paths: Sequence[str] | None) -> list[str]:
    """Of the files of `--with` those that are no code, which is loaded already."""
    if not paths:
        return []
    from convcost.sources.plugins import is_plugin

    return [each for each in paths if not is_plugin(each)]


def refuse_rules(paths: Sequence[str] | None) -> None:
    """UsageError for files of `--with` that are no code, where no network is imported."""
    if rules := rules_in(paths):
        raise UsageError(
            f"--with {rules[0]} is for commands that import networks",
            hint="here it takes code of your own: --with FILE.py",
        )
