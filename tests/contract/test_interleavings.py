"""Whatever happens in whatever order, the lists lead to every order as it finally is."""

from dataclasses import dataclass, field

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.errors import ChannelError
from connectors.spec import Capability
from mapping.canonical import Order
from tests.contract.asking import Sweep, begun, fetcher, lists, needs, spec_of, wire
from tests.contract.found import Open
from tests.contract.harness import Harness, Oddity, Trouble

STEPS = st.lists(
    st.tuples(
        st.sampled_from(("place", "place", "at once", "late", "touch", "poll", "fail")),
        st.integers(0, 7),
    ),
    min_size=3,
    max_size=12,
)
BAD = (Trouble.FAILURE, Trouble.BUSY, Trouble.LOST_AFTER, Trouble.GARBAGE)


@dataclass
class Keeper:
    """A hub in small: it keeps the places of the lists and every order it was told of."""

    h: Harness
    sweep: Sweep
    known: dict[str, str] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)

    def poll(self) -> None:
        """Read every list a page at a time; a page counts when all its orders are fetched."""
        self.sweep.settle()
        for stream in spec_of(self.h).streams:
            more = True
            while more:
                more = self._page(stream.name)

    def _page(self, stream: str) -> bool:
        page = self.sweep.ask(stream, cursor=self.sweep.cursors[stream], limit=2)
        for change in page.changes:
            if self.known.get(change.external_id) != change.revision:
                fetched = fetcher(self.h.channel()).fetch_order(change.external_id)
                self.orders[change.external_id] = fetched
        self.known |= {change.external_id: change.revision for change in page.changes}
        self.sweep.cursors[stream] = page.cursor
        return page.more


def happen(
    h: Harness, keeper: Keeper, placed: list[str], *, step: str, number: int
) -> None:
    """Let one thing happen."""
    if step == "place":
        placed.append(h.place())
    elif step == "at once":
        placed.extend(lists(h).place_at_once(1 + number % 3))
    elif step == "late":
        placed.append(lists(h).place_late(spec_of(h).streams[0].overlap * number / 16))
    elif step == "touch" and placed and Oddity.TOUCHED not in h.impossible:
        h.touch(placed[number % len(placed)])
    elif step == "fail":
        wire(h).fail_next(BAD[number % len(BAD)])
    elif step == "poll":
        try:
            keeper.poll()
        except ChannelError:
            return  # the worker comes again


def test_any_order_of_things_ends_in_every_order_as_it_finally_is(open_shop: Open) -> None:
    h = open_shop()
    needs(h, Capability.ORDERS_POLL)
    h.close()

    @settings(max_examples=25, suppress_health_check=list(HealthCheck))
    @given(STEPS)
    def ends_well(steps: list[tuple[str, int]]) -> None:
        shop = open_shop()
        keeper, placed = Keeper(shop, begun(shop)), list[str]()
        try:
            for step, number in steps:
                happen(shop, keeper, placed, step=step, number=number)
            for _ in range(len(steps)):
                happen(shop, keeper, placed, step="poll", number=0)
            keeper.poll()
            finally_is = {one: fetcher(shop.channel()).fetch_order(one) for one in placed}
            assert keeper.orders == finally_is
        finally:
            shop.close()

    ends_well()
