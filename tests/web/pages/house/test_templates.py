"""The first steps and the settings: what is done, tables to begin with, and only what one may."""

import io
import re
from pathlib import Path

from sqlalchemy import func, select

import hub.web
from hub.domain.people.roles import Role
from hub.flow.tables.import_templates import TEMPLATES
from hub.models.records.items import Item, Recipe
from hub.models.records.purchasing import Supplier
from hub.models.records.stock import Lot
from hub.ports import Ports
from tests.factories import make_account
from tests.web.pages.conftest import As
from tests.web.pages.visitor import Visitor

KEPT = re.compile(r'name="kept" value="([^"]+)"')


def test_each_template_is_given_looked_at_and_taken_in_as_it_is(
    anywhere: Ports, boss: Visitor
) -> None:
    for name in TEMPLATES:
        given = boss.open(f"/welcome/templates/{name}")
        looked = boss.client.post(
            "/tables/look",
            data={
                "csrf": boss.token("/tables"),
                "table": name,
                "file": (io.BytesIO(given.data), "mine.csv"),
            },
            content_type="multipart/form-data",
            headers={"Sec-Fetch-Site": "same-origin"},
        )
        kept = KEPT.search(looked.text)
        assert kept is not None, looked.text
        boss.did("/tables", table=name, kept=kept[1])

    with anywhere.database.reading() as session:
        counts = [
            session.scalar(select(func.count()).select_from(record))
            for record in (Item, Recipe, Lot, Supplier)
        ]
    assert counts == [4, 1, 3, 2]


def test_the_first_steps_say_what_is_done_and_explain_every_column(
    ports: Ports, owner: Visitor
) -> None:
    empty = owner.see("/welcome")
    with ports.database.begin() as session:
        shop = make_account(session)
        shop.mode = "shadow"
        account_id = shop.id

    begun = owner.see("/welcome")

    assert "0 of 3 done" in empty
    assert "hornada demo" in empty
    assert "<code>reorder_point</code>" in empty
    assert "1 of 3 done" in begun
    assert f"/channels/{account_id}/connect" in begun
    assert owner.open("/welcome/templates/ghosts").status_code == 404


def test_settings_lead_only_where_one_may_go(be: As, owner: Visitor) -> None:
    mine, makers = owner.see("/settings"), be(Role.MAKER).see("/settings")

    assert "/channels" in mine
    assert "/tables" in mine
    assert "/workshop#centres" in makers
    assert 'href="/tables"' not in makers
    assert 'href="/channels"' not in makers


def test_every_heading_of_a_table_says_what_it_heads() -> None:
    heads = [
        (path.name, head)
        for path in Path(hub.web.__file__).parent.joinpath("templates").rglob("*.html")
        for head in re.findall(r"<th\b[^>]*>", path.read_text("utf-8"))
    ]

    assert len(heads) > 100
    assert [each for each in heads if each[1].count(" scope=") != 1] == []
