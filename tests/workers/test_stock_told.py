"""Whatever happens to stock, switches and shops: one message a listing, at last the truth."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from connectors.errors import OutcomeUnknown, RateLimited, Retryable
from hub.flow.channels.channels import change_switches
from hub.flow.stock.stock import adjust
from hub.models.catalogue.item_figures import item_figures
from hub.models.records.listings import Listing
from hub.models.records.messages import OutboundMessage
from hub.models.records.stock import LotBalance
from hub.models.session import Database
from tests.factories import PIECE
from tests.workers.test_stock import Bench, sold
from workers.plan import plan
from workers.push import push

HISTORIES = 12
"""So many a run; each is a few dozen transactions."""

ERRORS: dict[str, Callable[[], Exception]] = {
    "lost": lambda: OutcomeUnknown("lost"),
    "busy": lambda: RateLimited("slower", retry_after=None),
    "away": lambda: Retryable("the shop is away"),
}
SMALL = st.integers(1, 9)
DEEDS = st.one_of(
    st.tuples(st.just("receive"), SMALL),
    st.tuples(st.just("lose"), SMALL),
    st.tuples(st.just("sell"), SMALL),
    st.tuples(st.just("switch"), st.sampled_from(["off", "shadow", "live", "live"])),
    st.tuples(st.just("change_there"), st.integers(0, 30)),
    st.tuples(st.just("hear"), st.just(0)),
    st.tuples(st.just("fail"), st.sampled_from(sorted(ERRORS))),
    st.tuples(st.just("push"), st.just(0)),
    st.tuples(st.just("wait"), st.sampled_from([1, 6, 40, 400])),
)


@contextmanager
def copied(template: Path) -> Iterator[Database]:
    """A database of its own for one history."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "workshop.db"
        shutil.copyfile(template, path)
        database = Database(f"sqlite:///{path}")
        try:
            yield database
        finally:
            database.dispose()


class Story:
    """One history of a workshop and its two shops, watched after every deed."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.orders = 0

    def do(self, deed: str, what: object) -> None:
        """Do one deed, plan anew where it calls for a plan, and look at everything."""
        if deed in {"push", "hear"}:
            {"push": self.push, "hear": self.hear}[deed]()
        elif deed == "wait":
            self.bench.work(seconds=float(str(what)))
        elif deed == "switch":
            self.switch(str(what))
        elif deed == "fail":
            self.bench.shop.next_errors = [ERRORS[str(what)]()]
        else:
            assert isinstance(what, int)
            {
                "receive": self.bench.receive,
                "lose": self.lose,
                "sell": self.sell,
                "change_there": self.change_there,
            }[deed](what)
        if deed in {"receive", "lose", "switch"}:
            self.plan()
        self.look()

    def plan(self) -> None:
        """Plan; what is owed anew or anew written is no more than can be promised now."""
        before = self.unsent()
        plan(self.bench.ports)
        most = self.promisable()
        for row_id, quantity in self.unsent().items():
            if before.get(row_id) != quantity:
                assert isinstance(quantity, int)
                assert quantity <= most

    def push(self) -> None:
        """Push; what a shop is told is no more than can be promised now."""
        before = [len(shop.writes) for shop in (self.bench.shop, self.bench.other)]
        push(self.bench.ports)
        most = self.promisable()
        for shop, count in zip((self.bench.shop, self.bench.other), before, strict=True):
            assert all(quantity <= most for _, quantity in shop.writes[count:])

    def hear(self) -> None:
        """Hear from the first shop what it shows."""
        self.bench.see(self.bench.shop.shown["i-1"])

    def lose(self, pieces: int) -> None:
        """Count fewer candles than were there, where there are so many."""
        with self.bench.ports.database.begin() as session:
            lots = select(LotBalance).where(LotBalance.on_hand >= pieces * PIECE)
            lot = session.scalars(lots.order_by(LotBalance.lot_id)).first()
            if lot is not None:
                adjust(
                    session, lot_id=lot.lot_id, delta=-pieces * PIECE, reason="damaged",
                    who="user:1", now=self.bench.clock.now(),
                )  # fmt: skip

    def sell(self, pieces: int) -> None:
        """Sell candles at the first shop, which never sells more than it shows."""
        if self.bench.shop.shown["i-1"] >= pieces:
            self.orders += 1
            order = sold(pieces, external_id=str(self.orders))
            self.bench.shop.sell("i-1", order, pieces=pieces)

    def change_there(self, pieces: int) -> None:
        """Let somebody type another number at the first shop."""
        self.bench.shop.shown["i-1"] = pieces

    def switch(self, mode: str) -> None:
        """Switch the telling of stock, unless it is switched so already."""
        for account in self.bench.accounts:
            with self.bench.ports.database.begin() as session:
                change_switches(
                    session, account_id=account.id, capabilities={"stock": mode},
                    who="user:1", now=self.bench.clock.now(),
                )  # fmt: skip

    def unsent(self) -> dict[int, object]:
        """What is owed and not on its way, by message."""
        with self.bench.ports.database.reading() as session:
            rows = session.scalars(
                select(OutboundMessage).filter_by(state="waiting", first_sent_at=None)
            )
            return {row.id: row.payload["quantity"] for row in rows}

    def promisable(self) -> int:
        """Pieces that can be promised."""
        with self.bench.ports.database.reading() as session:
            ids = [self.bench.candle.id]
            today = self.bench.clock.now().date()
            figures = item_figures(session, item_ids=ids, on=today)
        return max(0, figures[ids[0]].promisable) // PIECE

    def look(self) -> None:
        """See that no listing is owed twice."""
        with self.bench.ports.database.reading() as session:
            rows = session.scalars(
                select(OutboundMessage).filter_by(state="waiting", first_sent_at=None)
            ).all()
        owed = [row.listing_id for row in rows]
        assert len(owed) == len(set(owed))

    def settle(self) -> None:
        """Let everything be told in earnest, and nothing else happen any more."""
        self.bench.shop.next_errors = []
        self.switch("live")
        self.bench.see(self.bench.shop.shown["i-1"])
        for _ in range(6):
            self.bench.work(seconds=400)
            self.look()


@settings(
    max_examples=HISTORIES,
    # A history is short as it is; to find a shorter one would take minutes.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(deeds=st.lists(DEEDS, min_size=3, max_size=14))
def test_a_listing_is_owed_one_number_and_shows_the_truth_once_all_is_quiet(
    sqlite_template: Path, deeds: list[tuple[str, object]]
) -> None:
    with copied(sqlite_template) as database:
        story = Story(Bench(database))

        for deed, what in deeds:
            story.do(deed, what)
        story.settle()

        with database.reading() as session:
            listings = session.scalars(select(Listing)).all()
        truth = story.promisable()
        assert [listing.stock_wanted for listing in listings] == [truth, truth]
        assert [listing.stock_shown for listing in listings] == [truth, truth]
        assert story.bench.shop.shown == {"i-1": truth}
        assert story.bench.other.shown == {"i-2": truth}
        assert story.unsent() == {}
        assert story.bench.violations() == []
