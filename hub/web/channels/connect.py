"""Connecting a channel step by step: what to create there, paste, test, bring, rehearse, go live.

A step knows from what is there whether it is done, so that one may leave at any time and come
back, also long after going live.
"""

from functools import partial

from flask import Response, abort, make_response, redirect, url_for
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from connectors.protocol import Connection, Registration
from connectors.spec import Capability, Spec
from hub.flow.channels.channels import connect
from hub.models.channels.shadow_views import rehearsed
from hub.models.claims import backfills
from hub.models.newest import Window
from hub.models.records.channels import ChannelAccount
from hub.models.records.messages import OutboundMessage
from hub.ports import Ports
from hub.web.channels.channel_pages import account_of, page_of
from hub.web.channels.channel_shown import CALLBACK, can, shown
from hub.web.channels.connect_stages import next_stage, stages
from hub.web.channels.connect_words import STAGES, changes_word
from hub.web.page_door import (
    Deed,
    PageDoor,
    Routes,
    Trouble,
    asked,
    show,
    show_live,
    typed,
    went,
)

LONGEST_SECRET = 2_000
SANDBOX = "settings.base_url"
"""Asked for only where channels may live on this machine."""
SHOWN = 20
"""Rehearsed messages a step shows; the rest are on their own page."""


def connect_page(door: PageDoor) -> Response:
    """Show which kinds of channels there are to connect."""
    kinds = [each.spec for each in _connectable(door.ports).values()]
    with door.reading() as session:
        rows = session.scalars(select(ChannelAccount).order_by(ChannelAccount.id))
        return show(
            "channels/kinds.html",
            kinds=sorted(kinds, key=lambda spec: spec.title),
            accounts=[each for each in rows if each.channel in _connectable(door.ports)],
        )


def connect_form(door: PageDoor, channel: str) -> Response:
    """Show what to create at a channel, and the form that takes what it shows."""
    return _connect_form(door, channel)


def connect_shop(door: PageDoor, channel: str) -> Response:
    """Connect a channel, in rehearsal, and go on to test it."""
    registration = _registration(door.ports, channel)
    return door.press(
        partial(_connect, door.ports, registration=registration),
        done=lambda account_id: went(
            "pages.connect_stage", "connected", account_id=account_id, stage="test"
        ),
        again=lambda trouble: _connect_form(door, channel, trouble=trouble),
        about="connect",
        wake=("sweep",),
    )


def go_on_connecting(door: PageDoor, account_id: int) -> Response:
    """Go on with the first step of a channel that is still to be done."""
    with door.reading() as session:
        account = account_of(session, account_id)
        stage = next_stage(account, _facts(session, door.ports, account))
    where = url_for("pages.connect_stage", account_id=account_id, stage=stage)
    return make_response(redirect(where, code=303))


def connect_stage(door: PageDoor, account_id: int, stage: str) -> Response:
    """Show one step of connecting a channel."""
    if stage not in STAGES:
        abort(404)
    return stage_page(door, account_id, stage)


def came_from(account_id: int, did: str, *, otherwise: str = "") -> Response:
    """Go back to the step a button was on, or to the channel's page, and say what was done."""
    stage = typed("stage")
    if stage in STAGES:
        stage = otherwise or stage
        return went("pages.connect_stage", did, account_id=account_id, stage=stage)
    return went("pages.show_channel", did, account_id=account_id)


def again_at(door: PageDoor, account_id: int, trouble: Trouble) -> Response:
    """Show the step, or the channel's page, on which something could not be done."""
    stage = typed("stage")
    if stage in STAGES:
        return stage_page(door, account_id, stage, trouble=trouble)
    return page_of(door, account_id, trouble=trouble)


