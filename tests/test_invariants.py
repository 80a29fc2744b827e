"""Every invariant is seen when it is broken, and a workshop that works breaks none.

What the database itself refuses is tried too: it is the last line behind the code.
"""

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import BigInteger, Float, Numeric, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from hub.flow.making import produce
from hub.flow.planning import plan
from hub.flow.shipping import ship
from hub.invariants import (
    SWEEP,
    Violation,
    breaking,
    buyers_of_shops_are_let_alone,
    check,
    phases_are_true,
    secrets_are_sealed,
    times_are_utc,
    whole_numbers_are_whole,
)
from hub.models.claims import inbox, outbox
from hub.models.laws import (
    check_laws,
    laws,
    making_laws,
    purchase_laws,
    stock_laws,
    telling_laws,
)
from hub.models.laws.law import Law
from hub.models.records.channels import ChannelAccount
from hub.models.records.orders import SalesOrder
from hub.models.records.production import ProductionOrder
from hub.models.records.schema import metadata
from hub.models.session import Database
from hub.models.vault import vault_of
from mapping.effects import Tracking
from tests.broken_mail import BROKEN_MAIL, REFUSED_MAIL, mail_comes
from tests.factories import (
    NOW,
    PIECE,
    make_account,
    make_item,
    make_lot,
    make_order,
    make_purchase,
    make_recipe,
)

