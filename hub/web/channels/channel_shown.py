"""What the pages of one channel show of it: what it can do, its switches, its scopes, its pace."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from connectors.guide import Guide
from connectors.spec import WRITES, Capability, Spec
from hub.domain.channels.switches import ASKED_FOR, CAREFUL, effective
from hub.flow.channels.channels import Switched, open_connection, switches_before
from hub.flow.channels.switches import is_denied, mode_of
from hub.flow.intake.backfill import has_history
from hub.flow.reading.catalogue_import import read_import
from hub.flow.reading.checkups import code_of, webhook_address
from hub.models.channels.channel_health import traffic
from hub.models.channels.drift_views import open_drift
from hub.models.channels.message_views import heard_lately
from hub.models.channels.task_views import open_task_counts
from hub.models.claims import backfills
from hub.models.claims.backfills import Progress
from hub.models.claims.streams import streams_of
from hub.models.meaning.catalogue_views import count_catalogued
from hub.models.records.channels import ChannelAccount
from hub.pacing import Level
from hub.ports import Ports

CALLBACK = "/channels/authorised"
"""Where a shop's own page sends its owner back to; to be registered there, letter by letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A permission the channel's work needs, and whether our token has it; None: nobody knows."""

    name: str
    is_granted: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """One limit of the channel's, and how much of it is left now."""

    bucket: str
    level: Level | None
    size: int
    seconds: int


def shown(
    session: Session, ports: Ports, account: ChannelAccount, *, now: datetime
) -> dict[str, object]:
    """Gather what the page of a channel and the steps of connecting it show."""
    spec = spec_of(ports, account)
    return {
        "account": account,
        "kept": _kept(ports, account),
        "spec": spec,
        "title": spec.title if spec else account.channel,
        "guide": guide_of(spec),
        "traffic": traffic(session, account_id=account.id),
        "drift": open_drift(session, account_id=account.id),
        "tasks": open_task_counts(session, account_ids=[account.id]).get(account.id, 0),
        "streams": streams_of(session, account_ids=[account.id]),
        "progress": progress_of(session, account.id),
        "brought": _brought(session, account),
        "can": can(ports, account),
        "switches": switches(ports, account),
        "before": before(session, account, now=now),
        "webhook_url": webhook_address(ports.settings.url, account),
        "callback": ports.settings.url + CALLBACK,
        "found_out": findings(account),
        "scopes": scopes(spec, account),
        "heard": heard_lately(session, account_id=account.id),
        "pace": _pace(ports, spec, account),
        "is_pausing": account.paused_until is not None and account.paused_until > now,
        "is_looked_at": _is_looked_at(account, now=now),
    }


def spec_of(ports: Ports, account: ChannelAccount) -> Spec | None:
    """Return what an account's channel says of itself; None where it is not installed."""
    known = ports.channels.get(account.channel)
    return known.spec if known else None


def guide_of(spec: Spec | None) -> Guide | None:
    """Return how a channel is connected, if it says so."""
    return spec.guide if spec else None


def can(ports: Ports, account: ChannelAccount) -> Mapping[str, bool]:
    """Say which parts of the page this account has any use for."""
    spec = spec_of(ports, account)
    has = frozenset(one for one in spec.capabilities if _is_set_up(spec, account, one)) \
        if spec else frozenset()  # fmt: skip
    return {
        "poll": bool(has & {Capability.ORDERS_POLL, Capability.MAILBOX}),
        "history": has_history(account, ports.channels),
        "webhook": Capability.ORDERS_WEBHOOK in has,
        "webhooks": Capability.WEBHOOKS in has,
        "catalogue": Capability.CATALOGUE in has,
        "stock": Capability.STOCK in has,
        "oauth": Capability.OAUTH in has,
        "box": spec is not None and Capability.MAILBOX in spec.capabilities,
    }


def switches(ports: Ports, account: ChannelAccount) -> list[dict[str, object]]:
    """List what can be switched by itself: what writes to the channel."""
    spec = spec_of(ports, account)
    if spec is None:
        return []
    return [
        {
            "name": each.value,
            "own": _own(account, each),
            "follows": each.value not in CAREFUL | ASKED_FOR,
            "otherwise": effective(account.mode, {}, capability=each.value).value,
            "now": mode_of(account, each, ports.channels).value,
            "is_denied": is_denied(account, each),
        }
        for each in Capability
        if each in spec.capabilities & WRITES and _is_set_up(spec, account, each)
    ]


SHUT_OUT = frozenset({"reconnect", "token_refused", "mailbox_refused"})
"""Findings that say what stands above them already where an account must be connected anew."""


def findings(account: ChannelAccount) -> list[object]:
    """List what the last look found, less what the account's own problem says already."""
    if not account.needs_reconnect:
        return list(account.findings)
    return [one for one in account.findings if code_of(one) not in SHUT_OUT]


def scopes(spec: Spec | None, account: ChannelAccount) -> list[Scope]:
    """List the permissions a channel needs, those that are missing first."""
    if spec is None:
        return []
    has = account.granted_scopes
    granted = None if has is None else {str(one) for one in has}
    found = [
        Scope(name=name, is_granted=None if granted is None else name in granted)
        for name in sorted(spec.scopes)
    ]
    return sorted(found, key=lambda one: one.is_granted is not False)


UNDO_SECONDS = 24 * 3600
"""So long the page offers to put the switches back as they were."""


def before(session: Session, account: ChannelAccount, *, now: datetime) -> Switched | None:
    """Return what the switches were before the newest change, while that is news."""
    found = switches_before(session, account_id=account.id)
    if found is None or (now - found.at).total_seconds() > UNDO_SECONDS:
        return None
    return found


def progress_of(session: Session, account_id: int) -> Progress | None:
    """Say how far the newest fetching of old orders has come; None where there was none."""
    newest = backfills.latest(session, account_id=account_id)
    return backfills.progress(session, backfill=newest) if newest else None


def _kept(ports: Ports, account: ChannelAccount) -> frozenset[str]:
    """Name the secrets that are kept, as fields; what they are stays sealed."""
    opened = open_connection(account, vault=ports.vault)
    names = {f"credentials.{name}" for name, value in opened.credentials.items() if value}
    return frozenset(names | ({"webhook_secrets"} if opened.webhook_secrets else set()))


def _is_set_up(spec: Spec, account: ChannelAccount, capability: Capability) -> bool:
    needed = spec.only_with.get(capability)
    return needed is None or bool(account.settings.get(needed))


def _own(account: ChannelAccount, capability: Capability) -> str:
    """Return a capability's own switch as the form has it: empty when it follows the channel's."""
    own = account.capabilities.get(capability.value)
    if isinstance(own, bool):
        return "live" if own else "off"
    return str(own) if own else ""


def _brought(session: Session, account: ChannelAccount) -> int:
    """Count the listings a running import has read, or those the last one found."""
    going = account.catalogue_cursor
    since = read_import(going).began_at if going else None
    return count_catalogued(session, account_id=account.id, since=since)


def _pace(ports: Ports, spec: Spec | None, account: ChannelAccount) -> list[Pace]:
    return [
        Pace(
            bucket=rate.bucket,
            level=ports.pacing.level_of(account.id, bucket=rate.bucket),
            size=rate.size,
            seconds=int(rate.per.total_seconds()),
        )
        for rate in (spec.rates if spec else ())
    ]


def _is_looked_at(account: ChannelAccount, *, now: datetime) -> bool:
    """Say whether a look was asked for that has no answer yet."""
    is_due = account.check_at is None or account.check_at <= now
    return is_due and account.mode != "off" and not account.needs_reconnect
