"""Numeric ids as big as Shopify's, and the global ids GraphQL wraps them in."""

import itertools
import zlib
from collections import defaultdict
from collections.abc import Iterator

_STEP = 32_768
_ABOVE_FLOATS = {"Order": 82, "LineItem": 48, "Fulfillment": 25, "Refund": 89}
_PREFIX = "gid://shopify/"


class Ids:
    """Hand out ids: orders, lines, fulfilments and refunds above 2^53, the rest of 13 digits.

    Real ids move in steps of 32768; two shops never share one, as on the real platform.
    """

    def __init__(self, domain: str) -> None:
        shop = zlib.crc32(domain.encode()) % 90_000 + 10_000
        self._counters: defaultdict[str, Iterator[int]] = defaultdict(
            lambda: itertools.count(1)
        )
        self._shop = shop

    def next(self, kind: str) -> int:
        """Hand out the next id of a kind (`"Order"`, `"LineItem"` ...)."""
        leading = _ABOVE_FLOATS.get(kind)
        base = leading * 10**16 if leading else (1 + zlib.crc32(kind.encode()) % 9) * 10**12
        return base + self._shop * 10**7 + next(self._counters[kind]) * _STEP + len(kind)


def gid(kind: str, number: int) -> str:
    """Wrap a number in its global id."""
    return f"{_PREFIX}{kind}/{number}"


def number_of(global_id: str, kind: str) -> int | None:
    """Unwrap a global id; None when it is no id of that kind."""
    head = f"{_PREFIX}{kind}/"
    digits = global_id.removeprefix(head)
    if not global_id.startswith(head) or not (digits.isascii() and digits.isdigit()):
        return None
    return int(digits)


def kind_of(global_id: str) -> str | None:
    """Say what a global id names; None when it is not one."""
    kind, slash, digits = global_id.removeprefix(_PREFIX).partition("/")
    if not global_id.startswith(_PREFIX) or not slash or not digits.isdigit():
        return None
    return kind
