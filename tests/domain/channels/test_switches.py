"""An account's mode and the switches of single capabilities."""

import pytest

from hub.domain.channels.switches import Mode, effective


@pytest.mark.parametrize("switch", [None, "live", "shadow", "off", True, False])
def test_an_account_that_is_off_does_nothing_whatever_its_switches_say(
    switch: object,
) -> None:
    switches = {} if switch is None else {"fulfil": switch}

    assert effective("off", switches, capability="fulfil") is Mode.OFF


@pytest.mark.parametrize("mode", ["shadow", "live"])
def test_without_a_switch_of_its_own_a_capability_follows_the_account(mode: str) -> None:
    assert effective(mode, {}, capability="fulfil") is Mode(mode)


@pytest.mark.parametrize(
    "switch,wanted",
    [
        ("off", Mode.OFF),
        ("shadow", Mode.SHADOW),
        ("live", Mode.LIVE),
        (True, Mode.LIVE),
        (False, Mode.OFF),
    ],
)
@pytest.mark.parametrize("mode", ["shadow", "live"])
def test_a_switch_of_its_own_goes_before_the_account(
    mode: str, switch: object, wanted: Mode
) -> None:
    assert effective(mode, {"fulfil": switch}, capability="fulfil") is wanted


@pytest.mark.parametrize("capability", ["stock", "webhooks"])
def test_what_changes_the_shop_itself_stays_in_shadow_until_it_is_switched_on(
    capability: str,
) -> None:
    assert effective("live", {}, capability=capability) is Mode.SHADOW
    assert effective("live", {capability: "live"}, capability=capability) is Mode.LIVE


def test_a_switch_nobody_understands_is_off() -> None:
    assert effective("live", {"fulfil": "sometimes"}, capability="fulfil") is Mode.OFF
