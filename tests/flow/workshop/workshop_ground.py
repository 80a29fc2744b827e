"""The ground of the machine over a workshop: its goods, its clock, how a deed is tried."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import wraps
from typing import ClassVar, Concatenate, ParamSpec, TypeVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import invariants
from hub.flow.planning.plan import replan
from hub.flow.refusal import Refusal
from hub.flow.replan import mark
from hub.models.records.alternates import Alternate
from hub.models.records.items import Item, WorkCentre
from hub.models.records.purchasing import Supplier, SupplierItem
from hub.models.records.stock import Lot, LotBalance, Reservation
from hub.models.session import Database
from tests.factories import (
    NOW,
    PIECE,
    make_account,
    make_item,
    make_listing,
    make_recipe,
)
from tests.flow.workshop.workshop_model import PlainLot, PlainWorkshop

T = TypeVar("T")
P = ParamSpec("P")
GroundT = TypeVar("GroundT", bound="Ground")

ANY = st.integers(0, 99)
"""Chooses one of however many there are."""
PIECES = st.integers(1, 9)
PLANS = st.sampled_from([0, 0, 0, 0, 1, 1, 4])
"""How often the planner works before the next deed."""
WORKING_WEEK: list[object] = [240, 240, 240, 240, 240, 0, 0]
LISTINGS: Mapping[str, Mapping[str, int]] = {
    "CANDLE": {"CANDLE": 1},
    "SOAP": {"SOAP": 1},
    "GIFT": {"CANDLE": 2, "SOAP": 1},
}
"""What the shop sells, and what is in a piece of it."""
SOAP_KEEPS = 5
"""So many days soap must still be good when it is sent."""

RULE: Callable[..., Callable[[Callable[..., None]], Callable[..., None]]] = rule


class Ground(RuleBasedStateMachine):
    """A workshop of candles and soap, and a plain model beside it."""

    database: ClassVar[Database]
    done: ClassVar[Counter[str]]
    """How often each deed was really done, in all histories together."""

    def __init__(self) -> None:
        super().__init__()
        self.session = Session(self.database.engine, expire_on_commit=False)
        self.plain = PlainWorkshop()
        self.now: datetime = NOW
        self.items: dict[str, Item] = {}

    def teardown(self) -> None:
        """Hold the workshop against every law of the hub, then forget it."""
        broken = invariants.check(self.session)
        self.session.rollback()
        self.session.close()
        assert broken == []

    @property
    def today(self) -> date:
        return self.now.date()

    def lay_the_ground(self) -> None:
        """Write down what is made here and of what, who sells it to us, and what we sell."""
        self.account = make_account(self.session)
        for code in ("WAX", "JAR", "OIL", "LYE", "SOAPBASE", "CANDLE"):
            self.items[code] = make_item(self.session, code=code, lead_time_days=3)
        self.items["SOAP"] = make_item(
            self.session,
            code="SOAP",
            policy="make_to_stock",
            reorder_point=2 * PIECE,
            min_remaining_days=SOAP_KEEPS,
        )
        wax, jar, oil, lye, base, candle, soap = (
            self.items[code]
            for code in ("WAX", "JAR", "OIL", "LYE", "SOAPBASE", "CANDLE", "SOAP")
        )
        make_recipe(self.session, item=candle, uses={wax: 12 * PIECE, jar: 6 * PIECE},
                    batch_size=6 * PIECE, max_batches=3)  # fmt: skip
        make_recipe(self.session, item=base, uses={oil: 8 * PIECE},
                    batch_size=10 * PIECE, loss_bp=500, rest_days=1)  # fmt: skip
        soaps = make_recipe(self.session, item=soap, uses={base: 5 * PIECE},
                            batch_size=5 * PIECE)  # fmt: skip
        centre = WorkCentre(code="POT", name="Pot", open_minutes=WORKING_WEEK)
        self.session.add(centre)
        self.session.flush()
        soaps.work_centre_id, soaps.batch_minutes = centre.id, 60
        # Lye for oil is no chemistry: any other material that may stand in would do.
        self.session.add(
            Alternate(item_id=oil.id, substitute_id=lye.id, factor_ppm=1_250_000)
        )
        for sku, parts in LISTINGS.items():
            components = {self.items[code]: each * PIECE for code, each in parts.items()}
            make_listing(self.session, account=self.account, components=components, sku=sku)
        self.supplier = Supplier(code="S1", name="Ceras del Sur", created_at=NOW)
        self.session.add(self.supplier)
        self.session.flush()
        for item in (wax, oil):
            self.session.add(
                SupplierItem(
                    supplier_id=self.supplier.id, item_id=item.id, lead_time_days=2
                )
            )
        self.mark_all()

    def mark_all(self) -> None:
        """Let everything be planned anew."""
        ids = [item.id for item in self.items.values()]
        mark(self.session, item_ids=ids, why="all", now=self.now)

    # How a deed is tried ----------------------------------------------------------------------

    def attempt(self, deed: Callable[[], T], *, is_possible: bool) -> T | None:
        """Do what is possible; the rest must be refused, and nothing of it done."""
        if is_possible:
            return deed()
        with pytest.raises(Refusal):
            deed()
        return None

    def note(self, what: str) -> None:
        """Count a deed that was done."""
        self.done[what] += 1

    def plan(self) -> None:
        """Let the planner work off what is marked."""
        replan(self.session, now=self.now)
        self.session.expire_all()
        assert invariants.check(self.session) == []
        self.look_at_the_plan()

    def look_at_the_plan(self) -> None:
        """Hold a plan that was just made against the laws of plans."""
        raise NotImplementedError

    def plan_everything_again_and_again(self) -> None:
        """See that planning comes to rest."""
        raise NotImplementedError

    # What the books say -----------------------------------------------------------------------

    def on_hand(self) -> dict[int, int]:
        """Read what is in each lot."""
        rows = self.session.execute(select(LotBalance.lot_id, LotBalance.on_hand))
        return {lot: quantity for lot, quantity in rows}

    def held(
        self, *, demands: Iterable[int] = (), needs: Iterable[int] = ()
    ) -> dict[tuple[int, int], int]:
        """Read what some demands or needs hold: by owner and lot."""
        owner = Reservation.need_id if needs else Reservation.demand_id
        query = select(owner, Reservation.lot_id, Reservation.quantity)
        rows = self.session.execute(query.where(owner.in_([*demands, *needs])))
        return {(who or 0, lot): quantity for who, lot, quantity in rows}

    def picked(self) -> dict[int, int]:
        """Read what of each lot is firmly somebody's."""
        query = select(Reservation.lot_id, Reservation.quantity).filter_by(is_firm=True)
        firm: dict[int, int] = defaultdict(int)
        for lot, quantity in self.session.execute(query):
            firm[lot] += quantity
        return firm

    def is_good(self, lot_id: int) -> bool:
        """Say whether a lot may be used or sent today."""
        lot = self.session.get_one(Lot, lot_id)
        days = SOAP_KEEPS if lot.item_id == self.items["SOAP"].id else 0
        last = lot.best_before or date.max
        is_there = self.plain.lots[lot_id].state == "available"
        return is_there and last >= self.today + timedelta(days=days)

    def came_in(self, lot_id: int, quantity: int, *, is_bought: bool) -> None:
        """Note a new lot, of whatever item it says it is."""
        item_id = self.session.get_one(Lot, lot_id).item_id
        assert lot_id not in self.plain.lots
        self.plain.lots[lot_id] = PlainLot(item_id, quantity, is_bought)


def deed(
    **given: st.SearchStrategy[object],
) -> Callable[[Callable[Concatenate[GroundT, P], None]], Callable[..., None]]:
    """Make a rule of a method: a while later somebody does this; then the planner works, or not."""

    def of(function: Callable[Concatenate[GroundT, P], None]) -> Callable[..., None]:
        @wraps(function)
        def done(self: GroundT, plans: int, *args: P.args, **kwargs: P.kwargs) -> None:
            self.now += timedelta(minutes=7)
            function(self, *args, **kwargs)
            if plans:
                self.plan()
            if plans > 1:
                self.plan_everything_again_and_again()

        return RULE(plans=PLANS, **given)(done)

    return of


def one_of(many: Iterable[T], which: int) -> T:
    """Choose one of what there is by a number of any size."""
    every = list(many)
    return every[which % len(every)]
