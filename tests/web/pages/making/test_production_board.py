"""The production board: its columns, pages and search, what is at risk, and what has no run."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from hub.flow.planning.plan import replan
from hub.models.making import board_views
from hub.models.records.orders import SalesOrder
from hub.models.records.production import ProductionOrder
from hub.ports import Ports
from hub.web.making.production_board import MOST
from tests.factories import NOW, PIECE, make_lot, make_order, make_recipe
from tests.web.pages.goods import item, order_to_make, shop
from tests.web.pages.making.test_production import a_run, run_now
from tests.web.pages.making.test_production_moves import bring_to
from tests.web.pages.plans import asked_of
from tests.web.pages.visitor import Visitor

CARDS = re.compile(r'class="card run-card" id="card-(\d+)"')


def test_done_holds_only_what_was_finished_today(ports: Ports, owner: Visitor) -> None:
    run_id = bring_to(owner, ports, "done")
    today = owner.see("/production")
    with ports.database.begin() as session:
        run = session.get_one(ProductionOrder, run_id)
        run.finished_at = NOW - timedelta(days=1)

    later = owner.see("/production")

    assert f'id="card-{run_id}"' in today
    assert f'id="card-{run_id}"' not in later


def test_a_card_is_at_risk_when_an_order_of_its_is_and_not_as_it_is_wanted_at_once(
    ports: Ports, owner: Visitor
) -> None:
    run_id = a_run(ports)
    with ports.database.begin() as session:
        run = session.get_one(ProductionOrder, run_id)
        run.needed_on, run.ready_on = NOW.date(), date(2026, 12, 3)
    in_time = owner.see("/production")
    with ports.database.begin() as session:
        order = session.scalars(select(SalesOrder)).one()
        order.is_at_risk, number = True, order.number

    late = owner.see("/production")

    assert "At risk" not in in_time
    assert re.search(rf"At risk: {number} · ready Thu 3 Dec", late)


def test_what_is_wanted_and_in_no_run_is_a_ghost_with_its_reason(
    ports: Ports, owner: Visitor
) -> None:
    nothing = owner.see("/production")
    with ports.database.begin() as session:
        make_order(session, account=shop(session), lines={item(session, "CANDLE"): 3})
        make_order(
            session,
            account=shop(session),
            lines={item(session, "SOAP"): 2},
            release="hold_risk",
        )
        replan(session, now=NOW)

    page = owner.see("/production")

    assert "not yet in a run" not in nothing
    assert page.count("not yet in a run") == 2
    assert "nobody wrote down how it is made" in page
    assert "the shop sees a risk of fraud" in page
    assert "3 pcs" in page


def test_all_that_is_in_no_run_can_be_seen_and_what_was_not_looked_at_is_told(
    ports: Ports, owner: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ports.database.begin() as session:
        for n in range(15):
            make_order(session, account=shop(session), lines={item(session, f"SOAP{n}"): 1})
        replan(session, now=NOW)

    every = owner.see("/production?q=soap&unmade=all")
    monkeypatch.setattr(board_views, "MOST_DEMANDS", 14)
    cut = owner.see("/production?unmade=all")

    assert every.count("</span> not yet in a run") == 15
    assert "Show fewer" in every
    assert "Even more is wanted" not in every
    assert 'href="/production?q=soap"' in every
    assert cut.count("</span> not yet in a run") == 14
    assert "Even more is wanted" in cut


def test_what_is_in_stock_or_in_a_run_is_no_ghost(ports: Ports, owner: Visitor) -> None:
    a_run(ports)

    assert "not yet in a run" not in owner.see("/production")


def test_the_board_is_searched_by_item_and_number(ports: Ports, owner: Visitor) -> None:
    run_id = a_run(ports)
    card = f'id="card-{run_id}"'

    assert card in owner.see("/production?q=soy")
    assert card in owner.see("/production?q=p-0001")
    assert card not in owner.see("/production?q=soap")
    assert card not in owner.see("/production?q=100%25")
    assert card not in owner.see("/production?centre=99")


def several(ports: Ports, number: int) -> None:
    """Write down as many runs more, like the first one and without materials."""
    with ports.database.begin() as session:
        run = session.get_one(ProductionOrder, 1)
        kept = {
            each.key: getattr(run, each.key)
            for each in ProductionOrder.__table__.columns
            if each.key not in ("id", "number")
        }
        session.add_all(
            ProductionOrder(**kept, number=f"P-9{n:04d}") for n in range(number)
        )


def test_a_thousand_runs_are_pages_of_a_column_in_a_fixed_number_of_reads(
    ports: Ports, owner: Visitor
) -> None:
    a_run(ports)
    with asked_of(ports.database.engine) as few:
        owner.see("/production")
    several(ports, 999)

    with asked_of(ports.database.engine) as many:
        page = owner.see("/production")
    last = 999 // MOST
    further = owner.see(f"/production?planned_page={last}")
    beyond = owner.see(f"/production?planned_page={last + 7}")

    assert page.count('class="card run-card"') == MOST
    assert f"{1000 - MOST} more" in page
    assert f"planned_page={last}" in page
    assert further.count('class="card run-card"') == 1000 - last * MOST
    assert beyond.count('class="card run-card"') == 1000 - last * MOST
    assert len(many) <= len(few) + 2
    assert len(many) < 40


def test_a_board_that_did_not_change_is_not_sent_again(
    ports: Ports, owner: Visitor
) -> None:
    order = a_run(ports)
    page = owner.see("/production?q=soy")
    stamp = page.split("stamp=")[1][:16]

    same = owner.open(f"/production?q=soy&stamp={stamp}", **{"HX-Request": "true"})
    owner.did(f"/production/{order}/release")
    changed = owner.open(f"/production?q=soy&stamp={stamp}", **{"HX-Request": "true"})

    assert same.status_code == 204
    assert changed.status_code == 200
    assert "<html" not in changed.text


def test_an_order_is_named_on_the_card_with_the_first_day_promised(
    ports: Ports, owner: Visitor
) -> None:
    with ports.database.begin() as session:
        order_to_make(session, pieces=4, wax_grams=5000)
        session.scalars(select(SalesOrder)).one().promised_on = date(2026, 12, 3)

    page = owner.see("/production")

    assert "H-0001" in page
    assert "first promised Thu 3 Dec" in page


def test_every_run_of_a_column_is_on_one_of_its_pages_the_first_needed_first(
    ports: Ports, owner: Visitor
) -> None:
    a_run(ports)
    several(ports, 2 * MOST)
    with ports.database.begin() as session:
        for run in session.scalars(select(ProductionOrder)):
            run.needed_on = date(2026, 12, 31) - timedelta(days=run.id)
        every = session.scalars(
            select(ProductionOrder.id).order_by(ProductionOrder.id.desc())
        ).all()

    pages = [owner.see(f"/production?planned_page={n}") for n in range(3)]

    shown = [int(each) for page in pages for each in CARDS.findall(page)]
    assert shown == list(every)
    assert all(f">{len(every)}</span></h2>" in page for page in pages)


def test_the_search_narrows_what_has_no_run_before_the_first_are_taken(
    ports: Ports, owner: Visitor
) -> None:
    with ports.database.begin() as session:
        for n in range(15):
            make_order(session, account=shop(session), lines={item(session, f"SOAP{n}"): 1})
        replan(session, now=NOW)

    every, one = owner.see("/production"), owner.see("/production?q=soap14")

    assert every.count("</span> not yet in a run") == 12
    assert "11 more not yet in a run" in every
    assert "Show 3 more" in every
    assert one.count("not yet in a run") == 1
    assert 'href="/orders/15"' in one


def test_what_has_no_run_takes_no_more_statements_however_many_wait(
    ports: Ports, owner: Visitor
) -> None:
    with ports.database.begin() as session:
        make_order(session, account=shop(session), lines={item(session, "SOAP"): 1})
        replan(session, now=NOW)
    with asked_of(ports.database.engine) as few:
        owner.see("/production")
    with ports.database.begin() as session:
        for n in range(40):
            code = f"SOAP{n % 20}"
            make_order(session, account=shop(session), lines={item(session, code): 1})
        replan(session, now=NOW)

    with asked_of(ports.database.engine) as many:
        owner.see("/production")

    assert len(many) == len(few)


def test_a_plan_of_pieces_is_written_in_whole_ones_and_kept_as_it_is(
    ports: Ports, owner: Visitor
) -> None:
    with ports.database.begin() as session:
        candle = item(session, "CANDLE")
        uses = {item(session, "WAX"): PIECE}
        make_recipe(session, item=candle, uses=uses, batch_size=30 * PIECE, loss_bp=350)
        make_lot(session, item=item(session, "WAX"), quantity=PIECE)
        make_order(session, account=shop(session), lines={candle: 28})
        replan(session, now=NOW)

    board, page = owner.see("/production"), owner.see("/production/1")
    owner.did("/production/1/start")
    form = owner.see("/production/1/finish")

    assert "28 pcs" in board
    for shown in (board, page, form):
        assert "28.95" not in shown
        assert "0.95" not in shown
    assert 'name="produced" type="text" value="28"' in form
    assert "Expected: 28 pcs; that is 30 pcs less a usual loss of 3.5 %." in form
    assert run_now(ports, 1).planned == 28_950
