"""What stands after the question mark, read as strictly as Etsy reads it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from connectors.sandbox.etsy.records import Refused

FARTHEST = 12_000
_EARLIEST = 946_684_800  # the first second of 2000, before which Etsy takes no time

Read = Callable[[str, str], object]


@dataclass(frozen=True, slots=True)
class Query:
    """Parameters that were read; what was not given is None."""

    given: Mapping[str, object]

    def number(self, name: str) -> int | None:
        """Look at a number."""
        value = self.given.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def flag(self, name: str) -> bool | None:
        """Look at a yes or no."""
        value = self.given.get(name)
        return value if isinstance(value, bool) else None

    def word(self, name: str, default: str) -> str:
        """Look at a word."""
        value = self.given.get(name)
        return value if isinstance(value, str) else default

    def numbers(self, name: str) -> tuple[int, ...]:
        """Look at a list of numbers."""
        value = self.given.get(name)
        return value if isinstance(value, tuple) else ()

    def words(self, name: str) -> frozenset[str]:
        """Look at a list of words."""
        value = self.given.get(name)
        return value if isinstance(value, frozenset) else frozenset()


def read(text: str, takes: Mapping[str, Read], *, requires: frozenset[str]) -> Query:
    """Read a query string.

    :raises Refused: a parameter the operation does not have, is missing or is malformed.
    """
    given: dict[str, object] = {}
    for name, value in _joined(text).items():
        if name not in takes:
            raise Refused(400, f"Unknown parameter: {name}")
        given[name] = takes[name](name, value)
    if missing := requires - given.keys():
        raise Refused(400, f"Missing Input Parameter: [{', '.join(sorted(missing))}]")
    return Query(given)


def _joined(text: str) -> dict[str, str]:
    """Read pairs; a name given twice is a list, as is `name[]`."""
    found: dict[str, str] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        plain = name.removesuffix("[]")
        found[plain] = f"{found[plain]},{value}" if plain in found else value
    return found


def whole(name: str, value: str) -> int:
    """Read a whole number that is not negative."""
    if not (value.isascii() and value.isdigit()):
        raise Refused(400, f"Expected int value for '{name}' (got '{value}').")
    return int(value)


def moment(name: str, value: str) -> int:
    """Read a time in seconds since 1970, not before 2000."""
    at = whole(name, value)
    if at < _EARLIEST:
        raise Refused(400, f"{name} must be at least {_EARLIEST}")
    return at


def limit(name: str, value: str) -> int:
    """Read how many to show; above 100 is silently 100 (open-api issue 422)."""
    wanted = whole(name, value)
    if wanted < 1:
        raise Refused(400, f"{name} must be at least 1")
    return min(wanted, 100)


def offset(name: str, value: str) -> int:
    """Read where to begin (open-api issue 344)."""
    wanted = whole(name, value)
    if wanted > FARTHEST:
        raise Refused(400, "Offset provided is greater than the maximum offset allowed.")
    return wanted


def flag(name: str, value: str) -> bool:
    """Read true or false, in lower case only."""
    if value not in {"true", "false"}:
        raise Refused(400, f"Expected boolean value for '{name}' (got '{value}').")
    return value == "true"


def one_of(*words: str) -> Read:
    """Make a reader of one of these words."""

    def reader(name: str, value: str) -> str:
        if value not in words:
            raise Refused(400, f"Invalid value for '{name}': must be {', '.join(words)}")
        return value

    return reader


def some_of(*words: str) -> Read:
    """Make a reader of a list of these words."""

    def reader(name: str, value: str) -> frozenset[str]:
        one = one_of(*words)
        return frozenset(str(one(name, each)) for each in value.split(","))

    return reader


def id_list(name: str, value: str) -> tuple[int, ...]:
    """Read up to a hundred ids."""
    found = tuple(whole(name, each) for each in value.split(","))
    if len(found) > 100:
        raise Refused(400, f"{name} may hold at most 100 ids")
    return found


def text(_: str, value: str) -> str:
    """Read any text."""
    return value


ORDER = one_of("asc", "ascending", "desc", "descending", "up", "down")
PAGE: Mapping[str, Read] = {"limit": limit, "offset": offset}


def rising(query: Query) -> bool:
    """Say whether the smallest comes first; the default is the largest."""
    return query.word("sort_order", "desc") in {"asc", "ascending", "up"}
