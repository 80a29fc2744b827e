"""Channels: the shops we are connected to, how they do, and each one's switches and credentials."""

from collections.abc import Mapping
from functools import partial

from flask import Response, abort
from sqlalchemy.orm import Session

from connectors.protocol import Connection, Registration
from connectors.spec import WRITES, Capability, Spec
from hub.flow.backfill import has_history
from hub.flow.channels import MANUAL, change_switches, connect
from hub.flow.checkups import webhook_address
from hub.flow.reconnect import reconnect
from hub.flow.switches import is_denied, mode_of
from hub.models import backfills
from hub.models.backfills import Progress
from hub.models.channel_health import find_accounts, traffic
from hub.models.channels import ChannelAccount
from hub.models.drift_views import open_drift, open_drift_counts
from hub.models.newest import Window
from hub.models.streams import streams_of
from hub.models.task_views import open_task_counts
from hub.ports import Ports
from hub.web.page_door import (
    Deed,
    PageDoor,
    Routes,
    Trouble,
    show,
    show_live,
    typed,
    went,
)

MOST = 100
LONGEST_SECRET = 2_000
WAKE = ("read_messages", "plan", "push", "sweep")
CALLBACK = "/channels/authorised"
"""Where a shop's own page sends its owner back to; to be registered there, letter by letter."""


def list_channels(door: PageDoor) -> Response:
    """Show every shop with its mode and health."""
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
        )


def connect_page(door: PageDoor) -> Response:
    """Show which kinds of channels there are to connect."""
    kinds = [each.spec for key, each in _connectable(door.ports).items()]
    return show("channels/kinds.html", kinds=sorted(kinds, key=lambda spec: spec.title))


def connect_form(door: PageDoor, channel: str) -> Response:
    """Show the form that connects one kind of channel."""
    return _connect_form(door, channel)


def connect_shop(door: PageDoor, channel: str) -> Response:
    """Connect a shop, in rehearsal."""
    registration = _registration(door.ports, channel)
    return door.press(
        partial(_connect, door.ports, registration=registration),
        done=lambda account_id: went(
            "pages.show_channel", "connected", account_id=account_id
        ),
        again=lambda trouble: _connect_form(door, channel, trouble=trouble),
        about="connect",
        wake=("sweep",),
    )


def show_channel(door: PageDoor, account_id: int) -> Response:
    """Show one shop: how it is, its switches, its lists, its credentials."""
    return page_of(door, account_id)


