"""The channels there are, and what an installed package may add."""

from importlib.metadata import EntryPoint

import pytest

from connectors.manual.channel import REGISTRATION as MANUAL
from connectors.protocol import (
    Channel,
    ChecksUp,
    Connection,
    FetchesOrders,
    PushesEffects,
    ReceivesWebhooks,
    RenewsToken,
)
from connectors.registry import CHANNELS, GROUP, OURS, BadChannel, with_theirs


def offer(name: str, value: str) -> EntryPoint:
    return EntryPoint(name=name, value=value, group=GROUP)


@pytest.mark.parametrize("name", sorted(CHANNELS))
def test_a_channel_is_registered_under_its_own_key(name: str) -> None:
    registration = CHANNELS[name]
    channel: Channel = registration.connect(Connection(settings={}, credentials={}))

    assert registration.spec.key == name
    assert channel.spec is registration.spec


def test_shopify_can_do_all_a_channel_may_be_asked() -> None:
    shopify = CHANNELS["shopify"].connect(Connection(settings={}, credentials={}))

    for asked in (
        ReceivesWebhooks,
        FetchesOrders,
        PushesEffects,
        RenewsToken,
        ChecksUp,
    ):
        assert isinstance(shopify, asked)


def test_nobody_is_told_of_a_typed_order() -> None:
    manual = CHANNELS["manual"].connect(Connection(settings={}, credentials={}))

    assert not isinstance(manual, PushesEffects | ReceivesWebhooks | FetchesOrders)
    assert manual.spec.capabilities == frozenset()


def test_a_package_adds_a_channel_by_its_entry_point() -> None:
    theirs = [offer("manual", "connectors.manual.channel:REGISTRATION")]

    assert with_theirs({}, offered=theirs) == {"manual": MANUAL}


def test_a_package_cannot_take_the_name_of_a_channel_of_ours() -> None:
    theirs = [offer("shopify", "connectors.manual.channel:REGISTRATION")]

    with pytest.raises(BadChannel, match="taken"):
        with_theirs(OURS, offered=theirs)


@pytest.mark.parametrize(
    "value", ["connectors.manual.channel:Manual", "connectors.manual.channel:REGISTRATION"]
)
def test_what_is_no_registration_of_that_name_is_refused(value: str) -> None:
    with pytest.raises(BadChannel, match="not the registration"):
        with_theirs({}, offered=[offer("etsy", value)])
