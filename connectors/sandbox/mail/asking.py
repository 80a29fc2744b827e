"""Mails as the back door is asked for them."""

from collections.abc import Sequence

from connectors.sandbox.asking import Json, Misasked, maybe, only, text
from connectors.sandbox.mail.letter import Letter
from connectors.sandbox.mail.sheet import Row

KNOWN = frozenset(
    {"from", "subject", "text", "table", "sheet", "answers", "name", "proven", "automatic"}
)


def letter(given: Json, *, name: str) -> Letter:
    """Read a mail to send; `name` is its own unless one is given.

    :raises Misasked: something unknown, or of another shape.
    """
    only(given, KNOWN)
    return Letter(
        name=maybe(given, "name") or name,
        sender=text(given, "from"),
        subject=text(given, "subject", ""),
        text=text(given, "text", ""),
        table=_rows(given, "table"),
        sheet=_rows(given, "sheet"),
        answers=text(given, "answers", ""),
        proven=given.get("proven") is not False,
        automatic=given.get("automatic") is True,
    )


def _rows(given: Json, key: str) -> Sequence[Row]:
    value = given.get(key) or []
    if not isinstance(value, list) or not all(_is_row(row) for row in value):
        raise Misasked(f"{key} must be a list of rows of words and whole numbers")
    return value


def _is_row(row: object) -> bool:
    return isinstance(row, list) and all(
        isinstance(cell, (str, int)) and not isinstance(cell, bool) for cell in row
    )
