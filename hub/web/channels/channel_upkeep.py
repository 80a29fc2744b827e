"""Keeping a shop in step from its page: read now, look again, old orders, catalogue, rehearsals."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Response

from hub.flow.intake import backfill
from hub.flow.intake.poll import ask_poll
from hub.flow.reading.catalogue_import import ask_import, choose_place
from hub.flow.reading.checkups import ask_check_up
from hub.flow.refusal import Invalid
from hub.models.channels.shadow_views import rehearsed
from hub.models.newest import Window
from hub.models.records.channels import Backfill
from hub.web.channels.channel_pages import account_of
from hub.web.channels.connect import again_at, came_from
from hub.web.page_door import (
    Deed,
    PageDoor,
    Routes,
    asked_id,
    show,
    typed,
)
from hub.web.wording.language import gettext

ROWS = 50
DAYS = re.compile(r"[1-9][0-9]{0,3}", re.ASCII)
MOST_DAYS = 3660
"""Ten years: no shop of ours is older."""


def poll_channel(door: PageDoor, account_id: int) -> Response:
    """Read a shop's lists of changed orders now."""

    def change(deed: Deed) -> None:
        ask_poll(
            deed.session, account_id=account_id, channels=door.ports.channels, now=deed.now
        )

    return _press(
        door, account_id, change, did="polled", about="poll", wake=("poll", "mailbox")
    )


def check_channel(door: PageDoor, account_id: int) -> Response:
    """Look how a connection is: rights, version, subscriptions."""

    def change(deed: Deed) -> None:
        ask_check_up(deed.session, account_of(deed.session, account_id).id, deed.now)

    return _press(door, account_id, change, did="checked", about="check")


def import_catalogue(door: PageDoor, account_id: int) -> Response:
    """Read everything a shop sells, for the mapping page."""

    def change(deed: Deed) -> None:
        ask_import(deed.session, account_id=account_id, who=deed.who, now=deed.now)

    return _press(door, account_id, change, did="importing", about="catalogue")


def choose_stock_place(door: PageDoor, account_id: int) -> Response:
    """Choose the place whose stock the shop is told."""

    def change(deed: Deed) -> None:
        choose_place(
            deed.session,
            account_id=account_id,
            place=typed("place"),
            who=deed.who,
            now=deed.now,
        )

    return _press(
        door, account_id, change, did="place", about="catalogue", wake=("plan", "push")
    )


def start_backfill(door: PageDoor, account_id: int) -> Response:
    """Fetch the orders placed since a day."""

    def change(deed: Deed) -> None:
        backfill.start(
            deed.session,
            account_id=account_id,
            since=_since(door),
            channels=door.ports.channels,
            who=deed.who,
            now=deed.now,
        )

    return _press(door, account_id, change, did="backfill", about="backfill")


def pause_backfill(door: PageDoor, account_id: int) -> Response:
    """Let old orders wait."""
    return _step(door, account_id, backfill.pause)


def resume_backfill(door: PageDoor, account_id: int) -> Response:
    """Go on with old orders."""
    return _step(door, account_id, backfill.resume)


def stop_backfill(door: PageDoor, account_id: int) -> Response:
    """Fetch no more old orders."""
    return _step(door, account_id, backfill.stop)


def show_rehearsed(door: PageDoor, account_id: int) -> Response:
    """Show what a shop would have been told, beside what it has."""
    window = Window(ROWS, after=asked_id("after"))
    with door.reading() as session:
        return show(
            "channels/rehearsed.html",
            account=account_of(session, account_id),
            found=rehearsed(session, account_id=account_id, window=window),
            query={},
        )


def _step(door: PageDoor, account_id: int, change: Callable[..., Backfill]) -> Response:
    def work(deed: Deed) -> None:
        change(deed.session, account_id=account_id, who=deed.who, now=deed.now)

    return _press(door, account_id, work, did="backfill", about="backfill")


def _press(
    door: PageDoor,
    account_id: int,
    change: Callable[[Deed], None],
    *,
    did: str,
    about: str,
    wake: tuple[str, ...] = ("sweep",),
) -> Response:
    return door.press(
        change,
        done=lambda _: came_from(account_id, did),
        again=lambda trouble: again_at(door, account_id, trouble),
        about=about,
        wake=wake,
    )


def _since(door: PageDoor) -> datetime:
    """Read the day to begin with: so many days ago, or the day itself."""
    days = typed("days")
    if not days:
        return _day(typed("since"), door)
    if not DAYS.fullmatch(days) or int(days) > MOST_DAYS:
        raise Invalid(gettext("Choose how many days back to go."), field="days")
    return door.now() - timedelta(days=int(days))


def _day(written: str, door: PageDoor) -> datetime:
    try:
        day = datetime.strptime(written, "%Y-%m-%d")  # noqa: DTZ007 - the zone follows
    except ValueError as error:
        raise Invalid("Write a day, like 2026-01-31.", field="since") from error
    return day.replace(tzinfo=door.zone)


ROUTES: Routes = (
    ("POST", "/channels/<id:account_id>/poll", poll_channel),
    ("POST", "/channels/<id:account_id>/check", check_channel),
    ("POST", "/channels/<id:account_id>/catalogue", import_catalogue),
    ("POST", "/channels/<id:account_id>/place", choose_stock_place),
    ("POST", "/channels/<id:account_id>/backfill", start_backfill),
    ("POST", "/channels/<id:account_id>/backfill/pause", pause_backfill),
    ("POST", "/channels/<id:account_id>/backfill/resume", resume_backfill),
    ("POST", "/channels/<id:account_id>/backfill/stop", stop_backfill),
    ("GET", "/channels/<id:account_id>/rehearsed", show_rehearsed),
)
