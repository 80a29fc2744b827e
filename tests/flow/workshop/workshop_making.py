"""What a machine does to runs: released, started, given out in parts, finished, taken back."""

from collections import defaultdict

from hypothesis import strategies as st
from hypothesis.stateful import precondition
from sqlalchemy import func, select

from hub.flow.making import produce
from hub.flow.making.consume import Used
from hub.flow.refusal import Refusal
from hub.flow.undoing import undo_run
from hub.models.records.alternates import Substitution
from hub.models.records.completions import Completion, CompletionUse
from hub.models.records.production import ProductionNeed, ProductionOrder
from tests.factories import PIECE
from tests.flow.bench import WHO
from tests.flow.workshop.workshop_ground import ANY, Ground, deed, one_of
from tests.flow.workshop.workshop_model import PlainPart, PlainRun

TENTHS = st.sampled_from([None, None, 3, 10])
"""What of the materials that were picked people say they used; None: they say nothing."""


class Making(Ground):
    """What people do at the bench."""

    def runs_in(self, *states: str) -> list[int]:
        """Return the runs in some states, whoever planned them."""
        query = select(ProductionOrder.id).where(ProductionOrder.state.in_(states))
        return list(self.session.scalars(query.order_by(ProductionOrder.id)))

    def touch(self, run_id: int) -> PlainRun:
        """Return a run of the model, which knows none before somebody does something to it."""
        if run_id not in self.plain.runs:
            run = self.session.get_one(ProductionOrder, run_id)
            self.plain.runs[run_id] = PlainRun(run.item_id, run.state)
        return self.plain.runs[run_id]

    def needs_of(self, run_id: int) -> list[ProductionNeed]:
        query = select(ProductionNeed).filter_by(production_order_id=run_id)
        return list(self.session.scalars(query))

    @precondition(lambda self: self.runs_in("planned", "released", "done"))
    @deed(which=ANY)
    def release_a_run(self, which: int) -> None:
        run_id = one_of(self.runs_in("planned", "released", "done"), which)
        plain = self.touch(run_id)
        is_possible = plain.state == "planned"
        self.attempt(
            lambda: produce.release(
                self.session, production_order_id=run_id, who=WHO, now=self.now
            ),
            is_possible=is_possible,
        )
        if is_possible:
            plain.state = "released"
            self.note("released")

    @precondition(lambda self: self.runs_in("planned", "released"))
    @deed(which=ANY)
    def start_a_run(self, which: int) -> None:
        run_id = one_of(self.runs_in("planned", "released"), which)
        plain = self.touch(run_id)
        has_all, lacks_some = self.materials_of(run_id)
        try:
            produce.start(self.session, production_order_id=run_id, who=WHO, now=self.now)
        except Refusal:
            assert not has_all
            return
        assert not lacks_some
        plain.state = "running"
        self.note("started" if has_all else "started with something else")

    def materials_of(self, run_id: int) -> tuple[bool, bool]:
        """Say whether a run surely has all it needs, and whether it surely lacks something."""
        has_all, lacks_some = True, False
        for need in self.needs_of(run_id):
            own = sum(
                quantity
                for (_, lot), quantity in self.held(needs=[need.id]).items()
                if self.is_good(lot) and self.plain.lots[lot].item_id == need.item_id
            )
            replaced = self.session.scalar(
                select(func.sum(Substitution.replaces)).filter_by(need_id=need.id)
            )
            has_all &= own >= need.needed
            lacks_some |= own + int(replaced or 0) < need.needed
        return has_all, lacks_some

    @precondition(lambda self: self.runs_in("running"))
    @deed(which=ANY, produced=st.integers(0, 5), lost=st.integers(0, 3), tenths=TENTHS)
    def give_out_a_part(
        self, which: int, produced: int, lost: int, tenths: int | None
    ) -> None:
        run_id = one_of(self.runs_in("running"), which)
        is_possible = produced + lost > 0
        self.give_out(run_id, produced, lost, tenths, may=is_possible, is_last=False)

    @precondition(lambda self: self.runs_in("running", "done"))
    @deed(which=ANY, produced=st.integers(0, 24), lost=st.integers(0, 3), tenths=TENTHS)
    def finish_a_run(
        self, which: int, produced: int, lost: int, tenths: int | None
    ) -> None:
        run_id = one_of(self.runs_in("running", "done"), which)
        plain = self.touch(run_id)
        is_something = produced + lost > 0 or bool(plain.parts)
        is_possible = plain.state == "running" and is_something
        self.give_out(run_id, produced, lost, tenths, may=is_possible, is_last=True)

    def give_out(
        self,
        run_id: int,
        produced: int,
        lost: int,
        tenths: int | None,
        *,
        may: bool,
        is_last: bool,
    ) -> None:
        plain = self.touch(run_id)
        held = self.picked_for(run_id)
        said = None if tenths is None else self.said(held, tenths)
        done = produce.finish if is_last else produce.complete
        lot_id = self.attempt(
            lambda: done(
                self.session, production_order_id=run_id, produced=produced * PIECE,
                scrapped=lost * PIECE, consumed=said, who=WHO, now=self.now,
            ),
            is_possible=may,
        )  # fmt: skip
        if not may:
            return
        used = self.used_at_last(run_id)
        if said:
            assert used == {each.lot_id: each.quantity for each in said}
        assert all(quantity <= held[lot] for lot, quantity in used.items())
        part = PlainPart(lot_id, produced * PIECE, lost * PIECE, used)
        self.gave(plain, part, is_last=is_last)

    def gave(self, plain: PlainRun, part: PlainPart, *, is_last: bool) -> None:
        """Note what a completion used and gave."""
        plain.parts.append(part)
        plain.state = "done" if is_last else "running"
        for lot, quantity in part.used.items():
            self.plain.lots[lot].on_hand -= quantity
        assert (part.lot is None) == (part.produced == 0)
        if part.lot is not None:
            self.came_in(part.lot, part.produced, is_bought=False)
            assert self.plain.lots[part.lot].item_id == plain.item_id
            if self.plain.is_suspect(set(part.used)):
                self.plain.lots[part.lot].state = "quarantined"
        self.note("finished" if is_last else "part made")

    def picked_for(self, run_id: int) -> dict[int, int]:
        """Read what is held of each lot for a run."""
        held: dict[int, int] = defaultdict(int)
        needs = [need.id for need in self.needs_of(run_id)]
        for (_, lot), quantity in self.held(needs=needs).items():
            held[lot] += quantity
        return held

    def said(self, held: dict[int, int], tenths: int) -> list[Used]:
        """Say that so many tenths of everything that was picked were used."""
        return [
            Used(
                item_id=self.plain.lots[lot].item_id,
                lot_id=lot,
                quantity=max(1, quantity * tenths // 10),
            )
            for lot, quantity in held.items()
        ]

    def used_at_last(self, run_id: int) -> dict[int, int]:
        """Read what the newest completion of a run used of each lot."""
        newest = select(func.max(Completion.id)).filter_by(production_order_id=run_id)
        query = select(CompletionUse.lot_id, CompletionUse.quantity)
        used: dict[int, int] = defaultdict(int)
        for lot, quantity in self.session.execute(
            query.where(CompletionUse.completion_id == newest.scalar_subquery())
        ):
            used[lot] += quantity
        return dict(used)

    @precondition(lambda self: self.runs_in("planned", "released", "running", "done"))
    @deed(which=ANY)
    def cancel_a_run(self, which: int) -> None:
        run_id = one_of(self.runs_in("planned", "released", "running", "done"), which)
        plain = self.touch(run_id)
        is_possible = plain.state != "done" and not plain.parts
        self.attempt(
            lambda: produce.cancel(
                self.session, production_order_id=run_id, who=WHO, now=self.now
            ),
            is_possible=is_possible,
        )
        if is_possible:
            plain.state = "cancelled"
            self.note("run cancelled")

    @precondition(lambda self: self.runs_in("released", "running", "done"))
    @deed(which=ANY)
    def take_a_step_back(self, which: int) -> None:
        run_id = one_of(self.runs_in("released", "running", "done"), which)
        plain = self.touch(run_id)
        last = plain.parts[-1] if plain.parts else None
        is_possible = plain.state in ("running", "done") and self.is_whole(last)
        self.attempt(
            lambda: undo_run.undo(
                self.session, production_order_id=run_id, reason="", who=WHO, now=self.now
            ),
            is_possible=is_possible,
        )
        if not is_possible:
            return
        plain.state = "released" if last is None else "running"
        self.note("start undone" if last is None else "completion undone")
        if last is None:
            return
        plain.parts.pop()
        if last.lot is not None:
            self.plain.lots[last.lot].on_hand -= last.produced
        for lot, quantity in last.used.items():
            self.plain.lots[lot].on_hand += quantity

    def is_whole(self, part: PlainPart | None) -> bool:
        """Say whether what a completion gave is still there, and nobody picked of it."""
        if part is None or part.lot is None:
            return True
        there = self.plain.lots[part.lot].on_hand - self.picked().get(part.lot, 0)
        return there >= part.produced
