"""The first page: what needs a person now, each with its one button."""

from collections.abc import Sequence

from flask import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.models.items import Item
from hub.models.orders import SalesOrder
from hub.models.today import beginning
from hub.models.today import today as what_today_needs
from hub.web.decision_words import questions
from hub.web.page_door import PageDoor, Routes, show_live
from hub.web.promise_words import item_codes, promise_words


def today(door: PageDoor) -> Response:
    """Show what needs a person now; a workshop that is still empty sees its first three steps."""
    with door.reading() as session:
        begun = beginning(session)
        needed = what_today_needs(session)
        return show_live(
            "today/today.html",
            "today/_today.html",
            today=needed,
            causes=_causes(session, needed.at_risk),
            questions=questions(needed.decisions),
            begun=begun,
        )


def _causes(session: Session, orders: Sequence[SalesOrder]) -> dict[int, str]:
    """Say what makes each of these orders late."""
    codes = item_codes([order.risk for order in orders])
    found = session.scalars(select(Item).where(Item.code.in_(codes)))
    items = {item.code: item for item in found}
    return {
        order.id: "; ".join(promise_words([order.risk], items=items))
        for order in orders
        if order.risk
    }


ROUTES: Routes = (("GET", "/", today),)
