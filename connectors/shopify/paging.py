"""Walking through Shopify's pages, which must come to an end."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from connectors.errors import PayloadError
from connectors.shopify.answers import Node

MOST_PAGES = 100


class PageInfo(Node):
    has_next_page: bool
    end_cursor: str | None = None


class Page(Node):
    """One page of a connection; subclasses name its `nodes`."""

    page_info: PageInfo

    @property
    def following(self) -> str:
        """The cursor of the next page; empty when this is the last."""
        return (self.page_info.end_cursor or "") if self.page_info.has_next_page else ""


P = TypeVar("P", bound=Page)


def pages(first: P, fetch: Callable[[str], P]) -> Iterator[P]:
    """Yield a first page and those after it, each fetched by the cursor before it.

    :raises PayloadError: they do not come to an end.
    """
    page = first
    for _ in range(MOST_PAGES):
        yield page
        if not page.page_info.has_next_page or page.page_info.end_cursor is None:
            return
        page = fetch(page.page_info.end_cursor)
    raise PayloadError("Shopify's pages do not come to an end")
