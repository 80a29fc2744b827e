"""What a buyer is told of where their order is, and by what name."""

import pytest

from hub.domain.orders.buyer_stage import Note, Standing, Step, first_name, standing
from hub.domain.orders.phase import Phase
from hub.domain.states import Intent
from mapping.canonical import Release


def stand(
    phase: Phase,
    *,
    intent: Intent = Intent.OPEN,
    release: Release = Release.READY,
    has_left: bool = False,
    is_made: bool = False,
) -> Standing:
    """Say where an order is."""
    return standing(
        phase=phase, intent=intent, release=release, has_left=has_left, is_made=is_made
    )


@pytest.mark.parametrize(
    "phase, step",
    [
        (Phase.NEW, Step.RECEIVED),
        (Phase.WAITING_FOR_MATERIALS, Step.MATERIALS),
        (Phase.MATERIALS_RESERVED, Step.MATERIALS),
        (Phase.IN_PRODUCTION, Step.IN_PRODUCTION),
        (Phase.READY_TO_SHIP, Step.READY),
        (Phase.SHIPPED, Step.SHIPPED),
    ],
)
def test_each_phase_is_one_step(phase: Phase, step: Step) -> None:
    assert stand(phase) == Standing(step=step)


@pytest.mark.parametrize("phase", list(Phase))
def test_no_phase_is_without_a_step(phase: Phase) -> None:
    assert stand(phase).step in set(Step)


def test_what_is_over_says_so() -> None:
    assert stand(Phase.DELIVERED) == Standing(
        step=Step.SHIPPED, note=Note.DELIVERED, is_over=True
    )
    assert stand(Phase.CANCELLED).note is Note.CANCELLED
    assert stand(Phase.PARTLY_SHIPPED).note is Note.PARTLY_SHIPPED


@pytest.mark.parametrize(
    "has_left, is_made, step",
    [
        (False, False, Step.RECEIVED),
        (False, True, Step.IN_PRODUCTION),
        (True, True, Step.SHIPPED),
    ],
)
def test_a_question_among_ourselves_does_not_set_the_order_back(
    has_left: bool, is_made: bool, step: Step
) -> None:
    found = stand(Phase.NEEDS_ATTENTION, has_left=has_left, is_made=is_made)

    assert found == Standing(step=step)


def test_a_pause_and_a_payment_are_said_and_a_suspicion_is_not() -> None:
    held = stand(Phase.NEEDS_ATTENTION, intent=Intent.ON_HOLD)

    assert held.note is Note.ON_HOLD
    assert stand(Phase.NEW, release=Release.HOLD_PAYMENT).note is Note.PAYMENT
    assert stand(Phase.NEEDS_ATTENTION, release=Release.HOLD_RISK).note is None


@pytest.mark.parametrize(
    "name, greeted",
    [
        ("Maria Ruiz", "Maria"),
        ("  José Luis   Pérez ", "José"),
        ("Ruiz, Maria", "Maria"),
        ("Sra. Ruiz", ""),
        ("Dr Ana Ruiz", "Ana"),
        ("Jean-Luc Moreau", "Jean-Luc"),
        ("O’Neil", "O’Neil"),
        ("maria@shop.example", ""),
        ("600123456", ""),
        ("<b>x</b> y", ""),
        ("a" * 41, ""),
        ("", ""),
        (",", ""),
    ],
)
def test_a_buyer_is_greeted_by_the_first_name_alone(name: str, greeted: str) -> None:
    assert first_name(name) == greeted


@pytest.mark.parametrize(
    "name",
    [
        "Fig & Linen",
        "Fig + Linen",
        "Fig and Linen",
        "Higo y Lino",
        "Ana & Luis Pérez",
        "The Wick Room",
        "La Vela Azul",
        "Herboristería El Bosque",
        "Casa Lola",
        "Studio Fig",
        "Hotel Mar",
        "Ceras Vila, SL",
        "Ceras Vila S.L.",
        "Fig Ltd",
        "Wachs GmbH",
        "Fig AG",
        "Ana Ruiz (Fig)",
        "Fig 27",
        "fig.example shop",
        "Sons of Wax",
        "Ruiz e Hijos",
    ],
)
def test_who_is_no_person_for_sure_is_greeted_without_a_name(name: str) -> None:
    assert first_name(name) == ""


@pytest.mark.parametrize(
    "name, greeted",
    [
        ("José Ortega y Gasset", "José"),
        ("Ana de la Fuente", "Ana"),
        ("Leo van den Berg", "Leo"),
        ("Ana M. Ruiz", "Ana"),
        ("Ag Ruiz", "Ag"),
        ("Ruiz de la Torre, Eva", "Eva"),
        ("D'Angelo Rossi", "D'Angelo"),
    ],
)
def test_the_small_words_of_a_name_make_no_company_of_a_person(
    name: str, greeted: str
) -> None:
    assert first_name(name) == greeted
