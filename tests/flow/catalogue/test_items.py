"""Adding items and changing what is known of them."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.catalogue import items
from hub.flow.refusal import Invalid, Missing
from hub.models.records.history import History
from hub.models.records.items import Item
from hub.models.session import Database
from tests.factories import NOW, make_item
from tests.flow.bench import WHO, marked


@pytest.fixture
def lite(sqlite_database: Database) -> Iterator[Session]:
    """One engine is enough where nothing is ever asked of it."""
    with Session(sqlite_database.engine, expire_on_commit=False) as session:
        yield session


def add_item(session: Session, **changed: object) -> int:
    words: dict[str, object] = {
        "code": "WAX", "name": "Soy wax", "kind": "material", "unit": "g",
    }  # fmt: skip
    return items.add_item(session, **(words | changed), who=WHO, now=NOW)  # type: ignore[arg-type]


def test_an_item_is_known_by_its_code_however_it_is_spelt(session: Session) -> None:
    item_id = add_item(session, code="  WAX-7 ", name="Soy  wax")

    item = session.get_one(Item, item_id)
    assert (item.code, item.code_key, item.name) == ("WAX-7", "wax7", "Soy wax")
    assert marked(session) == {item_id}


def test_two_items_do_not_share_a_code(session: Session) -> None:
    add_item(session)

    with pytest.raises(items.CodeTaken, match="already an item WAX") as refused:
        add_item(session, name="Other wax")

    assert refused.value.field == "code"


@pytest.mark.parametrize(
    "field, value",
    [
        ("code", "  "),
        ("code", "W" * 201),
        ("name", ""),
        ("kind", "sweet"),
        ("unit", "kg"),
        ("policy", "when_i_like"),
        ("shelf_life_days", -1),
        ("shelf_life_days", 10**7),
        ("min_remaining_days", -1),
        ("lead_time_days", -1),
        ("reorder_point", -1),
        ("safety_stock", 10**16),
    ],
)
def test_what_an_item_cannot_be_is_named(lite: Session, field: str, value: object) -> None:
    with pytest.raises(Invalid) as refused:
        add_item(lite, **{field: value})

    assert refused.value.field == field
    assert lite.scalars(select(Item)).all() == []


def test_what_is_known_of_an_item_can_change_and_is_planned_again(session: Session) -> None:
    soap = make_item(session, code="SOAP")

    items.edit_item(
        session,
        item_id=soap.id,
        changed={"policy": "make_to_stock", "reorder_point": 5_000, "quality_hold": True},
        who=WHO,
        now=NOW,
    )

    assert (soap.policy, soap.reorder_point, soap.quality_hold) == (
        "make_to_stock",
        5_000,
        True,
    )
    assert soap.id in marked(session)
    told = session.scalars(select(History).filter_by(what="item.edited")).one()
    assert told.detail["reorder_point"] == {"from": 0, "to": 5_000}


def test_an_edit_that_changes_nothing_leaves_no_trace(session: Session) -> None:
    soap = make_item(session, code="SOAP")

    items.edit_item(session, item_id=soap.id, changed={"name": soap.name}, who=WHO, now=NOW)

    assert session.scalars(select(History).filter_by(what="item.edited")).all() == []


@pytest.mark.parametrize(
    "field, value",
    [
        ("name", "  "),
        ("policy", "when_i_like"),
        ("window_days", -1),
        ("stock_up_to", 10**16),
        ("lot_pattern", "{colour}"),
        ("shelf_life_days", -1),
    ],
)
def test_what_an_item_cannot_become_is_named_and_nothing_changes(
    lite: Session, field: str, value: object
) -> None:
    item_id = add_item(lite)

    with pytest.raises(Invalid) as refused:
        items.edit_item(
            lite,
            item_id=item_id,
            changed={"name": "Bee wax", field: value},
            who=WHO,
            now=NOW,
        )

    assert refused.value.field == field
    assert lite.get_one(Item, item_id).name == "Soy wax"


def test_the_unit_of_an_item_is_for_good(lite: Session) -> None:
    item_id = add_item(lite)

    with pytest.raises(Invalid) as refused:
        items.edit_item(lite, item_id=item_id, changed={"unit": "ml"}, who=WHO, now=NOW)

    assert refused.value.field == "unit"


def test_an_item_that_is_not_there_cannot_be_edited(lite: Session) -> None:
    with pytest.raises(Missing):
        items.edit_item(lite, item_id=99, changed={"name": "Ghost"}, who=WHO, now=NOW)
