"""Makes text safe to keep and to show: what cannot be stored or steers a screen is taken out."""

import re
from dataclasses import fields, is_dataclass, replace
from typing import TypeVar

_UNFIT = re.compile(
    "[\u202b\u202d\u202e\u2067\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]"
)
"""What no database takes, or no screen shows, and what turns the direction of reading: 21 would
be shown as 12."""
_WITHOUT_WIDTH = re.compile(
    "[\u200b\u200e\u200f\u202a\u202c\u2060-\u2066\u2068\u2069\ufeff]"
)
"""Marks that show as nothing; left to right is how our text runs anyway."""
_BLANKS = re.compile(r"\s+")
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")

Made = TypeVar("Made")


def clean(text: str) -> str:
    """Return text a database takes and a screen shows as it is; lines end with a line feed."""
    return _UNFIT.sub("\ufffd", _WITHOUT_WIDTH.sub("", _LINE_ENDS.sub("\n", text)))


def one_line(text: str, *, most: int = 500) -> str:
    """Return text in one line with single blanks, cut to `most` characters."""
    return _BLANKS.sub(" ", clean(text[: most * 4])).strip()[:most]


def fit_to_keep(value: Made) -> Made:
    """Replace what no database takes in every text of a value, character for character.

    Extractors read cells and pages we did not decode ourselves; places in a text stay true.
    """
    made: object = value
    if isinstance(value, str):
        made = type(value)(_UNFIT.sub("\ufffd", value)) if _UNFIT.search(value) else value
    elif isinstance(value, tuple):
        made = tuple(fit_to_keep(each) for each in value)
    elif is_dataclass(value) and not isinstance(value, type):
        changed = {
            field.name: new
            for field in fields(value)
            if (new := fit_to_keep(old := getattr(value, field.name))) is not old
        }
        made = replace(value, **changed) if changed else value
    return made  # type: ignore[return-value]
