"""What the page of an order says, part by part."""

from hub.ports import Ports
from tests.web.pages.goods import order_to_make


def to_make(ports: Ports, *, wax_grams: int = 9_000) -> int:
    """Write an order that a run makes of so much wax."""
    with ports.database.begin() as session:
        return order_to_make(session, pieces=4, wax_grams=wax_grams)


def section(page: str, name: str) -> str:
    """Return one section of the page, by the id of its heading."""
    return page.split(f'aria-labelledby="{name}"')[1].split("</section>", maxsplit=1)[0]
