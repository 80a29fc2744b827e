"""A shop of two years in the database: a hundred thousand orders and all that hangs on them.

The catalogue is the same whatever the number of orders, so that two sizes show what orders cost.
"""

from datetime import timedelta
from itertools import count

from sqlalchemy.orm import Session

from hub.models.records.base import Record
from hub.models.records.mails import InboundMail, Review
from hub.models.records.messages import InboundMessage
from hub.models.records.people import Counter, User
from hub.models.records.recalls import Recall, RecallLot, RecallOrder
from hub.models.records.upkeep import Drift
from tests.bench.many_rows import ManyRows, ago
from tests.bench.seed_catalogue import Catalogue, seed_balances, seed_catalogue
from tests.bench.seed_orders import seed_open_runs, seed_orders, seed_past_runs
from tests.factories import NOW

OPEN_REVIEWS = 30


def seed_big_shop(session: Session, *, orders: int) -> dict[type[Record], int]:
    """Write a shop with so many orders, and say how many rows each table has."""
    rows = ManyRows(session)
    rows.add(User, email="first@cerysal.example", name="First", password_hash="",
             role="planner", created_at=ago(800))  # fmt: skip
    made = seed_catalogue(rows)
    seed_past_runs(rows, made, runs=orders // 20)
    still = seed_orders(rows, made, orders=orders)
    seed_open_runs(rows, made, still)
    seed_balances(rows, made, reserved=still.reserved)
    _mails(rows, made, mails=orders // 20)
    _drifts(rows, made)
    _recalls(rows, made)
    for name in ("order", "production_order", "shipment", "purchase_order", "recall"):
        rows.add(Counter, name=name, next_value=orders + 1)
    rows.finish()
    return rows.counts


def _mails(rows: ManyRows, made: Catalogue, *, mails: int) -> None:
    account_id, first = made.accounts[3], rows.counts[InboundMessage]
    for number in range(mails):
        is_open = number >= mails - OPEN_REVIEWS
        came = (mails - number) / mails * 700
        message_id = rows.add(
            InboundMessage, account_id=account_id, topic="mail", message_id=f"mail-{number}",
            body_hash=f"m-{number}", source="email", external_order_id=None,
            body=b"From: buyer@mail.example\\r\\nSubject: order\\r\\n\\r\\n3 x P001\\r\\n",
            state="done", result="applied", received_at=ago(came), next_try_at=ago(came),
            done_at=ago(came),
        )  # fmt: skip
        rows.add(
            InboundMail, account_id=account_id, inbound_message_id=message_id, size=2_000,
            message_id=f"<{number}@mail.example>", sender=f"buyer{number}@mail.example",
            subject=f"Order {number}", state="review" if is_open else "processed",
            received_at=ago(came), read_at=ago(came),
        )  # fmt: skip
        rows.add(
            Review, account_id=account_id, inbound_message_id=message_id,
            reason="first_orders", state="open" if is_open else "accepted",
            sender=f"buyer{number}@mail.example", subject=f"Order {number}",
            created_at=ago(came), decided_at=None if is_open else ago(came),
        )  # fmt: skip
    assert rows.counts[InboundMessage] == first + mails
    rows.write()


def _drifts(rows: ManyRows, made: Catalogue) -> None:
    for number in range(200):
        rows.add(
            Drift, account_id=made.accounts[number % 2], kind="order", order_id=number + 1,
            external_id=str(number), ours="a", theirs="b", found_at=ago(number),
            healed_at=None if number < 20 else ago(number - 1),
        )  # fmt: skip


def _recalls(rows: ManyRows, made: Catalogue) -> None:
    orders = count(1)
    for number, item_id in enumerate(made.materials[:3]):
        lot_id = made.lots_of[item_id][1]
        recall_id = rows.add(
            Recall, number=f"R-{number:04}", lot_id=lot_id, reason="quality",
            is_drill=number > 0, started_at=NOW - timedelta(days=number), who="user:1",
        )  # fmt: skip
        rows.add(RecallLot, recall_id=recall_id, lot_id=lot_id, state_before="available",
                 is_start=True)  # fmt: skip
        for _ in range(40):
            rows.add(RecallOrder, recall_id=recall_id, order_id=next(orders),
                     was_sent=True, was_held=False)  # fmt: skip
