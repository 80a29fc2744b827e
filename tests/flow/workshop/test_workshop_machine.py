"""A whole workshop in which anything may be done at any time, the planner working or not.

Beside it lives a plain model (workshop_model) that knows no plans. What may be done is in
workshop_goods, workshop_making and workshop_selling; what must be true after every deed in
workshop_laws, and after every plan in workshop_plans. tests/flow/stock/test_stock_machine.py tries
reservations and the bench without a planner, and foretells every single one of them.
"""

from collections import Counter

from hypothesis import HealthCheck, settings
from hypothesis.stateful import INVARIANT_MARKER, initialize, run_state_machine_as_test

from hub.domain.stock.lot_states import LotState
from hub.flow.shipping.take_back import Fate
from hub.models.session import Database
from tests.factories import PIECE
from tests.flow.workshop.workshop_goods import Goods
from tests.flow.workshop.workshop_ground import PIECES
from tests.flow.workshop.workshop_laws import Laws
from tests.flow.workshop.workshop_making import Making
from tests.flow.workshop.workshop_plans import Plans
from tests.flow.workshop.workshop_selling import BASKETS, Selling

EXAMPLES = 6
"""So many histories a run and engine; a night may try more."""
STEPS = 20


DAYBOOK: tuple[tuple[str, dict[str, object]], ...] = (
    ("start_a_run", {"which": 0}),
    ("give_out_a_part", {"which": 0, "produced": 2, "lost": 1, "tenths": None}),
    ("take_a_step_back", {"which": 0}),
    ("give_out_a_part", {"which": 0, "produced": 2, "lost": 1, "tenths": 3}),
    ("finish_a_run", {"which": 0, "produced": 4, "lost": 0, "tenths": 10}),
    ("send_all_that_is_ready", {"which": 0}),
    ("take_goods_back", {"which": 0, "line": 0, "pieces": 1, "fate": Fate.RESTOCK}),
    ("take_goods_back", {"which": 0, "line": 0, "pieces": 1, "fate": Fate.INSPECT}),
    ("take_goods_back", {"which": 0, "line": 0, "pieces": 1, "fate": Fate.SCRAP}),
    ("order_from_the_supplier", {"code": "WAX", "tens": 5}),
    ("receive_what_was_ordered", {"which": 0, "tens": 3}),
    ("take_an_order", {"basket": {"GIFT": 1}}),
    ("hurry_an_order", {"which": 1, "priority": 1}),
    ("change_a_line", {"which": 1, "line": 0, "pieces": 3}),
    ("start_a_run", {"which": 0}),
    ("start_a_run", {"which": 2}),
    ("start_a_run", {"which": 1}),
    ("take_a_step_back", {"which": 1}),
    ("put_aside_or_let_go", {"which": 1, "state": LotState.QUARANTINED}),
    ("count_a_lot", {"which": 0, "there": 70_000}),
    ("throw_a_part_away", {"which": 0, "lost": 1000}),
    ("rehearse_a_recall", {"which": 0}),
    ("call_a_lot_back", {"which": 0}),
    ("end_a_recall", {"which": 0}),
    ("let_days_pass", {"days": 1}),
    ("take_a_line_out", {"which": 1, "line": 0}),
)
"""A few days in the workshop: the deeds in their order, and of what or of which."""
DONE = {
    *("started", "part made", "completion undone", "start undone", "finished", "sent"),
    *("returned to restock", "returned to inspect", "bought", "arrived"),
    *("hurried", "edited up", "lot quarantined", "counted", "scrapped"),
    *("drilled", "recalled", "slept", "line cancelled", "planned again"),
}


class WorkshopMachine(Goods, Making, Selling, Laws, Plans):
    """Anything a maker, a buyer, a shop or a supplier may do, in any order."""

    @initialize(basket=BASKETS, tens=PIECES)
    def open_the_workshop(self, basket: dict[str, int], tens: int) -> None:
        self.lay_the_ground()
        for code in ("WAX", "JAR", "OIL"):
            self.receive(code, tens * 10 * PIECE, None)
        self.order(basket)
        self.plan()


LAWS = [name for name, law in vars(Laws).items() if hasattr(law, INVARIANT_MARKER)]


def test_the_workshop_is_right_whatever_is_done(database: Database) -> None:
    class Workshop(WorkshopMachine):
        pass

    Workshop.database, Workshop.done = database, Counter()
    run_state_machine_as_test(
        Workshop,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_a_history_with_something_of_everything(database: Database) -> None:
    class Workshop(WorkshopMachine):
        pass

    Workshop.database, Workshop.done = database, Counter()
    workshop = Workshop()
    workshop.open_the_workshop(basket={"CANDLE": 2, "SOAP": 1}, tens=9)

    for name, given in DAYBOOK:
        deed = getattr(workshop, name)
        deed(plans=0, **given)
        for law in LAWS:
            getattr(workshop, law)()
    workshop.plan()
    workshop.plan_everything_again_and_again()
    workshop.teardown()

    assert workshop.done.keys() >= DONE
