"""The first page: what needs a person now, each with its one button."""

from collections.abc import Sequence

from flask import Response, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.people.roles import Role
from hub.models.records.items import Item
from hub.models.records.orders import SalesOrder
from hub.models.today.today import beginning
from hub.models.today.today import today as what_today_needs
from hub.web.guard.browser_session import me
from hub.web.guard.page_roles import may_open
from hub.web.page_door import PageDoor, Routes, show_live
from hub.web.pictures.today import TodayPictures, today_pictures
from hub.web.today.today_rows import groups_for
from hub.web.wording.decision_words import questions
from hub.web.wording.language import N_, gettext
from hub.web.wording.promise_words import item_codes, promise_words

QUIET = {
    Role.MAKER: N_(
        "Nothing to make now. Runs show here when their materials are in the house."
    ),
    Role.PACKER: N_(
        "Nothing to pack now. Orders show here as soon as all of theirs is made."
    ),
}
USUAL = N_("Nothing needs you now.")
"""What stands there when nothing is left to do."""


def today(door: PageDoor) -> Response:
    """Show what needs a person now; a workshop that is still empty sees its first three steps."""
    role, on = me().role, door.today()
    with door.reading() as session:
        begun = beginning(session)
        needed = what_today_needs(session, on=on)
        return show_live(
            "today/today.html",
            "today/_today.html",
            today=needed,
            groups=groups_for(
                role,
                needed,
                questions=questions(needed.decisions.rows),
                causes=_causes(session, needed.at_risk.rows),
                may=lambda view: may_open(role, view=f"pages.{view}"),
                today=on,
            ),
            quiet=gettext(QUIET.get(role, USUAL)),
            begun=begun,
            pictures=_pictures(door, session) if begun.items else None,
        )


def _pictures(door: PageDoor, session: Session) -> TodayPictures | None:
    """Draw the pictures below the list; what only keeps the list fresh needs none."""
    if "HX-Request" in request.headers:
        return None
    return today_pictures(session, today=door.today(), zone=door.zone)


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
