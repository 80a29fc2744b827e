"""The table of mappings, given page by page: a shop may have tens of thousands of listings."""

from collections.abc import Iterator, Mapping

from flask import Response

from hub.domain.tables.table import table_pieces
from hub.flow.tables.exports import in_pages, mapping_rows
from hub.flow.tables.import_mappings import COLUMNS
from hub.models.meaning.mapping_queue import Asked, listings_asked
from hub.web.documents.given_files import give_csv
from hub.web.page_door import PageDoor


def give_mappings(door: PageDoor, *, wanted: Asked) -> Response:
    """Answer with the listings that fit as CSV, as an import reads them back."""
    pieces = table_pieces(COLUMNS, _pages(door, wanted))
    return give_csv((piece.encode() for piece in pieces), name="mappings")


def _pages(door: PageDoor, wanted: Asked) -> Iterator[list[Mapping[str, str]]]:
    """Read the listings page by page, each in a transaction of its own."""
    with door.reading() as session:
        ids = listings_asked(session, asked=wanted)
    for some in in_pages(ids):
        with door.reading() as session:
            rows = list(mapping_rows(session, listing_ids=some))
        yield rows
