"""How far we go with one thing at an account: the channel can, the shop allows, we switched it."""

from collections.abc import Mapping

from connectors.protocol import Registration
from connectors.spec import Capability
from hub.domain.channels.switches import Mode, effective
from hub.models.records.channels import ChannelAccount


def mode_of(
    account: ChannelAccount,
    capability: Capability,
    channels: Mapping[str, Registration],
) -> Mode:
    """Say how far we go with a capability of an account.

    Off where the channel has no such thing or the shop denies it; else what its switches say.
    """
    if not _has(account, capability, channels) or is_denied(account, capability):
        return Mode.OFF
    return _switched(account, capability)


def is_by_hand(
    account: ChannelAccount,
    capability: Capability,
    channels: Mapping[str, Registration],
) -> bool:
    """Say whether people must do it at the channel: it would be live, but the shop denies it us."""
    return (
        _has(account, capability, channels)
        and is_denied(account, capability)
        and _switched(account, capability) is Mode.LIVE
    )


def is_denied(account: ChannelAccount, capability: Capability) -> bool:
    """Say whether the shop was found not to let us do this."""
    return capability.value in account.cannot


def _switched(account: ChannelAccount, capability: Capability) -> Mode:
    return effective(account.mode, account.capabilities, capability=capability.value)


def _has(
    account: ChannelAccount,
    capability: Capability,
    channels: Mapping[str, Registration],
) -> bool:
    known = channels.get(account.channel)
    return known is not None and capability in known.spec.capabilities
