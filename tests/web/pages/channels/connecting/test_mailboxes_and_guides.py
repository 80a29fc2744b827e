"""Connecting a mailbox, and how every channel says it is connected."""

import pytest

from connectors.guide import Guide, Step, Words
from connectors.registry import CHANNELS
from hub.ports import Ports
from tests.web.pages.channels.connecting.steps import MAILBOX, account
from tests.web.pages.visitor import Visitor


def test_a_mailbox_speaks_of_the_mailbox_and_shows_no_inbox_it_does_not_read(
    ports: Ports, owner: Visitor
) -> None:
    owner.did("/channels/connect/email", **MAILBOX)
    address = f"/channels/{account(ports).id}"

    page = owner.see(address)
    bring = owner.see(f"{address}/connect/bring")

    assert "The mailbox is not read and no letter leaves." in page
    assert "told to the shop" not in page
    assert "Read the mailbox now" not in page
    assert "Mail that lies in the mailbox" in bring


def test_a_mailbox_that_is_read_has_its_button_and_its_letters_their_switch(
    ports: Ports, owner: Visitor
) -> None:
    owner.did(
        "/channels/connect/email",
        **{
            **MAILBOX,
            "settings.imap_host": "imap.taller.example",
            "settings.smtp_host": "smtp.taller.example",
            "credentials.password": "correct horse",
        },
    )

    page = owner.see(f"/channels/{account(ports).id}")

    assert "Read the mailbox now" in page
    assert "Letters to customers" in page
    assert "as the mailbox" in page


def words_of(guide: Guide) -> list[Words]:
    """Gather every text of a guide."""
    steps: list[Step] = [step for way in guide.ways for step in way.steps]
    return [guide.about, *(way.title for way in guide.ways), *(s.words for s in steps)]


@pytest.mark.parametrize(
    "key", sorted(key for key, each in CHANNELS.items() if each.spec.fields)
)
def test_every_channel_that_can_be_connected_says_how_in_both_languages(key: str) -> None:
    guide = CHANNELS[key].spec.guide

    assert guide is not None
    assert all(way.steps for way in guide.ways)
    for words in words_of(guide):
        assert words.en.strip()
        assert words.es.strip()
        assert words.en != words.es
        assert words.spoken("es") == words.es


def test_the_page_speaks_the_guides_spanish(owner: Visitor) -> None:
    owner.press("/language", locale="es", next="/")

    page = owner.see("/channels/connect/shopify")

    assert "elige Start from Dev Dashboard" in page
