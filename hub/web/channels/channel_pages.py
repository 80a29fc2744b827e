"""Channels: where orders come from, how each one does, and its switches."""

from collections.abc import Mapping, Sequence

from flask import Response, abort, request, url_for
from sqlalchemy.orm import Session

from hub.flow.channels.channels import MANUAL, change_switches, switch_back
from hub.flow.reading.checkups import webhook_address
from hub.models.channels.channel_health import find_accounts, traffic
from hub.models.channels.drift_views import open_drift_counts
from hub.models.channels.task_views import open_task_counts
from hub.models.newest import Window
from hub.models.people.people_views import names_of
from hub.models.people.subject_history import history_of
from hub.models.records.channels import ChannelAccount
from hub.ports import Ports
from hub.web.channels.channel_shown import CALLBACK as CALLBACK
from hub.web.channels.channel_shown import shown, switches
from hub.web.channels.connect_words import changes_word
from hub.web.page_door import (
    Deed,
    PageDoor,
    Routes,
    Trouble,
    show_live,
    typed,
    went,
)
from hub.web.pictures.pulse import PulsePicture, pulse_pictures
from hub.web.wording.event_words import Event, events

MOST = 100
EVENTS = 20
"""So much of its history a channel's page shows; the audit log has all of it."""
WAKE = ("read_messages", "plan", "push", "sweep")


def list_channels(door: PageDoor) -> Response:
    """Show every channel with its mode and health."""
    with door.reading() as session:
        accounts = [
            each
            for each in find_accounts(session, window=Window(MOST)).rows
            if each.channel != MANUAL
        ]
        ids = [each.id for each in accounts]
        return show_live(
            "channels/list.html",
            "channels/_list.html",
            accounts=accounts,
            traffic={each: traffic(session, account_id=each) for each in ids},
            drift=open_drift_counts(session, account_ids=ids),
            tasks=open_task_counts(session, account_ids=ids),
            titles=_titles(door.ports),
            pulses=_pulses(door, session, accounts),
        )


def _pulses(
    door: PageDoor, session: Session, accounts: Sequence[ChannelAccount]
) -> Mapping[int, PulsePicture]:
    """Draw the last day of each channel below the list; what only keeps it fresh needs none."""
    if "HX-Request" in request.headers:
        return {}
    return pulse_pictures(session, accounts=accounts, now=door.now())


def show_channel(door: PageDoor, account_id: int) -> Response:
    """Show one channel: how it is, its switches, its lists, its credentials."""
    return page_of(door, account_id)


def change_mode(door: PageDoor, account_id: int) -> Response:
    """Turn a channel off, to rehearsal or live, and single things of it."""

    def change(deed: Deed) -> None:
        change_switches(
            deed.session,
            account_id=account_id,
            mode=typed("mode") or None,
            capabilities={
                name.removeprefix("switch."): typed(name)
                for name in _switch_names(door.ports, deed.session, account_id)
                if typed(name)
            },
            who=deed.who,
            now=deed.now,
        )

    return door.press(
        change,
        done=lambda _: went("pages.show_channel", "mode", account_id=account_id),
        again=lambda trouble: page_of(door, account_id, trouble=trouble),
        about="mode",
        wake=WAKE,
    )


def undo_switch(door: PageDoor, account_id: int) -> Response:
    """Put the switches back as they were before they were last changed."""

    def change(deed: Deed) -> None:
        account_of(deed.session, account_id)
        switch_back(deed.session, account_id=account_id, who=deed.who, now=deed.now)

    return door.press(
        change,
        done=lambda _: went("pages.show_channel", "switched_back", account_id=account_id),
        again=lambda trouble: page_of(door, account_id, trouble=trouble),
        about="mode",
        wake=WAKE,
    )


def page_of(door: PageDoor, account_id: int, *, trouble: Trouble | None = None) -> Response:
    """Write the page of one channel, with what could not be done beside its button."""
    with door.reading() as session:
        account = account_of(session, account_id)
        return show_live(
            "channels/channel.html",
            "channels/_channel.html",
            here=url_for("pages.show_channel", account_id=account_id),
            changes_word=changes_word,
            trouble=trouble,
            events=_events(session, account_id),
            pulse=pulse_pictures(session, accounts=[account], now=door.now())[account.id],
            **shown(session, door.ports, account, now=door.now()),
        )


def _events(session: Session, account_id: int) -> list[Event]:
    """Say what happened to a channel lately, the newest first."""
    if "HX-Request" in request.headers:
        return []  # the part that keeps itself fresh shows none of it
    rows = history_of(session, subject="channel", subject_id=account_id)[-EVENTS:]
    actors = names_of(session, whos={row.who for row in rows})
    return events(rows, runs={}, actors=actors)


def account_of(session: Session, account_id: int) -> ChannelAccount:
    """Load the channel an address names; there is no page where there is none."""
    account = session.get(ChannelAccount, account_id)
    if account is None or account.channel == MANUAL:
        abort(404)
    return account


def webhook_url(ports: Ports, account: ChannelAccount) -> str:
    """Write the address a channel sends its messages to."""
    return webhook_address(ports.settings.url, account)


def _switch_names(ports: Ports, session: Session, account_id: int) -> list[str]:
    account = account_of(session, account_id)
    return [f"switch.{each['name']}" for each in switches(ports, account)]


def _titles(ports: Ports) -> dict[str, str]:
    return {key: each.spec.title for key, each in ports.channels.items()}


ROUTES: Routes = (
    ("GET", "/channels", list_channels),
    ("GET", "/channels/<id:account_id>", show_channel),
    ("POST", "/channels/<id:account_id>/mode", change_mode),
    ("POST", "/channels/<id:account_id>/mode/undo", undo_switch),
)
