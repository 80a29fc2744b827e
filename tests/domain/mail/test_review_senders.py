"""Who may order, what was ordered before, and what nobody need look at."""

from dataclasses import replace

import pytest

from hub.domain.mail.mail_known import Known, Sold
from hub.domain.mail.review_reasons import Reason
from hub.domain.mail.review_rule import ForReview, LetAlone, decide
from mapping.letter import (
    Forwarded,
    Intent,
    Proof,
    Sender,
    Text,
)
from mapping.listing import sku_key
from tests.domain.mail.letters import (
    BODY,
    CATALOGUE,
    CUSTOMER,
    KNOWN,
    TODAY,
    letter,
    past,
    pieces,
    reason,
    table_letter,
    text_letter,
    with_draft,
)

STRANGER = replace(KNOWN, customer=None)


# Who wrote ----------------------------------------------------------------------------------


def test_only_a_known_and_proven_sender_orders() -> None:
    mail = text_letter("12 x LAV-100ML")
    unproven = replace(mail, sender=replace(mail.sender, proof=Proof.UNKNOWN))
    disproven = replace(mail, sender=replace(mail.sender, proof=Proof.NO))
    nobody = replace(mail, sender=Sender(address="", proof=Proof.YES))

    assert reason(mail, STRANGER) == Reason.SENDER_NOT_ALLOWED
    assert reason(unproven) == Reason.SENDER_NOT_AUTHENTICATED
    assert reason(disproven) == Reason.SENDER_NOT_AUTHENTICATED
    assert reason(nobody) == Reason.SENDER_NOT_AUTHENTICATED


def test_what_our_own_people_pass_on_is_looked_at_unless_trusted() -> None:
    inner = Forwarded(address="compras@elbosque.example")
    mail = text_letter("12 x LAV-100ML", forwarded=inner)
    staff = replace(KNOWN, is_staff=True, is_forward=True)

    assert reason(mail, staff) == Reason.SENDER_NOT_AUTHENTICATED
    assert pieces(mail, replace(staff, trusts_forwards=True)) == {"LAV-100ML": 12}
    assert reason(mail, replace(staff, customer=None)) == Reason.UNKNOWN_CUSTOMER
    assert reason(mail) == Reason.SENDER_NOT_AUTHENTICATED


def test_trust_in_forwards_is_no_trust_in_who_says_to_be_staff() -> None:
    mail = text_letter("12 x LAV-100ML", forwarded=Forwarded(address="x@y.example"))
    unproven = replace(mail, sender=replace(mail.sender, proof=Proof.UNKNOWN))
    staff = replace(KNOWN, is_staff=True, is_forward=True, trusts_forwards=True)

    assert reason(unproven, staff) == Reason.SENDER_NOT_AUTHENTICATED


def test_what_is_quoted_is_no_order_again() -> None:
    mail = text_letter("12 x LAV-100ML")
    quoted = replace(mail, texts=(Text(part=BODY, text="12 x LAV-100ML", is_quoted=True),))

    assert reason(quoted) == Reason.NO_ORDER_LINES


# What was ordered before --------------------------------------------------------------------


def test_a_number_used_before_is_a_repeat_or_a_question() -> None:
    known = replace(KNOWN, orders={sku_key("EB-1"): past()})
    same = with_draft(text_letter("12 x LAV-100ML"), po_number="eb 1".replace(" ", "-"))
    other = with_draft(text_letter("13 x LAV-100ML"), po_number="EB-1")

    again, changed = (decide(mail, known, today=TODAY) for mail in (same, other))

    assert again == LetAlone(why="duplicate", order_id=40)
    assert isinstance(changed, ForReview)
    assert changed.reason is Reason.PO_ALREADY_IMPORTED
    assert (changed.detail["before"], changed.detail["now"]) == (
        [["LAV-100ML", 12]],
        [["LAV-100ML", 13]],
    )


