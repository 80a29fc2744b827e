"""Whether a thing is done at a channel, rehearsed, or left: the account's mode and its switches."""

from collections.abc import Mapping
from enum import StrEnum


class Mode(StrEnum):
    """How far we go at a channel."""

    OFF = "off"
    SHADOW = "shadow"
    """Reads are real, writes are only written down."""
    LIVE = "live"


SWITCH_OF: Mapping[str, str] = {
    "fulfil": "fulfil",
    "amend_tracking": "fulfil",
    "hold": "hold",
    "release_hold": "hold",
    "progress": "progress",
    "delivered": "delivered",
    "promised": "promised",
    "stock": "stock",
    "mail": "mail",
}
"""Which capability's switch each kind of outbound message hangs on."""

ASKED_FOR = frozenset({"promised"})
"""Left alone until somebody turns on just this: not every shop wants its orders written on."""

CAREFUL = frozenset({"stock", "webhooks"})
"""Rehearsed, even in a live account, until somebody turns on just this: they change the shop."""


def effective(mode: str, switches: Mapping[str, object], *, capability: str) -> Mode:
    """Say how far we go with one capability of an account.

    An account that is off does nothing. A capability's own switch (`off`, `shadow`, `live`; True
    is live and False is off) goes before the account's mode; without one the mode decides, except
    that the careful ones stay in shadow and those that must be asked for stay off.
    """
    if mode == Mode.OFF:
        return Mode.OFF
    own = switches.get(capability)
    if own is None and capability in ASKED_FOR:
        return Mode.OFF
    if own is None:
        return Mode.SHADOW if capability in CAREFUL else Mode(mode)
    if isinstance(own, bool):
        return Mode.LIVE if own else Mode.OFF
    return Mode(str(own)) if own in set(Mode) else Mode.OFF


def mode_of_kind(kind: str, *, account: str, switches: Mapping[str, object]) -> Mode:
    """Say how far we go with one kind of outbound message, at an account in its own mode.

    A hold of ours is ended wherever the account is live, also after holding was switched off:
    what we left at the channel must not stay there.
    """
    own = effective(account, switches, capability=SWITCH_OF[kind])
    if kind == "release_hold" and own is not Mode.LIVE:
        return Mode(account)
    return own


def kinds_in(mode: Mode, *, account: str, switches: Mapping[str, object]) -> frozenset[str]:
    """Name the kinds of outbound message that are in a mode now, at an account in its own mode."""
    return frozenset(
        kind
        for kind in SWITCH_OF
        if mode_of_kind(kind, account=account, switches=switches) is mode
    )
