"""Recalls at the browser: from a lot's page to the buyers, and back to a closed case."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from hub.domain.people.roles import Role
from hub.flow.channels.channels import manual_account
from hub.models.planning.habits import THE_ONE
from hub.models.records.orders import Customer
from hub.models.records.recalls import Recall
from hub.models.records.stock import Lot
from hub.models.records.workshop import Workshop
from hub.ports import Ports
from tests.factories import NOW
from tests.flow.recalls.ancestry import Workshop as Ancestry
from tests.flow.recalls.ancestry import make_workshop
from tests.web.pages.visitor import Visitor


@pytest.fixture
def oil(ports: Ports) -> int:
    """A lot of oil whose soap went to Maria Ruiz."""
    with ports.database.begin() as session:
        workshop = make_workshop(session)
        lot = workshop.bought("OIL", supplier_lot="KX9")
        workshop.bought("OIL", supplier_lot="KX9")
        soap = workshop.made_of("SOAP", lot)
        workshop.send(workshop.order("SOAP"), soap)
        return lot.id


def test_a_lots_page_shows_both_ways_and_rehearses_a_recall(
    owner: Visitor, ports: Ports, oil: int
) -> None:
    page = owner.see(f"/lots/{oil}")
    assert "H-0001" in page
    assert "KX9" in page
    assert "P-0001" in page

    drill = owner.did(f"/lots/{oil}/recall", drill="1", reason="a rehearsal")

    assert "Nothing was changed" in drill
    assert "Maria Ruiz" in drill
    assert "Recuperación de un producto por seguridad" in drill
    assert "All found in" in drill
    with ports.database.reading() as session:
        assert session.get_one(Lot, oil).state == "available"


def test_a_recall_is_started_told_and_closed(
    owner: Visitor, ports: Ports, oil: int
) -> None:
    recalled = owner.did(f"/lots/{oil}/recall", drill="0", reason="mould <b>here</b>")
    assert "mould &lt;b&gt;here&lt;/b&gt;" in recalled
    assert "OIL-2" in recalled  # of the same lot of the supplier's, and not part of it

    told = owner.did("/recalls/1/orders/1/told")
    closed = owner.did("/recalls/1/close", release_orders="1")

    assert "the buyer was told" in told
    assert "Closed" in closed
    assert "R-0001" in owner.see("/recalls")
    with ports.database.reading() as session:
        recall = session.scalars(select(Recall)).one()
        assert (recall.state, session.get_one(Lot, oil).state) == ("closed", "recalled")


def test_a_letter_about_what_was_ordered_by_hand_is_signed_by_the_workshop(
    owner: Visitor, ports: Ports
) -> None:
    with ports.database.begin() as session:
        by_hand = manual_account(session, now=NOW)
        session.add(Workshop(id=THE_ONE, name="Cera y Sal", updated_at=NOW))
        workshop = Ancestry(session, by_hand)
        soap = workshop.bought("SOAP")
        workshop.send(workshop.order("SOAP"), soap)
        lot_id = soap.id

    page = owner.did(f"/lots/{lot_id}/recall", drill="1", reason="a rehearsal")

    letter = page.split('class="copy"')[1].split("</details>")[0]
    assert "Cera y Sal<br>" in letter
    assert "manual" not in letter


def test_a_recall_without_a_reason_is_refused_beside_its_form(
    owner: Visitor, oil: int
) -> None:
    answer = owner.press(f"/lots/{oil}/recall", drill="0", reason="")

    assert answer.status_code == 422
    assert "Say why it is called back." in answer.text


def test_papers_and_tables_are_downloaded(owner: Visitor, ports: Ports, oil: int) -> None:
    with ports.database.begin() as session:
        buyer = session.scalars(select(Customer)).one()
        buyer.name = "=Wałęsa <Żółć> 日本 & sons"
    owner.did(f"/lots/{oil}/recall", drill="1", reason="+x")

    paper = owner.open("/recalls/1/report.pdf")
    buyers = owner.open("/recalls/1/customers.csv")
    lots = owner.open("/recalls/1/lots.csv")

    assert paper.data.startswith(b"%PDF")
    assert paper.headers["Content-Disposition"] == (
        'attachment; filename="R-0001-report.pdf"'
    )
    assert "'=Wałęsa <Żółć> 日本 & sons" in buyers.data.decode()
    assert "KX9" in lots.data.decode()


def test_what_is_not_there_is_not_there(owner: Visitor) -> None:
    for path in ("/lots/99", "/recalls/99", "/recalls/99/report.pdf"):
        assert owner.open(path).status_code == 404
    assert owner.press("/lots/99/recall", drill="1").status_code == 404


def test_a_maker_follows_a_lot_and_sees_no_buyer(
    owner: Visitor, be: Callable[[Role], Visitor], oil: int
) -> None:
    owner.did(f"/lots/{oil}/recall", drill="1", reason="a rehearsal")
    maker = be(Role.MAKER)

    page = maker.see(f"/lots/{oil}")

    assert "Maria Ruiz" not in page
    assert "Rehearse it" not in page
    assert maker.open("/recalls/1").status_code == 403
