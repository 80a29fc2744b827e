"""Shopify's two kinds of id: the number we keep, and the gid its GraphQL API speaks."""

from collections.abc import Iterable, Sequence


def gid(kind: str, number: str) -> str:
    """Write a number as a gid: `gid("Order", "1")` is `gid://shopify/Order/1`."""
    return f"gid://shopify/{kind}/{number}"


def number(of: str) -> str:
    """Return the number in a gid, without the `?inventory_item_id=` some kinds carry."""
    return of.rpartition("/")[2].partition("?")[0]


def joined(numbers: Iterable[str]) -> str:
    """Write several numbers as one reference, in a fixed order and each once."""
    return ",".join(sorted(set(numbers), key=by_number))


def split(refs: Sequence[str]) -> list[str]:
    """Read the numbers back out of references that `joined` may have written."""
    return [part for ref in refs for part in ref.split(",") if part]


def by_number(one: str) -> tuple[int, str]:
    """Order ids as numbers, so that an older one comes first."""
    return len(one), one