def stage_page(
    door: PageDoor, account_id: int, stage: str, *, trouble: Trouble | None = None
) -> Response:
    """Write one step of connecting a channel, with what could not be done."""
    with door.reading() as session:
        account = account_of(session, account_id)
        facts = _facts(session, door.ports, account)
        return show_live(
            "channels/stage.html",
            "channels/_stage.html",
            here=url_for("pages.connect_stage", account_id=account_id, stage=stage),
            stage=stage,
            stages=stages(account, facts, here=stage),
            way=asked("way"),
            found=rehearsed(session, account_id=account_id, window=Window(SHOWN))
            if stage == "rehearse"
            else None,
            changes_word=changes_word,
            trouble=trouble,
            **shown(session, door.ports, account, now=door.now()),
        )


def _facts(session: Session, ports: Ports, account: ChannelAccount) -> dict[str, bool]:
    """Gather what tells whether a step is done."""
    parts = can(ports, account)
    shadowed = exists().where(
        OutboundMessage.account_id == account.id, OutboundMessage.state == "shadowed"
    )
    has_nothing = not (parts["catalogue"] or parts["history"])
    is_brought = account.catalogue_at is not None or (
        backfills.latest(session, account_id=account.id) is not None
    )
    return {
        "brought": has_nothing or is_brought,
        "rehearsed": bool(session.scalar(select(shadowed))),
    }


def _connect_form(
    door: PageDoor, channel: str, *, trouble: Trouble | None = None
) -> Response:
    spec = _registration(door.ports, channel).spec
    return show(
        "channels/connect.html",
        spec=spec,
        guide=spec.guide,
        stages=stages(None, {}, here="create"),
        way=asked("way"),
        account=None,
        callback=door.ports.settings.url + CALLBACK,
        sandbox=SANDBOX if _may_be_pretended(door.ports, spec) else "",
        webhook_url="",
        trouble=trouble,
    )


# What is typed --------------------------------------------------------------------------------


def _connect(ports: Ports, deed: Deed, *, registration: Registration) -> int:
    settings = typed_part(registration.spec, "settings")
    if sandbox := typed(SANDBOX, longest=LONGEST_SECRET):
        settings["base_url"] = sandbox
    first = next(iter(settings.values()), registration.spec.title)
    account = connect(
        deed.session,
        vault=ports.vault,
        registration=registration,
        name=typed("name", longest=80) or first.partition(".")[0].lower(),
        connection=Connection(
            settings=settings,
            credentials=typed_part(registration.spec, "credentials"),
            webhook_secrets=typed_secrets(),
            allow_loopback=ports.settings.allow_loopback,
        ),
        who=deed.who,
        now=deed.now,
    )
    return account.id


def _may_be_pretended(ports: Ports, spec: Spec) -> bool:
    """Say whether this hub may call a sandbox on its own machine instead of the channel."""
    return ports.settings.allow_loopback and Capability.MAILBOX not in spec.capabilities


def typed_part(spec: Spec, part: str) -> dict[str, str]:
    """Gather what was typed into the fields `<part>.…` of a channel; empty ones are left out."""
    names = [each.name for each in spec.fields if each.name.startswith(f"{part}.")]
    given = {name: typed(name, longest=LONGEST_SECRET) for name in names}
    return {name.partition(".")[2]: value for name, value in given.items() if value}


def typed_secrets() -> tuple[str, ...]:
    secret = typed("webhook_secrets", longest=LONGEST_SECRET)
    return (secret,) if secret else ()


def _connectable(ports: Ports) -> dict[str, Registration]:
    return {key: each for key, each in ports.channels.items() if each.spec.fields}


def _registration(ports: Ports, channel: str) -> Registration:
    known = _connectable(ports).get(channel)
    if known is None:
        abort(404)
    return known


ROUTES: Routes = (
    ("GET", "/channels/connect", connect_page),
    ("GET", "/channels/connect/<channel>", connect_form),
    ("POST", "/channels/connect/<channel>", connect_shop),
    ("GET", "/channels/<id:account_id>/connect", go_on_connecting),
    ("GET", "/channels/<id:account_id>/connect/<stage>", connect_stage),
)
