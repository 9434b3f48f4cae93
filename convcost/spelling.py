"""Did you mean: the word that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

# Nobody mistypes longer words, and comparing takes time with the length and number of words.
_LONGEST_WORD = 60
_MOST_OPTIONS = 1000


def did_you_mean(word: str, options: Iterable[str]) -> str:
    """`did you mean "kernel"?` for the one of `options` nearest to `word`, or an empty string.

    Upper and lower case count as the same letter. Only the first thousand options are looked at.
    """
    if len(word) > _LONGEST_WORD:
        return ""
    import difflib  # here, because it costs start-up time and only mistakes need it

    spellings: dict[str, str] = {}
    for option in islice(options, _MOST_OPTIONS):
        spellings.setdefault(option.lower(), option)
    nearest = difflib.get_close_matches(word.lower(), spellings, n=1, cutoff=0.6)
    return f'did you mean "{spellings[nearest[0]]}"?' if nearest else ""
