"""Orders: the list of them."""

from flask import Response

from hub.models.by_id import by_id
from hub.models.channels import ChannelAccount
from hub.models.newest import Window
from hub.models.order_views import Wanted, find_orders
from hub.models.short_orders import short_items
from hub.web.browser_session import me
from hub.web.page_door import PageDoor, Routes, asked, asked_id, show_live
from hub.web.page_roles import PEOPLE
from hub.web.words import PHASES

ROWS = 50


def list_orders(door: PageDoor) -> Response:
    """Show the newest orders, of one phase or of all, and find one."""
    phase = asked("phase") if asked("phase") in PHASES else ""
    wanted = Wanted(
        phase=phase,
        channel=asked("channel"),
        text=asked("q"),
        by_person=me().role in PEOPLE,
    )
    with door.reading() as session:
        found = find_orders(session, wanted=wanted, window=Window(ROWS, asked_id("after")))
        ids = [order.id for order in found.rows]
        return show_live(
            "orders/list.html",
            "orders/_list.html",
            found=found,
            accounts=by_id(
                session, ChannelAccount, ids={order.account_id for order in found.rows}
            ),
            short=short_items(session, order_ids=ids),
            phases=list(PHASES),
            phase=phase,
            text=wanted.text,
        )


ROUTES: Routes = (("GET", "/orders", list_orders),)
