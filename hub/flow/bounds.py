"""What a typed word, number or choice may be, before anything is written."""

from collections.abc import Sequence

from hub.flow.refusal import Invalid

LONGEST_WORD = 200
MOST_DAYS = 36_500
"""A hundred years: beyond that it is a slip of the hand, and dates run out."""
MOST_TIMES = 1_000_000
"""So many batches, or minutes, are a slip of the hand."""


def word(given: str, *, field: str) -> str:
    """Return a typed name or code with its blanks tidied.

    :raises Invalid: it is empty, or longer than anybody reads.
    """
    tidy = " ".join(given.split())
    if not tidy or len(tidy) > LONGEST_WORD:
        raise Invalid(f"Write 1 to {LONGEST_WORD} characters.", field=field)
    return tidy


def choose(given: str, *, among: Sequence[str], field: str) -> None:
    """Refuse a word that is none of those there are.

    :raises Invalid: naming them.
    """
    if given not in among:
        raise Invalid(f"Choose one of {', '.join(among)}.", field=field)


def between(given: int | None, least: int, most: int, *, field: str) -> None:
    """Refuse a number outside its bounds; None is no number and passes.

    :raises Invalid: naming the bounds.
    """
    if given is not None and not least <= given <= most:
        raise Invalid(f"Write a number from {least} to {most}.", field=field)


def one_line(text: str, *, most: int, field: str) -> str:
    """Return a name as it is kept: trimmed, on one line.

    :raises Invalid: it is longer, or no single line; `field` names it.
    """
    tidy = text.strip()
    if len(tidy) > most or not tidy.isprintable():
        raise Invalid(f"Write at most {most} characters on one line.", field=field)
    return tidy
