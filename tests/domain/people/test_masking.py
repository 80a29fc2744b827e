"""What a stored message shows of itself never gives a person away."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.domain.people.masking import BLOT, masked, masked_body

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
THEIRS = {
    "first_name", "last_name", "email", "contact_email", "phone", "address1", "address2",
    "formatted_address", "first_line", "second_line", "zip", "city", "buyer_email",
    "firstName", "lastName", "message_from_buyer", "gift_message", "browser_ip", "note",
}  # fmt: skip
"""Keys whose text is a person's, in whatever channel."""


def bodies() -> list[tuple[str, object]]:
    """Return what the samples' messages hold, each with its name."""
    found = []
    for path in sorted(SAMPLES.rglob("*.json")):
        try:
            found.append((str(path.relative_to(SAMPLES)), json.loads(path.read_bytes())))
        except ValueError:
            continue
    return found


def said(value: object, key: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text of a JSON value with the key it stands under."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from said(part, name)
    elif isinstance(value, list):
        for part in value:
            yield from said(part, key)
    elif isinstance(value, str):
        yield key, value


def leaves(value: object) -> list[str]:
    """Return every text of a JSON value."""
    return [text for _, text in said(value)]


def test_no_sample_of_any_channel_shows_what_is_somebodys() -> None:
    seen = 0
    for name, body in bodies():
        shown = leaves(masked(body))
        theirs = {text for key, text in said(body) if key in THEIRS and len(text) > 3}
        seen += len(theirs)

        assert [text for text in theirs if text in shown] == [], name
        assert [text for text in shown if "@" in text] == [], name
    assert seen > 50


def test_what_a_maker_needs_to_see_stays() -> None:
    order = {
        "id": 9007199254740993,
        "financial_status": "paid",
        "created_at": "2026-11-20T10:00:00+01:00",
        "currency": "EUR",
        "customer": {"id": 7, "first_name": "Ana", "country_code": "ES"},
        "line_items": [{"sku": "CND-LAV", "title": "Lavender candle", "quantity": 6}],
    }

    shown = masked(order)

    assert shown == {
        **order,
        "customer": {"id": 7, "first_name": BLOT, "country_code": "ES"},
    }


@pytest.mark.parametrize(
    "field",
    [
        {"recipient": "ana"},
        {"whatever_comes_tomorrow": "Ana Pérez"},
        {"telefono": "600 123 456"},
        {"telefono": "+34600123456"},
        {"shipping_address": {"x": "Calle Mayor 1", "n": 12}},
        {"title": "for ana@cerysal.example"},
        {"name": "Ana"},
        {"properties": [{"name": "Engraving", "value": "Ana"}]},
        {"ana@cerysal.example": 1},
    ],
)
def test_what_nobody_knows_to_be_harmless_is_blotted_out(field: dict[str, object]) -> None:
    shown = masked_body(json.dumps(field).encode())

    for word in ("Ana", "ana@", "600", "Mayor", "12"):
        assert word not in shown


def test_a_mail_shows_the_domains_of_its_head_and_nothing_of_its_text() -> None:
    mail = (
        b"From: Ana Perez <ana@cerysal.example>\r\nTo: orders@taller.example\r\n"
        b"Subject: Six candles for Ana\r\nDate: Mon, 23 Nov 2026 10:00:00 +0100\r\n"
        b"Content-Type: text/plain\r\n\r\nPlease send them to Calle Mayor 1.\r\n"
    )

    shown = masked_body(mail, content_type="message/rfc822")

    assert f"From: {BLOT}@cerysal.example" in shown
    assert "Date: Mon, 23 Nov 2026 10:00:00 +0100" in shown
    assert "Ana" not in shown
    assert "candles" not in shown
    assert "Mayor" not in shown


def test_bytes_that_are_neither_are_only_measured() -> None:
    assert masked_body(b"\x00\xff binary") == f"{BLOT} (9 bytes)"
    assert masked_body(b'"Ana Perez"') == f"{BLOT} (11 bytes)"


def test_a_body_nested_without_end_is_shown_as_far_as_it_goes() -> None:
    deep = b'{"a":' * 200 + b"1" + b"}" * 200

    assert BLOT in masked_body(deep)
