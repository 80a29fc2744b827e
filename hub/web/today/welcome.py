"""The first steps of a new workshop: a shop, items and recipes, mappings, and the first order."""

from dataclasses import dataclass

from flask import Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.flow.channels.channels import MANUAL
from hub.flow.tables.import_templates import TEMPLATES, write_template
from hub.flow.tables.imports import KINDS
from hub.models.records.channels import ChannelAccount
from hub.models.records.items import Recipe
from hub.models.records.listings import Listing
from hub.models.records.orders import SalesOrder
from hub.models.today.today import Beginning, beginning
from hub.web.page_door import PageDoor, Routes, show
from hub.web.today.template_words import COLUMNS
from hub.web.wording.language import gettext

CSV = "text/csv; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What a new workshop has, as the first steps show it."""

    begun: Beginning
    recipes: int
    to_map: int
    orders: int
    unfinished: ChannelAccount | None
    """A shop whose connecting was begun and is not live."""

    @property
    def done(self) -> int:
        """How many of the three steps are done."""
        return sum(
            (
                self.begun.shops > 0,
                self.begun.items > 0 and self.recipes > 0,
                self.begun.mapped > 0,
            )
        )


def welcome(door: PageDoor) -> Response:
    """Show the first steps, how far each is, and where to go on."""
    with door.reading() as session:
        return show(
            "welcome/welcome.html",
            at=_progress(session),
            tables=list(TEMPLATES),
            kinds=KINDS,
            columns={
                name: [(column, gettext(words)) for column, words in COLUMNS[name].items()]
                for name in TEMPLATES
            },
        )


def give_template(door: PageDoor, table: str) -> Response:
    """Give a table to begin with, as CSV."""
    response = Response(write_template(table, today=door.today()), content_type=CSV)
    response.headers["Content-Disposition"] = f"attachment; filename={table}-template.csv"
    return response


def _progress(session: Session) -> Progress:
    begun = select(ChannelAccount).where(
        ChannelAccount.channel != MANUAL, ChannelAccount.mode != "live"
    )
    return Progress(
        begun=beginning(session),
        recipes=_count(session, Recipe),
        to_map=session.scalar(
            select(func.count())
            .select_from(Listing)
            .where(Listing.state.in_(("unmapped", "suggested")))
        )
        or 0,
        orders=_count(session, SalesOrder),
        unfinished=session.scalar(begun.order_by(ChannelAccount.id.desc()).limit(1)),
    )


def _count(session: Session, record: type[Recipe] | type[SalesOrder]) -> int:
    """Count some rows, no further than a handful: it only matters whether there are any."""
    few = select(record.id).limit(100).subquery()
    return session.scalar(select(func.count()).select_from(few)) or 0


ROUTES: Routes = (
    ("GET", "/welcome", welcome),
    ("GET", "/welcome/templates/<table>", give_template),
)
