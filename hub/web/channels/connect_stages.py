"""How far the connecting of a channel has come: worked out from what is there, so never lost."""

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.spec import Spec
from hub.flow.reading.checkups import code_of
from hub.models.records.channels import ChannelAccount
from hub.web.channels.connect_words import STAGES, stage_words

ALWAYS = frozenset({"history_60_days"})
"""Findings that say something and ask for nothing; no way out comes with them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One step as the strip of steps shows it."""

    key: str
    name: str
    is_done: bool
    is_here: bool


def stages(
    account: ChannelAccount | None, facts: Mapping[str, bool], *, here: str
) -> list[Stage]:
    """List the steps, with those that are done and the one that is open."""
    done = done_of(account, facts) if account else dict[str, bool]()
    return [
        Stage(key=key, name=name, is_done=done.get(key, False), is_here=key == here)
        for key, name in stage_words()
    ]


def next_stage(account: ChannelAccount, facts: Mapping[str, bool]) -> str:
    """Name the first step that is still to be done; the last one when none is."""
    done = done_of(account, facts)
    return next((key for key in STAGES if not done[key]), "live")


def done_of(account: ChannelAccount, facts: Mapping[str, bool]) -> dict[str, bool]:
    """Say of each step whether it is done."""
    is_in = not account.needs_reconnect
    return {
        "create": True,
        "paste": is_in,
        "test": is_in and is_tested(account),
        "bring": facts["brought"],
        "rehearse": facts["rehearsed"] or account.mode == "live",
        "live": account.mode == "live",
    }


def is_tested(account: ChannelAccount) -> bool:
    """Say whether the last look let us in and found nothing for a person to press."""
    return account.checked_at is not None and not troubles(account)


def troubles(account: ChannelAccount) -> list[object]:
    """Return what the last look found that a person can mend."""
    return [
        one
        for one in account.findings
        if isinstance(one, dict) and one.get("way_out") and code_of(one) not in ALWAYS
    ]


def missing(spec: Spec | None, account: ChannelAccount) -> list[str]:
    """Name the permissions a look found missing; nothing while nobody looked."""
    if spec is None or account.granted_scopes is None:
        return []
    return sorted(spec.scopes - {str(one) for one in account.granted_scopes})