def test_the_same_lines_within_a_week_without_a_number_wait() -> None:
    known = replace(KNOWN, recent=(past(),))

    assert reason(text_letter("12 x LAV-100ML"), known) == Reason.PO_ALREADY_IMPORTED
    assert pieces(text_letter("13 x LAV-100ML"), known)
    assert pieces(with_draft(text_letter("12 x LAV-100ML"), po_number="EB-2"), known)


def test_a_number_that_waits_in_another_review_waits_with_it() -> None:
    mail = with_draft(text_letter("12 x LAV-100ML"), po_number="EB-3")

    assert reason(mail, replace(KNOWN, waiting={sku_key("EB-3"): 5})) == (
        Reason.PO_ALREADY_IMPORTED
    )


def test_lines_that_answer_an_order_ask_to_change_it() -> None:
    decided = decide(
        text_letter("12 x LAV-100ML"), replace(KNOWN, about=past()), today=TODAY
    )

    assert isinstance(decided, ForReview)
    assert (decided.reason, decided.kind) == (Reason.CHANGE_OR_CANCEL_INTENT, "change")


@pytest.mark.parametrize(
    "intent, kind", [(Intent.CHANGE, "change"), (Intent.CANCEL, "cancel")]
)
def test_a_change_is_proposed_and_never_an_order(intent: Intent, kind: str) -> None:
    decided = decide(text_letter("12 x LAV-100ML", intent=intent), KNOWN, today=TODAY)

    assert isinstance(decided, ForReview)
    assert (decided.reason, decided.kind) == (Reason.CHANGE_OR_CANCEL_INTENT, kind)


# Our habits and what is let alone -----------------------------------------------------------


def test_a_person_looks_at_the_first_orders_unless_switched() -> None:
    mail = text_letter("12 x LAV-100ML")

    def known(**more: object) -> Known:
        return replace(KNOWN, customer=replace(CUSTOMER, **more))  # type: ignore[arg-type]

    assert reason(mail, known(orders=2)) == Reason.FIRST_ORDERS
    assert pieces(mail, known(orders=2, auto_accept=True))
    assert pieces(mail, known(orders=3))
    assert reason(mail, known(always_review=True, auto_accept=True)) == Reason.FIRST_ORDERS


@pytest.mark.parametrize(
    "intent, why",
    [(Intent.AUTOMATIC, "automatic"), (Intent.BOUNCE, "bounce"), (Intent.NOTICE, "notice")],
)
def test_what_no_person_wrote_is_let_alone(intent: Intent, why: str) -> None:
    mail = text_letter("12 x LAV-100ML", intent=intent)

    assert decide(mail, KNOWN, today=TODAY) == LetAlone(why=why)


def test_an_unknown_code_brings_suggestions_and_no_decision() -> None:
    decided = decide(text_letter("12 x LAV-1000ML"), KNOWN, today=TODAY)

    assert isinstance(decided, ForReview)
    suggested = [one.item for one in decided.lines[0].suggestions]
    assert suggested[0] == "LAV-100ML"
    assert len(suggested) <= 3
    assert decided.lines[0].item == ""


def test_an_empty_letter_has_no_lines() -> None:
    assert reason(letter()) == Reason.NO_ORDER_LINES


def test_what_is_weighed_is_never_taken_by_a_bare_number() -> None:
    wax = Sold(sku="WAX", holds=((9, 1000),), is_counted=False)
    known = replace(KNOWN, catalogue={**CATALOGUE, "wax": wax})

    assert reason(table_letter(("WAX", "5")), known) == Reason.AMBIGUOUS_QUANTITY


def test_a_subject_that_says_otherwise_disagrees() -> None:
    mail = text_letter("12 x LAV-100ML", subject="Pedido 15 x LAV-100ML")

    assert reason(mail) == Reason.SOURCES_DISAGREE
    assert pieces(replace(mail, subject="Pedido 12 x LAV-100ML"))
