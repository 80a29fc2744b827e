"""What each change of an order means for work already begun: found, written down, and told."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import invariants
from hub.flow.intake.upsert import upsert_order
from hub.flow.making import produce
from hub.flow.orders import change
from hub.flow.planning.plan import replan
from hub.flow.reading.gone import forget_order
from hub.flow.shipping import ship
from hub.models.records.channels import ChannelAccount
from hub.models.records.decisions import Decision
from hub.models.records.history import History
from hub.models.records.items import Item
from hub.models.records.orders import Demand, OrderLine, SalesOrder
from hub.models.records.production import ProductionLink, ProductionOrder
from hub.models.records.shipping import Shipment, ShipmentLine, ShipmentPick
from hub.models.records.stock import Lot
from mapping.canonical import Address, Order, Payment, Release
from mapping.effects import Tracking
from tests.factories import NOW, PIECE, make_account, make_item, make_lot, make_recipe
from tests.flow.bench import WHO, balance, demand_of, held
from tests.flow.orders_of_the_shop import a_line, an_order

PIECES = 5
LESS = {"pieces": PIECES, "cancelled": 2}
FURTHER = ("waiting", "planned", "released", "running", "done", "shipped")
"""The stages that goods really come to; packed is a state that lasts no longer than a moment."""


class Shop:
    """A shop that sells candles of ten a batch, one order of five of which is far along."""

    def __init__(self, session: Session, *, stage: str) -> None:
        self.session = session
        self.account: ChannelAccount = make_account(session)
        self.candle: Item = make_item(session, code="CANDLE")
        wax = make_item(session, code="WAX")
        if stage != "waiting":
            make_recipe(session, item=self.candle, uses={wax: 2000 * PIECE})
        make_lot(session, item=wax, quantity=9000 * PIECE)
        self.lot: Lot | None = None
        if stage in ("done", "shipped"):
            self.lot = make_lot(session, item=self.candle, quantity=8 * PIECE)
        self.minutes = 0
        self.take(an_order(a_line(pieces=PIECES)))
        self.plan()
        self._bring_to(stage)

    @property
    def order(self) -> SalesOrder:
        return self.session.scalars(select(SalesOrder).order_by(SalesOrder.id)).first() or (
            pytest.fail("there is no order")
        )

    def _bring_to(self, stage: str) -> None:
        if stage in ("released", "running"):
            run = self.session.scalars(select(ProductionOrder)).one()
            step = produce.release if stage == "released" else produce.start
            step(self.session, production_order_id=run.id, who=WHO, now=NOW)
            self.plan()
        if stage == "shipped":
            self.send()

    def send(self) -> None:
        ship.ship(
            self.session, order_id=self.order.id, lines=None, tracking=Tracking(),
            notify=False, who=WHO, now=NOW,
        )  # fmt: skip
        self.plan()

    def take(self, order: Order) -> str:
        self.minutes += 1
        newer = replace(order, updated_at=NOW + timedelta(minutes=self.minutes))
        return upsert_order(
            self.session, account=self.account, order=newer, who="channel:1", now=NOW
        ).outcome

    def plan(self) -> None:
        replan(self.session, now=NOW)
        self.session.expire_all()

    def decided(self) -> list[tuple[str, str, str, int, bool]]:
        query = select(Decision).order_by(Decision.id)
        return [
            (row.change, row.stage, row.decision, row.quantity // PIECE, row.needs_person)
            for row in self.session.scalars(query)
        ]


# Every cell that goods really come to -------------------------------------------------------


CHANGES: dict[str, Order] = {
    "grown": an_order(a_line(pieces=PIECES + 2)),
    "shrunk": an_order(a_line(pieces=PIECES, cancelled=2)),
    "cancelled": an_order(
        a_line(pieces=PIECES), release=Release.CANCELLED, cancelled_at=NOW
    ),
    "refunded": an_order(
        a_line(pieces=PIECES), release=Release.HOLD_PAYMENT, payment=Payment.REFUNDED
    ),
    "held": an_order(a_line(pieces=PIECES), release=Release.HOLD_RISK),
    "address_changed": replace(
        an_order(a_line(pieces=PIECES)),
        ship_to=Address(name="Maria Ruiz", line1="Calle del Jabon 1", country="PT"),
    ),
    "sent_elsewhere": an_order(a_line(pieces=PIECES, fulfilled=PIECES)),
}
MUCH = {"grown": 2, "shrunk": 2, "address_changed": 0}
EXPECTED = {
    ("grown", "waiting"): "plan_more",
    ("grown", "planned"): "run_grows",
    ("grown", "released"): "plan_more",
    ("grown", "running"): "plan_more",
    ("grown", "done"): "plan_more",
    ("grown", "shipped"): "second_parcel",
    ("shrunk", "shipped"): "expect_return",
    ("cancelled", "shipped"): "expect_return",
    ("refunded", "shipped"): "expect_return",
    ("held", "shipped"): None,
    ("address_changed", "shipped"): "intercept",
    ("sent_elsewhere", "done"): "take_out",
    ("sent_elsewhere", "shipped"): None,
}
LESS_OF = {
    "waiting": "nothing",
    "planned": "run_shrinks",
    "released": "run_keeps_size",
    "running": "run_keeps_size",
    "done": "stock_freed",
}
PERSON = {"expect_return", "intercept", "take_out"}


@pytest.mark.parametrize("stage", FURTHER)
@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_decided_by_how_far_the_goods_are(
    session: Session, what: str, stage: str
) -> None:
    shop = Shop(session, stage=stage)
    follows = EXPECTED.get(
        (what, stage), "date_anew" if what == "address_changed" else LESS_OF.get(stage)
    )

    shop.take(CHANGES[what])

    much = MUCH.get(what, PIECES)
    expected = [(what, stage, follows, much, follows in PERSON)] if follows else []
    assert shop.decided() == expected
    told = session.scalars(
        select(History).where(History.what.startswith("decision."))
    ).all()
    assert [row.what for row in told] == [
        f"decision.{row[2]}" for row in expected if row[2] != "nothing"
    ]


@pytest.mark.parametrize("stage", FURTHER)
@pytest.mark.parametrize("what", CHANGES)
def test_no_change_at_any_stage_cuts_a_link_or_breaks_a_law(
    session: Session, what: str, stage: str
) -> None:
    shop = Shop(session, stage=stage)
    before = set(session.scalars(select(ProductionLink.id)))

    shop.take(CHANGES[what])
    shop.plan()

    assert before <= set(session.scalars(select(ProductionLink.id)))
    assert invariants.check(session) == []


def packed_parcel(shop: Shop) -> Shipment:
    """Put the five candles into a parcel that did not leave yet, as no deed of ours does."""
    session = shop.session
    demand = session.scalars(select(Demand)).one()
    parcel = Shipment(
        number="S-0001",
        order_id=shop.order.id,
        state="packed",
        packed_at=NOW,
        created_at=NOW,
    )
    session.add(parcel)
    session.flush()
    line = ShipmentLine(
        shipment_id=parcel.id, order_line_id=demand.order_line_id, quantity=PIECES
    )
    session.add(line)
    session.flush()
    assert shop.lot is not None
    session.add(
        ShipmentPick(
            shipment_line_id=line.id,
            demand_id=demand.id,
            lot_id=shop.lot.id,
            quantity=PIECES * PIECE,
        )
    )
    session.flush()
    return parcel


@pytest.mark.parametrize(
    "what, follows",
    [
        ("grown", "second_parcel"),
        ("shrunk", "unpack"),
        ("cancelled", "unpack"),
        ("refunded", "unpack"),
        ("held", "keep_back"),
        ("address_changed", "relabel"),
        ("sent_elsewhere", "unpack"),
    ],
)
def test_what_lies_in_a_packed_parcel_is_a_persons_work(
    session: Session, what: str, follows: str
) -> None:
    shop = Shop(session, stage="done")
    parcel = packed_parcel(shop)

    shop.take(CHANGES[what])

    [decision] = session.scalars(select(Decision))
    assert (decision.stage, decision.decision, decision.needs_person) == (
        "packed", follows, True,
    )  # fmt: skip
    assert decision.shipment_id == (None if what == "grown" else parcel.id)


# Mixed stages -------------------------------------------------------------------------------


def test_a_smaller_order_gives_back_what_is_only_planned_first(session: Session) -> None:
    shop = Shop(session, stage="planned")
    lot = make_lot(session, item=shop.candle, quantity=2 * PIECE)
    shop.take(an_order(a_line(pieces=PIECES), note="look again"))
    shop.plan()

    shop.take(an_order(a_line(pieces=PIECES, cancelled=4)))

    assert shop.decided() == [
        ("shrunk", "planned", "run_shrinks", 3, False),
        ("shrunk", "done", "stock_freed", 1, False),
    ]
    shop.plan()
    assert balance(session, lot) == (2 * PIECE, PIECE)


def test_a_smaller_order_keeps_its_run_and_gives_back_its_lot(session: Session) -> None:
    shop = Shop(session, stage="running")
    shop.take(an_order(a_line(pieces=PIECES + 8)))
    lot = make_lot(session, item=shop.candle, quantity=3 * PIECE)
    shop.plan()

    shop.take(an_order(a_line(pieces=PIECES + 8, cancelled=3)))
    shop.plan()

    assert shop.decided()[1:] == [("shrunk", "done", "stock_freed", 3, False)]
    assert balance(session, lot) == (3 * PIECE, 0)


def test_a_line_that_is_gone_is_cancelled_and_one_that_came_is_planned(
    session: Session,
) -> None:
    shop = Shop(session, stage="planned")
    make_item(session, code="SOAP")

    shop.take(an_order(a_line("SOAP", pieces=1)))

    assert shop.decided() == [
        ("cancelled", "planned", "run_shrinks", PIECES, False),
        ("grown", "waiting", "plan_more", 1, False),
    ]


def test_pieces_refunded_before_they_left_are_named_as_refunded(session: Session) -> None:
    shop = Shop(session, stage="done")

    shop.take(an_order(a_line(pieces=PIECES, cancelled=1), payment=Payment.PART_REFUNDED))

    assert shop.decided() == [("refunded", "done", "stock_freed", 1, False)]


def test_money_that_went_back_after_the_parcel_left_asks_whether_goods_come_back(
    session: Session,
) -> None:
    shop = Shop(session, stage="shipped")

    shop.take(an_order(a_line(pieces=PIECES), payment=Payment.PART_REFUNDED))

    assert shop.decided() == [("refunded", "shipped", "expect_return", 0, True)]


def test_a_discount_given_later_is_no_decision(session: Session) -> None:
    shop = Shop(session, stage="done")

    shop.take(an_order(a_line(pieces=PIECES), payment=Payment.PART_REFUNDED))

    assert shop.decided() == []


def test_a_parcel_that_arrived_is_not_intercepted(session: Session) -> None:
    shop = Shop(session, stage="shipped")
    parcel = session.scalars(select(Shipment)).one()
    ship.mark_delivered(session, shipment_id=parcel.id, who=WHO, now=NOW)

    shop.take(CHANGES["address_changed"])

    assert shop.decided() == []


def test_a_line_mapped_late_is_no_growth(session: Session) -> None:
    shop = Shop(session, stage="planned")
    shop.take(an_order(a_line(pieces=PIECES), a_line("SOAP", pieces=1)))
    make_item(session, code="SOAP")

    shop.take(an_order(a_line(pieces=PIECES), a_line("SOAP", pieces=1), note="hello"))

    assert shop.decided() == []
    assert len(session.scalars(select(Demand)).all()) == 2


def test_a_run_that_is_pinned_keeps_its_size(session: Session) -> None:
    shop = Shop(session, stage="planned")
    run = session.scalars(select(ProductionOrder)).one()
    run.pinned_on = NOW.date()

    shop.take(an_order(a_line(pieces=PIECES, cancelled=2)))

    assert shop.decided() == [("shrunk", "released", "run_keeps_size", 2, False)]


# What we do ourselves -----------------------------------------------------------------------


def test_our_own_cancelling_is_about_what_has_not_left(session: Session) -> None:
    shop = Shop(session, stage="done")
    line = session.scalars(select(OrderLine)).one()
    ship.ship(
        session, order_id=shop.order.id, lines={line.id: 2}, tracking=Tracking(),
        notify=False, who=WHO, now=NOW,
    )  # fmt: skip

    change.cancel_order(session, order_id=shop.order.id, reason="", who=WHO, now=NOW)

    assert shop.decided() == [("cancelled", "done", "stock_freed", 3, False)]


def test_an_order_put_on_hold_lets_its_goods_go(session: Session) -> None:
    shop = Shop(session, stage="done")

    change.hold_order(session, order_id=shop.order.id, reason="", who=WHO, now=NOW)

    assert shop.decided() == [("held", "done", "stock_freed", PIECES, False)]


def test_an_order_that_goes_on_decides_nothing(session: Session) -> None:
    shop = Shop(session, stage="done")
    change.hold_order(session, order_id=shop.order.id, reason="", who=WHO, now=NOW)
    shop.plan()

    change.release_order(session, order_id=shop.order.id, reason="", who=WHO, now=NOW)

    assert len(shop.decided()) == 1


def test_an_order_deleted_at_the_shop_brings_no_parcel_back(session: Session) -> None:
    shop = Shop(session, stage="shipped")

    forget_order(session, shop.account, shop.order.external_id, who="channel:1", now=NOW)

    assert shop.decided() == []


# Surplus ------------------------------------------------------------------------------------


def test_what_a_started_run_has_left_over_goes_to_who_waits_and_no_link_is_cut(
    session: Session,
) -> None:
    shop = Shop(session, stage="running")
    shop.take(an_order(a_line(pieces=8), external_id="2"))
    shop.plan()
    first, second = session.scalars(select(SalesOrder).order_by(SalesOrder.id)).all()
    run = session.scalars(select(ProductionOrder).filter_by(state="running")).one()

    change.cancel_order(session, order_id=first.id, reason="", who=WHO, now=NOW)
    shop.plan()

    mine, theirs = (demand_of(session, each, shop.candle) for each in (first, second))
    links = select(ProductionLink).filter_by(production_order_id=run.id)
    by_demand = {link.demand_id: link.planned for link in session.scalars(links)}
    assert by_demand == {mine.id: 0, theirs.id: 8 * PIECE}
    assert (run.state, run.batches) == ("running", 1)
    others = session.scalars(select(ProductionOrder).where(ProductionOrder.id != run.id))
    assert [each.state for each in others] == ["cancelled"]
    assert held(session, mine) == {}
    assert invariants.check(session) == []
