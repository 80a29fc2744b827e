"""The sample orders of Peppol are read exactly. Their documents are not ours to publish."""

from pathlib import Path

import pytest

from connectors.email.channel import REGISTRATION
from connectors.email.topic import TOPIC
from connectors.protocol import Connection
from connectors.readings import LetterSeen, Message
from mapping.letter import Draft, DraftLine, Intent, Letter, Source
from tests.letters.post import File, mail
from tests.letters.workshop import SETTINGS


@pytest.fixture
def peppol(vendor: Path) -> Path:
    """The folder of Peppol's samples."""
    folder = vendor / "peppol"
    if not folder.is_dir():
        pytest.skip("Peppol's samples are not here (HORNADA_VENDOR names their folder)")
    return folder


def _letter(file: Path) -> Letter:
    raw = mail(
        file.stem, "Adjunto.\n",
        files=[File(file.name, file.read_bytes(), "application/xml")],
    )  # fmt: skip
    connection = Connection(settings=SETTINGS, credentials={}, webhook_secrets=())
    reading = REGISTRATION.connect(connection).read(Message(topic=TOPIC, body=raw))
    assert isinstance(reading, LetterSeen)
    return reading.letter


def _draft(file: Path) -> Draft:
    (draft,) = [each for each in _letter(file).drafts if each.source is Source.UBL]
    assert draft.is_exact
    assert draft.faults == ()
    assert draft.unread == ()
    return draft


Fields = tuple[str, str, str, str, str, str, str, str]


def _fields(line: DraftLine) -> Fields:
    return (
        line.line_id, line.sku, line.barcode, line.title, line.quantity, line.unit,
        line.price, line.amount,
    )  # fmt: skip


def _head(draft: Draft) -> tuple[str, str, str, str]:
    return draft.po_number, draft.currency, draft.total, draft.requested


def test_the_first_use_case_is_read_exactly(peppol: Path) -> None:
    draft = _draft(peppol / "UC1_Order.xml")

    assert _head(draft) == ("1", "EUR", "115", "2013-07-16")
    assert [_fields(line) for line in draft.lines] == [
        ("1", "SN-33", "05704066204093", "Brown sauce", "10", "NAR", "4", "40"),
        ("2", "SN-34", "08722700575887", "White sauce", "5", "NAR", "6", "30"),
        ("3", "SN-35", "08722700577584", "Pepper sauce", "15", "NAR", "3", "45"),
    ]


def test_the_first_use_case_goes_where_it_says(peppol: Path) -> None:
    draft = _draft(peppol / "UC1_Order.xml")

    to = draft.ship_to
    assert to is not None
    assert (to.line1, to.line2) == ("Lower street 5", "Reception")
    assert (to.postcode, to.city, to.country) == ("11120", "Stockholm", "SE")
    assert "Hospital Tourist Department" in {to.name, to.company}


def test_items_without_any_code_have_their_names(peppol: Path) -> None:
    draft = _draft(peppol / "UC2_Order.xml")

    assert _head(draft) == ("1", "EUR", "700.00", "2013-07-16")
    assert [_fields(line) for line in draft.lines] == [
        ("1", "", "", "Item 1", "10", "NAR", "40", "400"),
        ("2", "", "", "Item 2", "50", "NAR", "6", "300"),
    ]


def test_a_service_by_the_day_is_read_as_such(peppol: Path) -> None:
    draft = _draft(peppol / "UC3_Order.xml")

    assert _head(draft) == ("5", "EUR", "400", "2013-07-16")
    assert [_fields(line) for line in draft.lines] == [
        ("1", "", "", "Translation", "1", "DAY", "400", "400"),
    ]


def test_the_whole_example_is_read_exactly(peppol: Path) -> None:
    """Its two lines are wanted on two days, whatever its head says: both are named."""
    draft = _draft(peppol / "Order_Example.xml")

    assert _head(draft) == ("34", "NOK", "6525.00", "2010-02-25 / 2012-10-31")
    assert [_fields(line) for line in draft.lines] == [
        ("1", "121212", "7560000012345", "Needle 4mm", "120", "EA", "50.000", "6300.00"),
        ("2", "SItemNo011", "", "Wet tissues", "15", "EA", "15.000", "225.00"),
    ]


def test_the_whole_example_goes_where_it_says(peppol: Path) -> None:
    draft = _draft(peppol / "Order_Example.xml")

    to = draft.ship_to
    assert to is not None
    assert to.line1 == "Solheimsveien 10"
    assert to.line2.startswith("Add")
    assert (to.postcode, to.city, to.region, to.country) == (
        "1473", "Lørenskog", "Region", "NO",
    )  # fmt: skip
    assert "Helseavdeling" in {to.name, to.company}


def test_a_change_is_a_change_of_the_order_it_names(peppol: Path) -> None:
    letter = _letter(peppol / "OrderChange_sc1.xml")

    assert letter.intent is Intent.CHANGE
    assert [draft.po_number for draft in letter.drafts] == ["Order-1"]


def test_a_cancellation_is_of_the_order_it_names(peppol: Path) -> None:
    letter = _letter(peppol / "OrderCancellation_Example.xml")

    assert letter.intent is Intent.CANCEL
    assert [draft.po_number for draft in letter.drafts] == ["Order-1"]


def test_an_answer_to_an_order_is_no_order(peppol: Path) -> None:
    letter = _letter(peppol / "OrderResponse_Example.xml")

    assert letter.drafts == ()
