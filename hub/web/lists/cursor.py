"""The place in a sorted list as an address holds it: opaque, and checked when it comes back."""

import base64
import json
from datetime import UTC, date, datetime

from hub.models.records.base import Utc
from hub.models.sorted_pages import Place, Sortable, Value, may_be_empty

LONGEST = 4000
MOST = 2**63


def write_place(place: Place, *, sort: str) -> str:
    """Write a place in a list sorted like that for an address."""
    value = place.value
    said = value.isoformat() if isinstance(value, date) else value
    text = json.dumps([sort, said, place.id], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_place(written: str, *, sort: str, column: Sortable) -> Place | None:
    """Read a place; None if it is none of a list sorted like that."""
    if not written or len(written) > LONGEST:
        return None
    try:
        raw = base64.urlsafe_b64decode(written + "=" * (-len(written) % 4))
        sorted_by, said, row_id = json.loads(raw)
        value = _value(said, column)
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None
    is_id = type(row_id) is int and 0 < row_id < MOST
    return Place(value, row_id) if is_id and sorted_by == sort else None


def _value(said: object, column: Sortable) -> Value:
    """Turn what the address holds into a value of the column.

    :raises ValueError: it cannot be one.
    """
    if said is None and may_be_empty(column):
        return None
    kind = datetime if isinstance(column.type, Utc) else column.type.python_type
    if kind is int and type(said) is int and -MOST <= said < MOST:
        return said
    if kind is str and isinstance(said, str) and b"\x00" not in said.encode():
        return said
    if kind is datetime and isinstance(said, str):
        moment = datetime.fromisoformat(said)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    if kind is date and isinstance(said, str):
        return date.fromisoformat(said)
    raise ValueError("no value of that column")
