"""Did you mean: the word that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import nlargest
from itertools import islice, pairwise

# Nobody mistypes longer words, and comparing takes time with the length and number of words.
_LONGEST_WORD = 60
_MOST_OPTIONS = 1000
_MOST_COMPARED = 20


def did_you_mean(word: str, options: Iterable[str]) -> str:
    """`did you mean "kernel"?` for the one of `options` nearest to `word`, or an empty string."""
    found = nearest(word, options)
    return f'did you mean "{found}"?' if found else ""


def nearest(word: str, options: Iterable[str]) -> str:
    """The one of `options` nearest to `word`, or an empty string if none is near.

    Upper and lower case count as the same letter. Only the first thousand options are looked at,
    and only those that share most with the word are compared letter by letter.
    """
    if len(word) > _LONGEST_WORD:
        return ""
    import difflib  # here, because it costs start-up time and only mistakes need it

    spellings: dict[str, str] = {}
    for option in islice(options, _MOST_OPTIONS):
        spellings.setdefault(option.lower(), option)
    if len(spellings) > _MOST_COMPARED:
        parts = _parts(word.lower())
        likely = nlargest(_MOST_COMPARED, spellings, key=lambda option: _shared(parts, option))
        spellings = {option: spellings[option] for option in likely}
    found = difflib.get_close_matches(word.lower(), spellings, n=3, cutoff=0.6)
    # Letters exchanged, or a word that was cut off, are more likely than other letters.
    letters = sorted(word.lower())
    found.sort(key=lambda option: sorted(option) != letters and not option.startswith(word.lower()))
    return spellings[found[0]] if found else ""


def _parts(word: str) -> set[object]:
    """A word's letters and pairs of letters: words that share many are worth a comparison."""
    return {*word, *pairwise(word)}


def _shared(parts: set[object], option: str) -> float:
    """How much of a word's parts and of an option's the two have in common."""
    others = _parts(option[:_LONGEST_WORD])
    return len(parts & others) / (len(parts) + len(others) or 1)
