"""The menu: every entry leads to a page that opens; the first steps are led to while open."""

import re
from html import unescape

import pytest
from flask import Flask

from hub.domain.people.roles import Role
from hub.ports import Ports
from hub.web.menu import EVERYWHERE, Place
from tests.factories import make_account, make_item
from tests.web.pages.conftest import As
from tests.web.pages.visitor import Visitor


@pytest.mark.parametrize("place", EVERYWHERE, ids=lambda place: place.view)
def test_every_entry_of_the_menu_is_a_page_of_that_name_without_blanks(
    app: Flask, owner: Visitor, place: Place
) -> None:
    rules = [
        rule
        for rule in app.url_map.iter_rules(f"pages.{place.view}")
        if "GET" in (rule.methods or ())
    ]

    assert len(rules) == 1
    assert not rules[0].arguments
    page = owner.open(rules[0].rule)
    assert page.status_code == 200
    assert title_of(page.text) == place.label


def test_no_two_entries_share_a_key_or_a_page() -> None:
    keys = [place.key for place in EVERYWHERE if place.key]
    views = [place.view for place in EVERYWHERE]

    assert len(keys) == len(set(keys))
    assert len(views) == len(set(views))


def test_today_leads_to_the_first_steps_while_they_are_open_and_only_the_office(
    ports: Ports, be: As
) -> None:
    owner, maker = be(Role.OWNER), be(Role.MAKER)
    link = 'href="/welcome"'

    assert link in main_of(owner.see("/"))
    assert link not in main_of(maker.see("/"))

    with ports.database.begin() as session:
        make_account(session)
        make_item(session)

    assert link in main_of(owner.see("/"))
    assert link not in main_of(maker.see("/"))


def title_of(page: str) -> str:
    """Return what a page calls itself in the browser's tab, before the name of the house."""
    found = re.search(r"<title>(.*?) · ", page)
    assert found
    return unescape(found[1])


def main_of(page: str) -> str:
    """Return what stands between the menu and the foot."""
    return page[page.index("<main") : page.index("</main>")]
