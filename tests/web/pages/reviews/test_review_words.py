"""How the sender of a mail is known is said in the reader's language."""

import ast
from pathlib import Path

from flask import Flask
from flask_babel import force_locale

import connectors.email.sender
from hub.domain.people.roles import Role
from hub.ports import Ports
from hub.web.reviews.review_words import HOW, how_words, knows_how
from mapping.letter import Proof, Sender
from tests.web.pages.reviews.review_bench import soap_mail, waits
from tests.web.pages.visitor import visit


def ways() -> list[str]:
    """Collect from the code what is said of how a sender is known, its holes filled."""
    code = Path(connectors.email.sender.__file__).read_text("utf-8")
    said = [
        node.elts[1]
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Tuple) and ast.unparse(node).startswith("(Proof.")
    ]
    either = [each for each in said if isinstance(each, ast.IfExp)]
    said += [part for each in either for part in (each.body, each.orelse)]
    return [
        str(each.value)
        if isinstance(each, ast.Constant)
        else "".join(
            str(part.value) if isinstance(part, ast.Constant) else "X"
            for part in getattr(each, "values", ())
        )
        for each in said
        if isinstance(each, ast.Constant | ast.JoinedStr)
    ]


def test_every_way_a_sender_is_known_has_words() -> None:
    found = ways()

    assert len(found) >= len(HOW)
    assert [each for each in found if not knows_how(each)] == []


def test_what_is_said_of_a_sender_keeps_its_domain(app: Flask) -> None:
    sender = Sender(
        address="ana@x.example", proof=Proof.YES, how="dkim x.example, says our mail server"
    )

    with app.test_request_context(), force_locale("en"):
        assert how_words(sender) == sender.how


def test_the_page_of_a_mail_says_how_its_sender_is_known(app: Flask, ports: Ports) -> None:
    review = waits(ports, soap_mail())

    page = visit(app, ports, role=Role.OWNER).see(f"/reviews/{review}")

    assert "dkim" in page or "signature" in page