def change_mode(door: PageDoor, account_id: int) -> Response:
    """Turn a shop off, to rehearsal or live, and single things of it."""

    def change(deed: Deed) -> None:
        switches = {
            name.removeprefix("switch."): typed(name)
            for name in _switch_names(door.ports, deed.session, account_id)
            if typed(name)
        }
        change_switches(
            deed.session,
            account_id=account_id,
            mode=typed("mode") or None,
            capabilities=switches,
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


def reconnect_shop(door: PageDoor, account_id: int) -> Response:
    """Take new credentials for a shop."""
    return door.press(
        partial(_reconnect, door.ports, account_id=account_id),
        done=lambda _: went("pages.show_channel", "reconnected", account_id=account_id),
        again=lambda trouble: page_of(door, account_id, trouble=trouble),
        about="reconnect",
        wake=WAKE,
    )


def page_of(door: PageDoor, account_id: int, *, trouble: Trouble | None = None) -> Response:
    """Write the page of one shop, with what could not be done beside its button."""
    with door.reading() as session:
        account = account_of(session, account_id)
        spec = _spec(door.ports, account)
        backfill = backfills.latest(session, account_id=account_id)
        return show_live(
            "channels/channel.html",
            "channels/_channel.html",
            account=account,
            spec=spec,
            title=spec.title if spec else account.channel,
            traffic=traffic(session, account_id=account_id),
            drift=open_drift(session, account_id=account_id),
            tasks=open_task_counts(session, account_ids=[account_id]).get(account_id, 0),
            streams=streams_of(session, account_ids=[account_id]),
            backfill=backfill,
            progress=_progress(session, account_id),
            can=_can(door.ports, account),
            switches=_switches(door.ports, account),
            webhook_url=webhook_url(door.ports, account),
            callback=door.ports.settings.url + CALLBACK,
            missing_scopes=_missing_scopes(door.ports, account),
            trouble=trouble,
        )


def account_of(session: Session, account_id: int) -> ChannelAccount:
    """Load the shop an address names; there is no page where there is none."""
    account = session.get(ChannelAccount, account_id)
    if account is None or account.channel == MANUAL:
        abort(404)
    return account


def webhook_url(ports: Ports, account: ChannelAccount) -> str:
    """Write the address a shop sends its messages to."""
    return webhook_address(ports.settings.url, account)


# What is shown --------------------------------------------------------------------------------


def _progress(session: Session, account_id: int) -> Progress | None:
    newest = backfills.latest(session, account_id=account_id)
    return backfills.progress(session, backfill=newest) if newest else None


def _can(ports: Ports, account: ChannelAccount) -> Mapping[str, bool]:
    """Say which parts of the page this channel has any use for."""
    spec = _spec(ports, account)
    has = spec.capabilities if spec else frozenset()
    return {
        "poll": bool(has & {Capability.ORDERS_POLL, Capability.MAILBOX}),
        "history": has_history(account, ports.channels),
        "webhook": Capability.ORDERS_WEBHOOK in has,
        "webhooks": Capability.WEBHOOKS in has,
        "catalogue": Capability.CATALOGUE in has,
        "stock": Capability.STOCK in has,
        "oauth": Capability.OAUTH in has,
    }


def _switches(ports: Ports, account: ChannelAccount) -> list[dict[str, object]]:
    """List what can be switched by itself: what writes to the shop."""
    spec = _spec(ports, account)
    wanted = [each for each in Capability if spec and each in spec.capabilities & WRITES]
    return [
        {
            "name": each.value,
            "own": _own(account, each),
            "now": mode_of(account, each, ports.channels).value,
            "is_denied": is_denied(account, each),
        }
        for each in wanted
    ]


def _own(account: ChannelAccount, capability: Capability) -> str:
    """Return a capability's own switch as the form has it: empty when it follows the shop's."""
    own = account.capabilities.get(capability.value)
    if isinstance(own, bool):
        return "live" if own else "off"
    return str(own) if own else ""


def _switch_names(ports: Ports, session: Session, account_id: int) -> list[str]:
    account = account_of(session, account_id)
    return [f"switch.{each['name']}" for each in _switches(ports, account)]


def _missing_scopes(ports: Ports, account: ChannelAccount) -> list[str]:
    """Name what the shop's token may not do; nothing while nobody has asked the shop."""
    spec = _spec(ports, account)
    if spec is None or account.granted_scopes is None:
        return []
    return sorted(spec.scopes - {str(one) for one in account.granted_scopes})


def _connect_form(
    door: PageDoor, channel: str, *, trouble: Trouble | None = None
) -> Response:
    return show(
        "channels/connect.html",
        spec=_registration(door.ports, channel).spec,
        callback=door.ports.settings.url + CALLBACK,
        trouble=trouble,
    )


# What is typed --------------------------------------------------------------------------------


def _connect(ports: Ports, deed: Deed, *, registration: Registration) -> int:
    settings = _typed_part(registration.spec, "settings")
    first = next(iter(settings.values()), registration.spec.title)
    account = connect(
        deed.session,
        vault=ports.vault,
        registration=registration,
        name=typed("name", longest=80) or first.partition(".")[0].lower(),
        connection=Connection(
            settings=settings,
            credentials=_typed_part(registration.spec, "credentials"),
            webhook_secrets=_secrets(),
            allow_loopback=ports.settings.allow_loopback,
        ),
        who=deed.who,
        now=deed.now,
    )
    return account.id


def _reconnect(ports: Ports, deed: Deed, *, account_id: int) -> None:
    account = account_of(deed.session, account_id)
    reconnect(
        deed.session,
        vault=ports.vault,
        registrations=ports.channels,
        account_id=account_id,
        credentials=_typed_part(_registration(ports, account.channel).spec, "credentials"),
        webhook_secrets=_secrets(),
        allow_loopback=ports.settings.allow_loopback,
        who=deed.who,
        now=deed.now,
    )


def _typed_part(spec: Spec, part: str) -> dict[str, str]:
    """Gather what was typed into the fields `<part>.…` of a channel; empty ones are left out."""
    names = [each.name for each in spec.fields if each.name.startswith(f"{part}.")]
    given = {name: typed(name, longest=LONGEST_SECRET) for name in names}
    return {name.partition(".")[2]: value for name, value in given.items() if value}


def _secrets() -> tuple[str, ...]:
    secret = typed("webhook_secrets", longest=LONGEST_SECRET)
    return (secret,) if secret else ()


def _connectable(ports: Ports) -> dict[str, Registration]:
    return {key: each for key, each in ports.channels.items() if each.spec.fields}


def _registration(ports: Ports, channel: str) -> Registration:
    known = _connectable(ports).get(channel)
    if known is None:
        abort(404)
    return known


def _spec(ports: Ports, account: ChannelAccount) -> Spec | None:
    known = ports.channels.get(account.channel)
    return known.spec if known else None


def _titles(ports: Ports) -> dict[str, str]:
    return {key: each.spec.title for key, each in ports.channels.items()}


ROUTES: Routes = (
    ("GET", "/channels", list_channels),
    ("GET", "/channels/connect", connect_page),
    ("GET", "/channels/connect/<channel>", connect_form),
    ("POST", "/channels/connect/<channel>", connect_shop),
    ("GET", "/channels/<id:account_id>", show_channel),
    ("POST", "/channels/<id:account_id>/mode", change_mode),
    ("POST", "/channels/<id:account_id>/reconnect", reconnect_shop),
)
