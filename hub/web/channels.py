"""Channels: the shops we are connected to, how they do, and each one's switch."""

from collections.abc import Mapping
from functools import partial

from flask import Response, abort
from sqlalchemy.orm import Session

from connectors.protocol import Connection
from hub.flow.channels import change_switches, connect
from hub.flow.checkups import webhook_address
from hub.flow.reconnect import reconnect
from hub.models.channel_health import Traffic, find_accounts, traffic
from hub.models.channels import ChannelAccount
from hub.models.newest import Window
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
SHOPIFY, MANUAL = "shopify", "manual"
WAKE = ("read_messages", "plan", "push")
TOPICS = (
    "orders/create",
    "orders/updated",
    "orders/paid",
    "orders/cancelled",
    "orders/fulfilled",
    "orders/edited",
    "orders/delete",
    "refunds/create",
    "app/uninstalled",
)
"""What a shop must send us, as its own settings call it."""


def list_channels(door: PageDoor) -> Response:
    """Show every shop with its mode and health."""
    with door.reading() as session:
        accounts = find_accounts(session, window=Window(MOST)).rows
        return show_live(
            "channels/list.html",
            "channels/_list.html",
            accounts=[each for each in accounts if each.channel != MANUAL],
            traffic={each.id: traffic(session, account_id=each.id) for each in accounts},
            titles=_titles(door.ports),
        )


def connect_page(door: PageDoor) -> Response:
    """Show the form that connects a shop."""
    return _connect_page(door)


def connect_shop(door: PageDoor) -> Response:
    """Connect a shop, in rehearsal."""
    return door.press(
        partial(_connect, door.ports),
        done=lambda account_id: went(
            "pages.show_channel", "connected", account_id=account_id
        ),
        again=lambda trouble: _connect_page(door, trouble=trouble),
        about="connect",
        wake=(),
    )


def show_channel(door: PageDoor, account_id: int) -> Response:
    """Show one shop: its address for messages, its switch, its health."""
    return _page(door, account_id)


def change_mode(door: PageDoor, account_id: int) -> Response:
    """Turn a shop off, to rehearsal or live."""

    def change(deed: Deed) -> None:
        change_switches(
            deed.session,
            account_id=account_id,
            mode=typed("mode"),
            who=deed.who,
            now=deed.now,
        )

    return door.press(
        change,
        done=lambda _: went("pages.show_channel", "mode", account_id=account_id),
        again=lambda trouble: _page(door, account_id, trouble=trouble),
        about="mode",
        wake=WAKE,
    )


def reconnect_shop(door: PageDoor, account_id: int) -> Response:
    """Take new credentials for a shop."""
    return door.press(
        partial(_reconnect, door.ports, account_id=account_id),
        done=lambda _: went("pages.show_channel", "reconnected", account_id=account_id),
        again=lambda trouble: _page(door, account_id, trouble=trouble),
        about="reconnect",
        wake=WAKE,
    )


def _connect(ports: Ports, deed: Deed) -> int:
    settings = {"shop": typed("settings.shop").lower()}
    account = connect(
        deed.session,
        vault=ports.vault,
        registration=ports.channels[SHOPIFY],
        name=typed("name", longest=80) or settings["shop"].partition(".")[0],
        connection=Connection(
            settings=settings,
            credentials=_credentials(),
            webhook_secrets=_secrets(),
            allow_loopback=ports.settings.allow_loopback,
        ),
        who=deed.who,
        now=deed.now,
    )
    return account.id


def _reconnect(ports: Ports, deed: Deed, *, account_id: int) -> None:
    reconnect(
        deed.session,
        vault=ports.vault,
        registrations=ports.channels,
        account_id=account_id,
        credentials=_credentials(),
        webhook_secrets=_secrets(),
        allow_loopback=ports.settings.allow_loopback,
        who=deed.who,
        now=deed.now,
    )


def _credentials() -> Mapping[str, str]:
    names = ("access_token", "client_id", "client_secret")
    given = {name: typed(f"credentials.{name}", longest=600) for name in names}
    return {name: value for name, value in given.items() if value}


def _secrets() -> tuple[str, ...]:
    secret = typed("webhook_secrets", longest=600)
    return (secret,) if secret else ()


def _connect_page(door: PageDoor, *, trouble: Trouble | None = None) -> Response:
    spec = door.ports.channels[SHOPIFY].spec
    return show("channels/connect.html", scopes=sorted(spec.scopes), trouble=trouble)


def _page(door: PageDoor, account_id: int, *, trouble: Trouble | None = None) -> Response:
    with door.reading() as session:
        account = session.get(ChannelAccount, account_id)
        if account is None or account.channel == MANUAL:
            abort(404)
        return show_live(
            "channels/channel.html",
            "channels/_channel.html",
            account=account,
            title=_titles(door.ports).get(account.channel, account.channel),
            traffic=_traffic(session, account),
            topics=TOPICS,
            webhook_url=webhook_url(door.ports, account),
            missing_scopes=_missing_scopes(door.ports, account),
            trouble=trouble,
        )


def webhook_url(ports: Ports, account: ChannelAccount) -> str:
    """Write the address a shop sends its messages to."""
    return webhook_address(ports.settings.url, account)


def _traffic(session: Session, account: ChannelAccount) -> Traffic:
    return traffic(session, account_id=account.id)


def _missing_scopes(ports: Ports, account: ChannelAccount) -> list[str]:
    """Name what the shop's token may not do; nothing while nobody has asked the shop."""
    registration = ports.channels.get(account.channel)
    if registration is None or account.granted_scopes is None:
        return []
    return sorted(registration.spec.scopes - {str(one) for one in account.granted_scopes})


def _titles(ports: Ports) -> dict[str, str]:
    return {key: each.spec.title for key, each in ports.channels.items()}


ROUTES: Routes = (
    ("GET", "/channels", list_channels),
    ("GET", "/channels/connect", connect_page),
    ("POST", "/channels/connect", connect_shop),
    ("GET", "/channels/<id:account_id>", show_channel),
    ("POST", "/channels/<id:account_id>/mode", change_mode),
    ("POST", "/channels/<id:account_id>/reconnect", reconnect_shop),
)
