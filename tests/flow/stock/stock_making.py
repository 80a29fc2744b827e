"""Runs that are released, started, finished, cancelled and taken back, whatever they use."""

from collections.abc import Callable, Iterable

from hypothesis import strategies as st
from hypothesis.stateful import (
    precondition,
    rule,
)

from hub.domain.making.completing import share
from hub.domain.stock.lot_states import LotState
from hub.flow.making import produce
from hub.flow.making.consume import Used
from hub.flow.undoing import undo_run
from tests.factories import NOW, PIECE
from tests.flow.bench import WHO
from tests.flow.stock.plain_stock import (
    Owner,
    PlainLot,
    PlainPart,
    PlainRun,
)
from tests.flow.stock.stock_ground import (
    ANY,
    CODES,
    GRAMS,
    PIECES,
    StockGround,
    one_of,
)


class StockMaking(StockGround):
    """Production."""

    @precondition(lambda self: self.plain.runs)
    @rule(which=ANY)
    def release_a_run(self, which: int) -> None:
        run = one_of(self.plain.runs, which)
        plain = self.plain.runs[run]
        is_possible = plain.state == "planned"
        self.attempt(lambda: self.do(produce.release, run), is_possible=is_possible)
        plain.state = "released" if is_possible else plain.state

    @precondition(lambda self: self.runs_in("planned", "released"))
    @rule(which=ANY)
    def start_a_run(self, which: int) -> None:
        self.start(one_of(self.runs_in("planned", "released"), which))

    def start(self, run: int) -> None:
        plain = self.plain.runs[run]
        owner = ("need", plain.need_id)
        is_covered = sum(self.plain.usable(owner).values()) >= plain.needed
        is_possible = plain.state in ("planned", "released") and is_covered
        self.attempt(lambda: self.do(produce.start, run), is_possible=is_possible)
        if is_possible:
            plain.state = "running"
            self.plain.firm.add(owner)

    @precondition(lambda self: self.plain.runs)
    @rule(which=ANY)
    def cancel_a_run(self, which: int) -> None:
        run = one_of(self.plain.runs, which)
        plain = self.plain.runs[run]
        is_possible = plain.state in ("planned", "released", "running") and not plain.parts
        self.attempt(lambda: self.do(produce.cancel, run), is_possible=is_possible)
        if is_possible:
            plain.state = "cancelled"
            self.plain.let_go(("need", plain.need_id))

    def do(self, deed: Callable[..., None], run: int) -> None:
        deed(self.session, production_order_id=run, who=WHO, now=NOW)

    @precondition(lambda self: self.runs_in("running"))
    @rule(which=ANY, produced=st.integers(0, 8))
    def finish_a_run(self, which: int, produced: int) -> None:
        run = one_of(self.runs_in("running"), which)
        lost = 0 if produced else PIECE
        self.give_out(run, produced * PIECE, scrapped=lost, is_last=True)

    @precondition(lambda self: self.runs_in("running"))
    @rule(which=ANY, lot=ANY, grams=GRAMS, produced=PIECES)
    def finish_a_run_with_what_was_used(
        self, which: int, lot: int, grams: int, produced: int
    ) -> None:
        run = one_of(self.runs_in("running"), which)
        said = {one_of(self.plain.lots, lot): grams}
        self.give_out(run, produced * PIECE, said=said, is_last=True)

    @precondition(lambda self: self.runs_in("running"))
    @rule(which=ANY, produced=st.integers(0, 5), lost=st.integers(0, 3), code=CODES)
    def complete_a_part(
        self, which: int, produced: int, lost: int, code: str | None
    ) -> None:
        run = one_of(self.runs_in("running"), which)
        self.give_out(run, produced * PIECE, scrapped=lost * PIECE, code=code)

    @precondition(lambda self: self.runs_in("running"))
    @rule(which=ANY, lot=ANY, grams=GRAMS, produced=PIECES)
    def complete_a_part_with_what_was_used(
        self, which: int, lot: int, grams: int, produced: int
    ) -> None:
        run = one_of(self.runs_in("running"), which)
        said = {one_of(self.plain.lots, lot): grams}
        self.give_out(run, produced * PIECE, said=said)

    @precondition(lambda self: self.runs_in("done", "cancelled"))
    @rule(which=ANY)
    def press_the_buttons_of_a_run_that_is_over(self, which: int) -> None:
        run = one_of(self.runs_in("done", "cancelled"), which)
        self.start(run)
        self.give_out(run, PIECE)
        self.give_out(run, PIECE, is_last=True)

    def give_out(
        self,
        run: int,
        produced: int,
        *,
        scrapped: int = 0,
        said: dict[int, int] | None = None,
        code: str | None = None,
        is_last: bool = False,
    ) -> None:
        plain = self.plain.runs[run]
        owner = ("need", plain.need_id)
        used, missing = (said, 0) if said is not None else self.as_needed(
            plain, produced + scrapped, is_last=is_last
        )  # fmt: skip
        lot_code = f"R{run}-{code}" if code else None
        is_possible = (
            plain.state == "running"
            and produced + scrapped > 0
            and not missing
            and all(self.may_use(lot, grams, owner) for lot, grams in used.items())
            and (not produced or self.fits(plain, lot_code, used=used))
        )
        lot_id = self.attempt(
            lambda: (produce.finish if is_last else produce.complete)(
                self.session,
                production_order_id=run,
                produced=produced,
                scrapped=scrapped,
                consumed=None if said is None else self.as_said(said),
                lot_code=lot_code,
                who=WHO,
                now=NOW,
            ),
            is_possible=is_possible,
        )
        if is_possible:
            part = PlainPart(lot_id, produced, scrapped, dict(used), 0)
            self.gave(plain, part, lot_code=lot_code, is_last=is_last)

    def as_needed(
        self, plain: PlainRun, now: int, *, is_last: bool
    ) -> tuple[dict[int, int], int]:
        wanted = plain.rest if is_last else share(plain.rest, now=now, left=plain.left)
        return self.plain.pick(("need", plain.need_id), wanted)

    def as_said(self, said: dict[int, int]) -> list[Used]:
        return [
            Used(item_id=self.wax.id, lot_id=lot, quantity=grams)
            for lot, grams in said.items()
        ]

    def is_suspect(self, used: Iterable[int]) -> bool:
        return any(self.plain.lots[lot].state is not LotState.AVAILABLE for lot in used)

    def fits(self, plain: PlainRun, lot_code: str | None, *, used: dict[int, int]) -> bool:
        """Say whether what comes out may go into the lot of that code, if there is one."""
        if lot_code not in plain.lots:
            return True
        lot = self.plain.lots[plain.lots[lot_code]]
        is_good = lot.state is LotState.AVAILABLE and lot.on_hand > 0
        return lot.state is not LotState.RECALLED and not (
            is_good and self.is_suspect(used)
        )

    def gave(
        self, plain: PlainRun, part: PlainPart, *, lot_code: str | None, is_last: bool
    ) -> None:
        owner = ("need", plain.need_id)
        assert (part.lot is None) == (part.produced == 0)
        for lot, grams in part.used.items():
            own = min(grams, self.plain.held.get((lot, owner), 0))
            if own:
                self.plain.take(lot, owner, own)
            self.plain.lots[lot].on_hand -= grams
        plain.parts.append(part)
        if is_last:
            plain.state = "done"
            self.plain.let_go(owner)
        else:
            kept, _ = self.plain.pick(owner, plain.rest)
            for lot, holder in list(self.plain.held):
                if holder == owner:
                    surplus = self.plain.held[lot, owner] - kept.get(lot, 0)
                    self.plain.take(lot, owner, surplus)
        if part.lot is not None:
            self.put_into_its_lot(plain, part, lot_code=lot_code)

    def put_into_its_lot(
        self, plain: PlainRun, part: PlainPart, *, lot_code: str | None
    ) -> None:
        assert part.lot is not None
        if lot_code:
            assert plain.lots.setdefault(lot_code, part.lot) == part.lot
        lot = self.plain.lots.setdefault(part.lot, PlainLot(self.candle.id, 0))
        lot.on_hand += part.produced
        if lot.state is LotState.AVAILABLE and self.is_suspect(part.used):
            lot.state = LotState.QUARANTINED
        if lot.state is LotState.AVAILABLE:
            part.given = self.allocate(plain, part.lot, produced=part.produced)

    @precondition(lambda self: self.plain.runs)
    @rule(which=ANY)
    def take_a_step_of_a_run_back(self, which: int) -> None:
        self.undo(one_of(self.plain.runs, which))

    @precondition(lambda self: self.runs_in("running", "done"))
    @rule(which=ANY)
    def take_a_step_of_a_begun_run_back(self, which: int) -> None:
        self.undo(one_of(self.runs_in("running", "done"), which))

    def undo(self, run: int) -> None:
        plain = self.plain.runs[run]
        owner = ("need", plain.need_id)
        last = plain.parts[-1] if plain.parts else None
        is_whole = (
            last is None
            or last.lot is None
            or self.plain.lots[last.lot].on_hand >= last.produced
        )
        is_possible = plain.state in ("running", "done") and is_whole
        self.attempt(
            lambda: undo_run.undo(
                self.session, production_order_id=run, reason="", who=WHO, now=NOW
            ),
            is_possible=is_possible,
        )
        if not is_possible:
            return
        plain.state = "released" if last is None else "running"
        if last is None:
            self.plain.let_go(owner)
            return
        plain.parts.pop()
        if last.lot is not None:
            self.plain.make_room(last.lot, last.produced)
            self.plain.lots[last.lot].on_hand -= last.produced
        for lot, grams in last.used.items():
            self.plain.lots[lot].on_hand += grams
            self.plain.give(lot, owner, grams)
        self.plain.firm.add(owner)

    def may_use(self, lot: int, grams: int, owner: Owner) -> bool:
        plain = self.plain.lots[lot]
        own = self.plain.held.get((lot, owner), 0)
        free = self.plain.free(lot) if plain.state is LotState.AVAILABLE else 0
        return plain.item_id == self.wax.id and grams <= own + free

    def allocate(self, run: PlainRun, lot_id: int, *, produced: int) -> int:
        order = self.plain.orders[run.made_for]
        owner = ("demand", order.demand_id)
        held = sum(
            quantity for (_, who), quantity in self.plain.held.items() if who == owner
        )
        wanted = (order.pieces - order.shipped) * PIECE - held
        if order.intent != "open":
            return 0
        open_link = run.promised - run.given
        part = max(0, min(produced, self.plain.free(lot_id), open_link, wanted))
        self.plain.give(lot_id, owner, part)
        return part
