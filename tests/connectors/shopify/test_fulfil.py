"""A shipment is told to Shopify exactly once, whatever breaks on the way."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.errors import OutcomeUnknown, Retryable
from connectors.protocol import Pushed
from mapping.effects import Tracking
from tests.connectors.shopify.workshop import (
    PARCEL,
    UNTRACKED,
    Workshop,
    open_workshop,
)
from tests.pretend_shopify import connect

# Once ----------------------------------------------------------------------------------


def test_a_shipment_becomes_one_fulfilment_with_its_tracking(workshop: Workshop) -> None:
    pushed = workshop.push(workshop.shipment(SOAP=3))

    [fulfilment] = workshop.standing
    [tracking] = cast(list[Mapping[str, str]], fulfilment["tracking"])
    assert pushed == Pushed(remote_ref=str(fulfilment["id"]), outcome="created")
    assert workshop.sent() == {"SOAP": 3}
    assert (tracking["company"], tracking["number"]) == ("Correos", "PQ 123 ES")


def test_the_buyer_is_told_only_if_we_say_so(workshop: Workshop) -> None:
    workshop.push(replace(workshop.shipment(SOAP=1), notify=False))
    quiet = len(workshop.store.mails())
    workshop.push(workshop.shipment(Tracking(number="B"), SOAP=1))

    assert (quiet, len(workshop.store.mails())) == (0, 1)


@pytest.mark.parametrize("tracking", [PARCEL, UNTRACKED])
def test_telling_it_twice_tells_it_once(workshop: Workshop, tracking: Tracking) -> None:
    shipment = workshop.shipment(tracking, SOAP=3, WAX=2)

    first = workshop.push(shipment)
    second = workshop.push(shipment)

    assert second == Pushed(remote_ref=first.remote_ref, outcome="already_there")
    assert workshop.sent() == {"SOAP": 3, "WAX": 2}


@pytest.mark.parametrize("tracking", [PARCEL, UNTRACKED])
@pytest.mark.parametrize(
    "kind", ["drop_after_apply", "fail_after_apply", "hang_after_apply"]
)
def test_what_was_done_though_its_answer_was_lost_is_found(
    workshop: Workshop, kind: str, tracking: Tracking
) -> None:
    shipment = workshop.shipment(tracking, SOAP=2)
    workshop.fail(kind, seconds=0)

    with pytest.raises(OutcomeUnknown):
        workshop.push(shipment)

    [fulfilment] = workshop.standing
    found = Pushed(remote_ref=str(fulfilment["id"]), outcome="already_there")
    assert workshop.look_up(shipment) == found
    assert workshop.push(shipment) == found
    assert workshop.sent() == {"SOAP": 2}


@pytest.mark.parametrize("kind", ["drop_before_apply", "fail_before_apply"])
def test_what_was_not_done_is_not_found_and_done_again(
    workshop: Workshop, kind: str
) -> None:
    shipment = workshop.shipment(SOAP=2)
    workshop.fail(kind)

    with pytest.raises(OutcomeUnknown):
        workshop.push(shipment)

    assert workshop.look_up(shipment) is None
    assert workshop.push(shipment).outcome == "created"
    assert workshop.sent() == {"SOAP": 2}


def test_an_answer_nobody_can_read_after_a_create_is_a_doubt(workshop: Workshop) -> None:
    workshop.fail("garbage")

    with pytest.raises(OutcomeUnknown):
        workshop.push(workshop.shipment(SOAP=1))


def test_a_shipment_of_nothing_asks_nothing(workshop: Workshop) -> None:
    pushed = workshop.push(workshop.shipment(SOAP=0))

    assert pushed == Pushed(remote_ref="", outcome="nothing_to_do")
    assert workshop.store.requests() == []


def test_one_line_named_twice_is_added_up(workshop: Workshop) -> None:
    once = workshop.shipment(SOAP=1)

    workshop.push(replace(once, lines=once.lines * 2))

    assert workshop.sent() == {"SOAP": 2}


# Several locations ---------------------------------------------------------------------


@pytest.mark.parametrize("tracking", [PARCEL, UNTRACKED])
def test_pieces_from_two_locations_become_a_fulfilment_each(
    workshop: Workshop, tracking: Tracking
) -> None:
    pushed = workshop.push(workshop.shipment(tracking, SOAP=3, WAX=1))

    places = {one["location_id"] for one in workshop.standing}
    assert len(workshop.standing) == len(places) == 2
    assert pushed.remote_ref == ",".join(
        sorted(str(one["id"]) for one in workshop.standing)
    )
    assert workshop.sent() == {"SOAP": 3, "WAX": 1}


class Stopped(BaseException):
    """A simulated crash: nothing below may catch it."""


def stop_at_call(number: int, moment: str) -> Callable[[str], None]:
    """Crash at the given moment of the given call."""
    seen = {"http.before_send": 0, "http.after_answer": 0}

    def failpoint(name: str) -> None:
        seen[name] += 1
        if (name, seen[name]) == (moment, number):
            raise Stopped

    return failpoint


@pytest.mark.parametrize("tracking", [PARCEL, UNTRACKED])
@pytest.mark.parametrize("moment", ["http.before_send", "http.after_answer"])
@pytest.mark.parametrize("call", [1, 2, 3])
def test_a_push_that_stopped_anywhere_is_finished_by_the_next(
    workshop: Workshop, call: int, moment: str, tracking: Tracking
) -> None:
    shipment = workshop.shipment(tracking, SOAP=3, WAX=2)
    with pytest.raises(Stopped):
        connect(workshop.store, failpoint=stop_at_call(call, moment)).push(shipment)

    found = workshop.look_up(shipment)
    pushed = workshop.push(shipment)

    everything = (call, moment) == (3, "http.after_answer")
    assert (found is not None) == everything
    assert pushed.remote_ref.count(",") == 1
    assert workshop.sent() == {"SOAP": 3, "WAX": 2}
    assert len(workshop.standing) == 2


FAULTS = st.lists(
    st.sampled_from(
        [
            "drop_after_apply",
            "drop_before_apply",
            "fail_after_apply",
            "fail_before_apply",
            "throttled",
            "rate_limited",
            "garbage",
        ]
    ),
    max_size=5,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(faults=FAULTS, tracking=st.sampled_from([PARCEL, UNTRACKED]), wax=st.integers(0, 2))
def test_any_row_of_failures_ends_with_each_piece_sent_once(
    faults: list[str], tracking: Tracking, wax: int
) -> None:
    workshop = open_workshop()
    shipment = workshop.shipment(tracking, SOAP=2, WAX=wax)
    for kind in faults:
        workshop.fail(kind)

    for _ in range(len(faults) + 1):
        try:
            workshop.push(shipment)
        except (OutcomeUnknown, Retryable):
            continue

    ended = workshop.look_up(shipment)
    assert ended is not None
    assert workshop.sent() == {"SOAP": 2, **({"WAX": wax} if wax else {})}