LEASE = timedelta(minutes=5)
Rule = Callable[[Session], Iterator[Violation]]


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def workshops(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """One database with the workshop in it; every test takes back what it does there."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("workshop") / "workshop.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        url = f"sqlite:///{path}"
    else:
        template = request.getfixturevalue("pg_template")
        url = request.getfixturevalue("pg_server").create(template)
    database = Database(url)
    with database.begin() as session:
        furnish(session)
    yield database
    database.dispose()


@pytest.fixture
def workshop(workshops: Database) -> Iterator[Session]:
    """The workshop in a transaction that is not kept."""
    with Session(workshops.engine, expire_on_commit=False) as session:
        yield session
        session.rollback()


def furnish(session: Session) -> None:
    """Set up a candle maker with an order shipped, one in planning, one short, and mail."""
    account = make_account(session)
    place = ("channel_account", account.id, "credentials")
    account.credentials = vault_of([b"k" * 32]).seal(b"{}", place=place)
    candle, soap = make_item(session), make_item(session, code="SOAP")
    wax, wick = make_item(session, code="WAX"), make_item(session, code="WICK")
    make_recipe(session, item=candle, uses={wax: 1500 * PIECE, wick: 2 * PIECE})
    make_lot(session, item=wax, quantity=2000 * PIECE)
    make_lot(session, item=wick, quantity=50 * PIECE)
    shipped = make_order(session, account=account, lines={candle: 4})
    plan.replan(session, now=NOW)
    run_id = session.query(ProductionOrder.id).scalar() or 0
    produce.start(session, production_order_id=run_id, who="user:1", now=NOW)
    produce.finish(session, production_order_id=run_id, who="user:1", now=NOW)
    plan.replan(session, now=NOW)
    ship.ship(
        session,
        order_id=shipped.id,
        lines=None,
        tracking=Tracking(carrier="Correos", number="PQ7"),
        notify=True,
        who="user:1",
        now=NOW,
    )
    make_purchase(session, item=wax, quantity=400 * PIECE)
    make_order(session, account=account, lines={candle: 15, soap: 1})
    plan.replan(session, now=NOW)
    deliver(session, account, order=shipped)
    mail_comes(session, order=shipped)


def deliver(session: Session, account: ChannelAccount, *, order: SalesOrder) -> None:
    """Let a message be read, and another one wait."""
    for message_id in ("event-1", "event-2"):
        inbox.insert_once(
            session,
            account_id=account.id,
            topic="orders/create",
            message_id=message_id,
            body_hash=message_id,
            body=b"{}",
            headers={},
            source="webhook",
            received_at=NOW,
            next_try_at=NOW,
        )
    [message] = inbox.claim(session, owner="anna", now=NOW, limit=1, lease=LEASE)
    inbox.finish(
        session,
        message_id=message.id,
        owner="anna",
        result="created",
        now=NOW,
        external_order_id=order.external_id,
    )


def codes(violations: list[Violation]) -> set[tuple[str, str]]:
    return {(each.code, each.subject) for each in violations}


def test_a_workshop_that_works_breaks_nothing(workshop: Session) -> None:
    assert check(workshop, now=NOW) == []


def test_the_workshop_of_these_tests_has_something_of_everything(workshop: Session) -> None:
    names = "stock_move lot_balance reservation production_output production_link shortage"
    names += " shipment_pick outbound_message inbound_message history purchase_cover"
    names += " inbound_mail review notification"
    for table in names.split():
        rows = workshop.execute(text(f"SELECT COUNT(*) FROM {table}")).scalar_one()  # noqa: S608
        assert rows > 0, table


BROKEN: dict[str, tuple[Law | Rule, str]] = {
    "a message done without a word": (
        telling_laws.ENDED_WELL, "UPDATE inbound_message SET result = '' WHERE state = 'done'"),
    "a message given up without a reason": (
        telling_laws.ENDED_WELL,
        "UPDATE inbound_message SET state = 'dead' WHERE state = 'waiting'"),
    "an order lost after its message was read": (
        telling_laws.ORDER_KEPT, "UPDATE inbound_message SET external_order_id = '404'"
        " WHERE state = 'done'"),
    "a balance that is not the ledger": (
        stock_laws.LEDGER_IS_BALANCE, "UPDATE lot_balance SET on_hand = on_hand + 1"
        " WHERE id = (SELECT MIN(id) FROM lot_balance)"),
    "a lot without a balance": (
        stock_laws.LEDGER_IS_BALANCE,
        "INSERT INTO lot (id, item_id, code, supplier_lot, state, currency,"
        " received_at) SELECT 404, MIN(id), 'LOST', '', 'available', '', MIN(created_at)"
        " FROM item"),
    "a move of another item": (
        stock_laws.ONE_ITEM_A_LOT, "UPDATE lot_balance SET item_id ="
        " (SELECT MAX(id) FROM item WHERE id <> lot_balance.item_id)"
        " WHERE id = (SELECT MIN(id) FROM lot_balance)"),
    "more reserved than is spoken for": (
        stock_laws.RESERVED_IS_SUM,
        "UPDATE lot_balance SET reserved = reserved + 1 WHERE on_hand > reserved"),
    "a run that is over and still holds material": (
        stock_laws.ENDED_RUNS_HOLD_NOTHING, "UPDATE production_order SET state = 'cancelled'"
        " WHERE state = 'planned'"),
    "a lot put aside and still promised": (
        stock_laws.ASIDE_IS_NOT_PROMISED, "UPDATE lot SET state = 'quarantined'"),
    "a demand nobody covers": (
        stock_laws.DEMANDS_ARE_COVERED, "DELETE FROM shortage WHERE demand_id IS NOT NULL"),
    "a demand covered twice": (
        stock_laws.DEMANDS_ARE_COVERED, "UPDATE production_link SET planned = planned + 1"
        " WHERE done = 0 AND demand_id IS NOT NULL"),
    "a cancelled order that keeps its share": (
        stock_laws.DEMANDS_ARE_COVERED, "UPDATE sales_order SET intent = 'cancelled'"),
    "a need nobody covers": (
        stock_laws.NEEDS_ARE_COVERED, "DELETE FROM shortage WHERE need_id IS NOT NULL"),
    "a substitute that nobody put aside": (
        stock_laws.SUBSTITUTES_ARE_HELD,
        "INSERT INTO substitution (need_id, item_id, quantity, replaces) SELECT s.need_id,"
        " (SELECT id FROM item WHERE code = 'SOAP'), 1, 1 FROM shortage s"
        " WHERE s.need_id IS NOT NULL"),
    "a purchase promised beyond what is to come": (
        purchase_laws.PURCHASES_COVER_ONCE, "UPDATE purchase_line SET received = quantity - 1"),
    "a purchase that came without a lot": (
        purchase_laws.RECEIPTS_ARE_LOTS, "UPDATE purchase_line SET received = received + 1"),
    "a purchase promised that nobody waits for": (
        purchase_laws.PURCHASES_COVER_ONCE, "UPDATE purchase_line SET is_closed = TRUE"),
    "a purchase kept for a run that is over": (
        purchase_laws.COVERS_ARE_WANTED, "UPDATE production_order SET state = 'cancelled'"
        " WHERE state = 'planned'"),
    "a purchase kept for a line that was sent": (
        purchase_laws.COVERS_ARE_WANTED, "INSERT INTO purchase_cover (purchase_line_id, item_id,"
        " demand_id, quantity) SELECT c.purchase_line_id, d.item_id, d.id, 1"
        " FROM purchase_cover c, demand d WHERE d.shipped = d.quantity"),
    "a purchase that brings something else": (
        purchase_laws.COVERS_NAME_THEIR_ITEM, "UPDATE purchase_cover SET item_id ="
        " (SELECT id FROM item WHERE code = 'WICK')"),
    "a lot that waits for its check and may be sent": (
        check_laws.CHECKED_LOTS_LIE_ASIDE, "UPDATE lot SET awaits_check = TRUE"),
    "a lot counted on that waits for no check": (
        check_laws.CHECKS_COVER_ONCE, "INSERT INTO check_cover (lot_id, item_id, demand_id,"
        " quantity) SELECT l.id, l.item_id, d.id, 1 FROM lot l JOIN demand d"
        " ON d.item_id = l.item_id"),
    "a lot counted on as something else": (
        check_laws.CHECKS_NAME_THEIR_ITEM, "INSERT INTO check_cover (lot_id, item_id, demand_id,"
        " quantity) SELECT MIN(l.id), MIN(l.item_id), d.id, 1 FROM lot l JOIN demand d"
        " ON d.item_id <> l.item_id GROUP BY d.id"),
    "a run promised beyond what it makes": (
        stock_laws.RUNS_ARE_PROMISED_ONCE, "UPDATE production_order SET planned = 1"
        " WHERE state = 'planned'"),
    "a run that made more than its lots": (
        making_laws.RUNS_GAVE_WHAT_THEY_SAY, "UPDATE production_order SET produced = produced + 1"
        " WHERE state = 'done'"),
    "a run that is done and never ended": (
        making_laws.RUNS_GAVE_WHAT_THEY_SAY, "UPDATE production_order SET finished_at = NULL"),
    "a lot from a run that is not done": (
        making_laws.RUNS_GAVE_WHAT_THEY_SAY, "INSERT INTO production_output (production_order_id,"
        " completion, lot_id, quantity) SELECT p.id, 1, l.id, 1 FROM production_order p, lot l"
        " WHERE p.state = 'planned' AND l.code LIKE 'WAX%'"),
    "material used that no lot lost": (
        making_laws.CONSUMPTION_IS_NAMED, "UPDATE production_need SET consumed = consumed + 1"
        " WHERE consumed > 0"),
    "a completion that lost more than its run": (
        making_laws.RUNS_LOST_WHAT_THEY_SAY, "UPDATE completion SET scrapped = scrapped + 1"),
    "a completion that was taken back by nobody's move": (
        making_laws.RUNS_GAVE_WHAT_THEY_SAY, "UPDATE completion SET undone_at = at"),
    "a use that left no lot": (
        making_laws.USES_LEFT_THE_LOTS, "UPDATE completion_use SET quantity = quantity + 1"),
    "a link that got what nobody gave": (
        making_laws.LINKS_SAY_WHAT_THEY_GOT, "DELETE FROM completion_gift"),
    "a move taken back by its twin": (
        stock_laws.REVERSALS_MIRROR, "INSERT INTO stock_move (lot_id, item_id, quantity, kind,"
        " ref_type, ref_id, at, who, why, reverses_id) SELECT lot_id, item_id, quantity, kind,"
        " 'undo', CAST(id AS TEXT), at, who, '', id FROM stock_move WHERE kind = 'received'"),
    "an output lot that lost its run": (
        making_laws.MOVES_HAVE_A_CAUSE, "DELETE FROM production_output"),
    "a parcel picked from more than left the lot": (
        making_laws.PICKS_LEFT_THE_LOTS, "UPDATE shipment_pick SET quantity = quantity + 1"),
    "pieces that left from no lot": (making_laws.SHIPPED_IS_PICKED, "DELETE FROM shipment_pick"),
    "a line that counts a parcel it never had": (
        making_laws.LINES_COUNT_THEIR_PARCELS, "UPDATE order_line SET shipped = shipped + 1"),
    "a parcel its channel never hears of": (
        telling_laws.SHIPMENTS_ARE_TOLD_ONCE, "DELETE FROM outbound_message WHERE kind = 'fulfil'"),
    "a parcel told of that never left": (
        telling_laws.SHIPMENTS_ARE_TOLD_ONCE, "UPDATE shipment SET state = 'cancelled'"),
    "a parcel told of that nobody was to hear of": (
        telling_laws.SHIPMENTS_ARE_TOLD_ONCE, "UPDATE shipment SET is_owed = FALSE"),
    "a message sent and not settled": (
        telling_laws.SENT_IS_SETTLED, "UPDATE outbound_message SET state = 'sent'"),
    "a message on its way that never left": (
        telling_laws.SENT_IS_SETTLED, "UPDATE outbound_message SET state = 'sending'"),
    "progress told twice": (
        telling_laws.NEWS_IS_TOLD_ONCE, "INSERT INTO outbound_message (account_id, order_id, kind,"
        " idempotency_key, payload, state, outcome, remote_ref, attempts, next_try_at,"
        " created_at) SELECT account_id, order_id, kind, 'again', payload, state, '', '', 0,"
        " next_try_at, created_at FROM outbound_message WHERE kind = 'progress'"),
    "a run that changed and told nobody": (
        telling_laws.RUN_STATES_ARE_TOLD, "UPDATE production_order SET state = 'released'"
        " WHERE state = 'planned'"),
    "a parcel that changed and told nobody": (
        telling_laws.SHIPMENT_STATES_ARE_TOLD, "UPDATE shipment SET state = 'delivered'"),
    "a lot that changed and told nobody": (
        telling_laws.LOT_STATES_ARE_TOLD, "UPDATE lot SET state = 'recalled'"),
    "an intent that changed and told nobody": (
        telling_laws.INTENTS_ARE_TOLD, "UPDATE sales_order SET intent = 'on_hold'"),
    "a phase that changed and told nobody": (
        telling_laws.PHASES_ARE_TOLD, "UPDATE sales_order SET phase = 'new'"),
    "a phase that is not what the facts say": (
        phases_are_true, "UPDATE sales_order SET phase = 'delivered'"),
    "a secret that was never sealed": (
        secrets_are_sealed, "UPDATE channel_account SET credentials = CAST('{}' AS {BYTES})"),
    "stock that waits twice": (
        telling_laws.STOCK_WAITS_ONCE,
        "INSERT INTO outbound_message (account_id, listing_id, kind, idempotency_key, payload,"
        " state, outcome, remote_ref, attempts, next_try_at, created_at)"
        " SELECT account_id, id, 'stock', 'stock:' || id || ':' || n.n, '{}', 'waiting', '', '',"
        " 0, created_at, created_at FROM listing, (SELECT 1 AS n UNION SELECT 2) n"
        " WHERE id = (SELECT MIN(id) FROM listing)",
    ),
    "stock of nothing": (
        telling_laws.STOCK_IS_OF_A_LISTING,
        "INSERT INTO outbound_message (account_id, listing_id, kind, idempotency_key, payload,"
        " state, outcome, remote_ref, attempts, next_try_at, created_at)"
        " SELECT account_id, NULL, 'stock', 'stock:0', '{}', 'waiting', '', '',"
        " 0, created_at, created_at FROM listing WHERE id = (SELECT MIN(id) FROM listing)",
    ),
    "stock below nothing": (
        telling_laws.STOCK_IS_NEVER_LESS_THAN_NONE,
        "UPDATE listing SET stock_wanted = -1 WHERE id = (SELECT MIN(id) FROM listing)",
    ),
    "a task done by nobody": (
        telling_laws.TASKS_END_WELL,
        "INSERT INTO manual_task (account_id, order_id, key, kind, why, state, created_at, done_by)"
        " SELECT account_id, id, 'cancel:1', 'cancel', '', 'done', created_at, ''"
        " FROM sales_order WHERE id = (SELECT MIN(id) FROM sales_order)",
    ),
    "a difference healed by nothing": (
        telling_laws.DRIFT_ENDS_WELL,
        "INSERT INTO drift (account_id, kind, external_id, ours, theirs, found_at, healed_at, how)"
        " SELECT account_id, 'order', '1', '', '', created_at, created_at, ''"
        " FROM sales_order WHERE id = (SELECT MIN(id) FROM sales_order)",
    ),
    "a letter to a buyer who is their shop's": (
        buyers_of_shops_are_let_alone,
        "UPDATE channel_account SET channel = 'etsy' WHERE channel = 'shopify'",
    ),
    **BROKEN_MAIL,
}  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
def test_what_breaks_an_invariant_is_seen(workshop: Session, what: str) -> None:
    rule, statement = BROKEN[what]
    is_sqlite = workshop.get_bind().dialect.name == "sqlite"
    assert found_by(rule, workshop) == []

    changed = workshop.connection().execute(
        text(statement.replace("{BYTES}", "BLOB" if is_sqlite else "BYTEA"))
    )
    workshop.expire_all()

    assert changed.rowcount > 0
    found = found_by(rule, workshop)
    assert found
    assert set(found) <= set(check(workshop, now=NOW))
    assert all("{" not in violation.what for violation in found)


def found_by(rule: Law | Rule, session: Session) -> list[Violation]:
    """What one rule alone finds."""
    return list(breaking(session, rule) if isinstance(rule, Law) else rule(session))


def test_every_law_is_broken_by_a_test() -> None:
    broken = [rule for rule, _ in BROKEN.values()]

    assert [law for law in laws.LAWS if law not in broken] == [stock_laws.NEVER_NEGATIVE]
    assert len(set(laws.LAWS)) == len(laws.LAWS)


def test_a_lot_that_was_ever_below_nothing_is_seen(workshop: Session) -> None:
    move = text(
        "INSERT INTO stock_move (lot_id, item_id, quantity, kind, ref_type, ref_id, at, who, why)"
        " SELECT lot_id, item_id, :quantity, 'adjusted', 'adjustment', :ref, at, who, ''"
        " FROM stock_move WHERE id = 1"
    )
    workshop.execute(move, {"quantity": -(10**12), "ref": "1"})
    workshop.execute(move, {"quantity": 10**12, "ref": "2"})

    [violation] = check(workshop, now=NOW)

    assert (violation.code, violation.subject) == ("I5", "lot")
    assert "-" in violation.what


@pytest.mark.parametrize("kind", ["consumed", "shipped"])
def test_stock_that_left_for_nothing_is_seen(workshop: Session, kind: str) -> None:
    move = text(
        "INSERT INTO stock_move (lot_id, item_id, quantity, kind, ref_type, ref_id, at, who, why)"
        " SELECT lot_id, item_id, -1, :kind, 'shipment', '404', at, who, ''"
        " FROM stock_move WHERE lot_id = 2 AND kind = 'received'"
    )
    workshop.execute(move, {"kind": kind})
    workshop.execute(text("UPDATE lot_balance SET on_hand = on_hand - 1 WHERE lot_id = 2"))

    assert codes(check(workshop, now=NOW)) == {("I10", "lot")}


def test_a_demand_that_waits_for_the_planner_is_let_off(workshop: Session) -> None:
    workshop.execute(text("DELETE FROM shortage WHERE demand_id IS NOT NULL"))
    workshop.execute(
        text(
            "INSERT INTO replan (item_id, at, why)"
            " SELECT id, created_at, 'test' FROM item WHERE code = 'SOAP'"
        )
    )

    assert ("I7", "line") not in codes(check(workshop, now=NOW))


def test_work_nobody_took_over_is_seen_once_time_is_known(workshop: Session) -> None:
    inbox.claim(workshop, owner="anna", now=NOW, limit=1, lease=LEASE)
    outbox.claim(workshop, owner="anna", now=NOW, lease=LEASE)
    late = NOW + LEASE + SWEEP

    assert check(workshop) == []
    assert check(workshop, now=late) == []
    assert codes(check(workshop, now=late + timedelta(seconds=1))) == {
        ("I18", "inbound"),
        ("I18", "outbound"),
    }


@pytest.mark.parametrize(
    "code,statement",
    [
        ("I15", "UPDATE lot SET unit_cost_micros = 1.5"),
        ("I15", "UPDATE recipe SET batch_size = 0.1 + 0.2"),
        ("I16", "UPDATE lot SET received_at = '2026-11-23 10:00:00+01:00'"),
        ("I16", "UPDATE lot SET received_at = '2026-11-23T09:00:00Z'"),
        ("I16", "UPDATE sales_order SET placed_at = 'yesterday'"),
    ],
)
def test_what_sqlite_would_store_is_seen(
    sqlite_database: Database, code: str, statement: str
) -> None:
    with sqlite_database.begin() as session:
        candle = make_item(session)
        make_lot(session, item=candle, quantity=PIECE)
        make_recipe(session, item=candle, uses={make_item(session, code="WAX"): PIECE})
        make_order(session, account=make_account(session), lines={candle: 1})
        assert [*times_are_utc(session), *whole_numbers_are_whole(session)] == []
        session.execute(text(statement))

        found = [*times_are_utc(session), *whole_numbers_are_whole(session)]

    assert {violation.code for violation in found} == {code}


def test_no_column_could_hold_a_fraction() -> None:
    columns = [column for table in metadata.sorted_tables for column in table.columns]

    assert not [str(c) for c in columns if isinstance(c.type, Float | Numeric)]
    assert [c for c in columns if isinstance(c.type, BigInteger)]


REFUSED = {
    "two orders of one name at a channel": (
        "INSERT INTO sales_order (account_id, number, external_id, external_number,"
        " remote_updated_at, content_hash, placed_at, payment, release, intent, intent_why, phase,"
        " hold_reasons, priority, currency, is_test, note, tags, held_at_channel, holds_placed,"
        " progress_told, created_at, updated_at) SELECT account_id, 'H-9999', external_id,"
        " external_number, remote_updated_at, content_hash, placed_at, payment, release, intent,"
        " intent_why, phase, hold_reasons, priority, currency, is_test, note, tags,"
        " held_at_channel, holds_placed, progress_told, created_at, updated_at FROM sales_order"
    ),
    "less than nothing on hand": "UPDATE lot_balance SET on_hand = -1, reserved = 0",
    "more reserved than there is": "UPDATE lot_balance SET reserved = on_hand + 1",
    "less than nothing reserved": "UPDATE lot_balance SET reserved = -1",
    "a reservation of nothing": "UPDATE reservation SET quantity = 0",
    "a reservation for nobody": "UPDATE reservation SET demand_id = NULL, need_id = NULL",
    "more shipped than wanted": "UPDATE demand SET shipped = quantity + 1",
    "more cancelled than ordered": "UPDATE order_line SET cancelled = ordered + 1",
    "an item twice in one run": (
        "INSERT INTO production_need (production_order_id, item_id, needed, consumed)"
        " SELECT production_order_id, item_id, 0, 0 FROM production_need"
    ),
    "an item twice in one recipe": (
        "INSERT INTO recipe_line (recipe_id, item_id, quantity, waste_bp)"
        " SELECT recipe_id, item_id, 1, 0 FROM recipe_line"
    ),
    "two active recipes of one item": (
        "INSERT INTO recipe (item_id, version, is_active, batch_size, loss_bp, min_batches,"
        " step_batches, setup_minutes, batch_minutes, rest_days, created_at) SELECT item_id, 2,"
        " is_active, batch_size, 0, 1, 1, 0, 0, 0, created_at FROM recipe"
    ),
    "a run completed twice": (
        "INSERT INTO production_output (production_order_id, completion, lot_id, quantity)"
        " SELECT production_order_id, completion, lot_id, quantity FROM production_output"
    ),
    "a state nobody knows": "UPDATE production_order SET state = 'resting'",
    "a parcel told twice": (
        "INSERT INTO outbound_message (account_id, order_id, shipment_id, kind, idempotency_key,"
        " payload, state, outcome, remote_ref, attempts, next_try_at, created_at) SELECT"
        " account_id, order_id, shipment_id, kind, 'again', payload, state, '', '', 0,"
        " next_try_at, created_at FROM outbound_message WHERE kind = 'fulfil'"
    ),
    "the same message twice": (
        "INSERT INTO inbound_message (account_id, topic, message_id, body_hash, headers, source,"
        " received_at, state, result, attempts, next_try_at) SELECT account_id, topic,"
        " message_id, body_hash, headers, source, received_at, 'waiting', '', 0, next_try_at"
        " FROM inbound_message"
    ),
    "a move of nothing": (
        "INSERT INTO stock_move (lot_id, item_id, quantity, kind, ref_type, ref_id, at, who, why)"
        " SELECT lot_id, item_id, 0, 'adjusted', 'adjustment', '7', at, who, '' FROM stock_move"
    ),
    "the same move twice": (
        "INSERT INTO stock_move (lot_id, item_id, quantity, kind, ref_type, ref_id, at, who, why)"
        " SELECT lot_id, item_id, quantity, kind, ref_type, ref_id, at, who, '' FROM stock_move"
    ),
    "a move changed": "UPDATE stock_move SET quantity = quantity + 1",
    "a move taken back": "DELETE FROM stock_move",
    "history rewritten": "UPDATE history SET who = 'somebody else'",
    "history forgotten": "DELETE FROM history",
    "a lot whose item is gone": "DELETE FROM item",
    **REFUSED_MAIL,
}


@pytest.mark.parametrize("what", REFUSED)
def test_the_database_refuses(workshop: Session, what: str) -> None:
    with pytest.raises(DBAPIError) as refused:
        workshop.connection().execute(text(REFUSED[what]))

    assert isinstance(refused.value, IntegrityError)


def test_a_stale_answer_is_not_believed(workshop: Session) -> None:
    workshop.execute(update(SalesOrder).values(phase="shipped"))

    assert ("phase", "order") in codes(check(workshop))
