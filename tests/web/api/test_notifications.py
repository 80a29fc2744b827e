"""Letters over the API: what was written, in which words, and who hears what."""

from typing import cast

import pytest

from hub.domain.letters.notices import Event
from hub.flow.letters.notify import tell
from hub.ports import Ports
from tests.factories import NOW, make_account, make_item, make_order
from tests.web.api.program import Json, Program, entries

WORDS = "/notification-templates/shipped/en"
MINE: Json = {
    "subject": "{{ order.name }}",
    "text": "Follow {{ parcel.number }}",
    "html": "<p>{{ parcel.number }}</p>",
}


@pytest.fixture
def number(ports: Ports) -> str:
    """An order typed by hand, whose buyer was just written to from a mailbox."""
    with ports.database.begin() as session:
        box = make_account(session, channel="email", name="Orders")
        box.settings = {"address": "orders@cerasal.example", "smtp_host": "smtp.example"}
        account = make_account(session, channel="manual", name="By hand")
        order = make_order(session, account=account, lines={make_item(session): 2})
        tell(session, order_id=order.id, event=Event.RECEIVED, now=NOW)
        return order.number


def test_letters_of_an_order_are_listed_and_read(owner: Program, number: str) -> None:
    (listed,) = entries(owner.get(f"/notifications?order={number}").json, "items")
    whole = owner.get(f"/notifications/{listed['id']}").json

    assert (listed["event"], listed["order"], listed["state"]) == (
        "received", number, "waiting",
    )  # fmt: skip
    assert listed["recipient"] == "maria.ruiz@example.com"
    assert "text" not in listed
    assert "Soy candle" in str(whole["text"])
    assert "hornada:order-status:" not in f"{whole['text']} {whole['html']}"


def test_words_are_kept_previewed_and_withdrawn(owner: Program, number: str) -> None:
    before = owner.get(WORDS).json
    kept = owner.call("PUT", WORDS, MINE | {"seen_version": 0}).json
    shown = owner.post(f"{WORDS}/preview", {"order": number}).json
    after = owner.call("DELETE", WORDS, None).json

    assert (before["version"], kept["version"], after["version"]) == (0, 1, 0)
    assert (kept["subject"], after["subject"]) == (MINE["subject"], before["subject"])
    assert number in str(shown["subject"])
    assert "parcel.number" in str(before["words"])


def test_every_letter_in_every_language_is_listed(owner: Program) -> None:
    listed = entries(owner.get("/notification-templates").json, "items")

    assert {(each["event"], each["locale"]) for each in listed} == {
        (event.value, locale) for event in Event for locale in ("en", "es")
    }


def test_who_writes_is_shown_and_changed(owner: Program, number: str) -> None:
    before = owner.get("/letter-settings").json
    after = owner.call("PATCH", "/letter-settings", {"name": "Cera y Sal"}).json

    assert before == {"name": "", "locale": "en", "mailbox": None, "can_send": True}
    assert after == before | {"name": "Cera y Sal"}


def test_a_channels_switches_are_shown_and_changed(owner: Program, number: str) -> None:
    (shop,) = [
        each
        for each in entries(owner.get("/channels").json, "items")
        if each["channel"] == "manual"
    ]
    told = cast("dict[str, bool]", shop["notify"])
    wanted = {"shipped": False, "in_production": True}

    changed = owner.call("PATCH", f"/channels/{shop['id']}", {"notify": wanted}).json

    assert told["shipped"] is True
    assert changed["notify"] == told | wanted


def test_etsy_buyers_are_never_written_to(owner: Program, ports: Ports) -> None:
    with ports.database.begin() as session:
        etsy = make_account(session, channel="etsy", name="On Etsy").id

    answer = owner.call("PATCH", f"/channels/{etsy}", {"notify": {"shipped": True}})

    assert answer.status == 422
