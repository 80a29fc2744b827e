"""Every pair of states: allowed exactly where the lists below say so."""

from itertools import product

import pytest

from hub.domain.states import (
    INTENT_STEPS,
    PRODUCTION_STEPS,
    PRODUCTION_UNDO,
    SHIPMENT_STEPS,
    Intent,
    Production,
    Shipment,
    StateT,
    StepNotAllowed,
    Steps,
    check_step,
)

PRODUCTION = {
    ("planned", "released"), ("planned", "cancelled"),
    ("released", "running"), ("released", "cancelled"),
    ("running", "done"), ("running", "cancelled"),
}  # fmt: skip
SHIPMENT = {("packed", "shipped"), ("packed", "cancelled"), ("shipped", "delivered")}
INTENT = {
    ("open", "on_hold"), ("open", "cancelled"), ("open", "closed"),
    ("on_hold", "open"), ("on_hold", "cancelled"), ("on_hold", "closed"),
    ("closed", "open"), ("closed", "cancelled"),
}  # fmt: skip


def is_allowed(steps: Steps[StateT], old: StateT, new: StateT) -> bool:
    try:
        check_step(steps, old=old, new=new)
    except StepNotAllowed:
        return False
    return True


@pytest.mark.parametrize("old, new", list(product(Production, Production)))
def test_every_step_of_a_production_order(old: Production, new: Production) -> None:
    assert is_allowed(PRODUCTION_STEPS, old, new) == ((old, new) in PRODUCTION)


@pytest.mark.parametrize("old, new", list(product(Production, Production)))
def test_every_step_back_of_a_production_order(old: Production, new: Production) -> None:
    back = {
        (Production.RUNNING, Production.RELEASED),
        (Production.DONE, Production.RUNNING),
    }

    assert is_allowed(PRODUCTION_UNDO, old, new) == ((old, new) in back)


def test_a_step_back_is_the_way_there_turned_round() -> None:
    back = [(old, new) for old, ways in PRODUCTION_UNDO.items() for new in ways]

    assert all(is_allowed(PRODUCTION_STEPS, new, old) for old, new in back)


@pytest.mark.parametrize("old, new", list(product(Shipment, Shipment)))
def test_every_step_of_a_shipment(old: Shipment, new: Shipment) -> None:
    assert is_allowed(SHIPMENT_STEPS, old, new) == ((old, new) in SHIPMENT)


@pytest.mark.parametrize("old, new", list(product(Intent, Intent)))
def test_every_step_of_an_intent(old: Intent, new: Intent) -> None:
    assert is_allowed(INTENT_STEPS, old, new) == ((old, new) in INTENT)


@pytest.mark.parametrize(
    "old, new, words",
    [
        (Production.PLANNED, Production.DONE,
         "What is planned cannot become done; it can become cancelled or released."),
        (Production.DONE, Production.RUNNING,
         "What is done cannot become running; it can become nothing else."),
    ],
)  # fmt: skip
def test_a_refused_step_says_what_is_possible(
    old: Production, new: Production, words: str
) -> None:
    with pytest.raises(StepNotAllowed) as refused:
        check_step(PRODUCTION_STEPS, old=old, new=new)

    assert str(refused.value) == words
