"""Asking whoever wrote a mail what they meant, from its page."""

import pytest
from sqlalchemy import select

from hub.models.records.mails import Review
from hub.models.records.notifications import Notification
from hub.ports import Ports
from mapping.letter import Proof
from tests.letter_bench import ANA, mailbox
from tests.web.pages.reviews.review_bench import soap_mail, waits
from tests.web.pages.visitor import Visitor


def sends(ports: Ports) -> None:
    """Let the mailbox send."""
    with ports.database.begin() as session:
        box = mailbox(session)
        box.settings = {
            **box.settings,
            "smtp_host": "smtp.taller.example",
            "smtp_port": "465",
            "smtp_security": "tls",
        }


def test_a_proven_sender_is_asked_and_the_mail_goes_on_waiting(
    ports: Ports, owner: Visitor
) -> None:
    sends(ports)
    review = waits(ports, soap_mail())
    assert "Ask the sender" in owner.see(f"/reviews/{review}")

    owner.did(f"/reviews/{review}/ask", question="Which soap, please?")

    with ports.database.reading() as session:
        letter = session.scalars(select(Notification)).one()
        assert (letter.recipient, letter.review_id) == (ANA, review)
        assert "Which soap, please?" in letter.text
        assert session.get_one(Review, review).state == "open"


@pytest.mark.parametrize("proof", [Proof.NO, Proof.UNKNOWN])
def test_nobody_is_asked_whose_address_is_not_proven(
    ports: Ports, owner: Visitor, proof: Proof
) -> None:
    sends(ports)
    review = waits(ports, soap_mail(proof=proof))

    assert "Ask the sender" not in owner.see(f"/reviews/{review}")
    answer = owner.press(f"/reviews/{review}/ask", question="Which soap, please?")

    assert answer.status_code == 409
    with ports.database.reading() as session:
        assert session.scalars(select(Notification)).all() == []


def test_without_a_mailbox_that_sends_there_is_no_button(
    ports: Ports, owner: Visitor
) -> None:
    review = waits(ports, soap_mail())

    assert "Ask the sender" not in owner.see(f"/reviews/{review}")
