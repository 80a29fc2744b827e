"""Each guard has a job: with any one of them taken away the same schedules find a violation.

The hourly comparison with the shop is away in all of them: it is the net below, and mends within
the hour what most of the guards keep from happening.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy.orm import Session

from connectors.handed import HandedPage
from connectors.protocol import ChangePage, Pushed, PushesEffects
from hub.domain.orders.sales import Version
from hub.flow import replan, step
from hub.flow.intake import accept, upsert
from hub.flow.intake.changed import note_changes
from hub.flow.mail import letters, mailbox
from hub.flow.shipping import ship
from hub.models.claims import inbox, outbox, streams
from hub.models.claims.streams import Turn
from hub.ports import Ports
from mapping.effects import Effect
from tests.simulation import post, shop
from tests.simulation.ground import Ground
from tests.simulation.schedule import run_schedule
from workers import mailbox as taking
from workers import poll, push, reconcile

PATIENCE = 600
"""Schedules within which the loss of any guard must show."""

Taking = Callable[[pytest.MonkeyPatch], None]


def the_inbox_fence(patch: pytest.MonkeyPatch) -> None:
    """A worker that slept through its lease writes all the same."""
    patch.setattr(inbox, "held_by", lambda _owner: ())


def the_outbox_fence(patch: pytest.MonkeyPatch) -> None:
    """The same, for what is sent."""
    patch.setattr(outbox, "held_by", lambda _owner: ())


def the_version_guard(patch: pytest.MonkeyPatch) -> None:
    """Whatever comes last is taken for the newest."""

    def always(_stored: Version | None, *, incoming: Version) -> bool:
        return incoming is not None

    patch.setattr(upsert, "is_newer", always)


def the_look_before_sending_again(patch: pytest.MonkeyPatch) -> None:
    """What may have arrived is simply sent again."""

    def blind(
        _ports: Ports, _one: push.Try, _channel: PushesEffects, _effect: Effect
    ) -> Pushed | None:
        return None

    patch.setattr(push, "_look_up", blind)


def the_wait_before_the_look(patch: pytest.MonkeyPatch) -> None:
    """It is looked up at once, while it may still be on its way."""
    patch.setattr(
        shop.AtTheShop, "spec", replace(shop.SPEC, ambiguity_horizon=timedelta(0))
    )


def the_look_at_the_clock(patch: pytest.MonkeyPatch) -> None:
    """A process that slept for minutes before its call sends all the same."""
    patch.setattr(push, "is_late", lambda *_args, **_kwargs: False)


def the_key_of_the_inbox(patch: pytest.MonkeyPatch) -> None:
    """Every delivery counts as a new message."""
    once = inbox.insert_once
    numbers = Random(1)

    def every_time(session: Session, **columns: object) -> int | None:
        columns["body_hash"] = f"{numbers.getrandbits(64):x}"
        return once(session, **columns)

    patch.setattr(accept, "insert_once", every_time)


def the_table_of_steps(patch: pytest.MonkeyPatch) -> None:
    """A button pressed twice works twice."""
    patch.setattr(step, "check_step", lambda *_args, **_kwargs: None)


def the_memory_of_parcels(patch: pytest.MonkeyPatch) -> None:
    """The same parcel can be written down twice."""
    patch.setattr(ship, "same_parcel", lambda *_args, **_kwargs: None)


def the_mark_for_the_planner(patch: pytest.MonkeyPatch) -> None:
    """What changed is not planned again."""
    patch.setattr(replan, "mark", lambda *_args, **_kwargs: None)
    for module in (upsert, ship):
        for name in ("mark", "mark_orders"):
            if hasattr(module, name):
                patch.setattr(module, name, lambda *_args, **_kwargs: None)


def the_one_transaction_of_a_page(patch: pytest.MonkeyPatch) -> None:
    """The place in the list is kept before what was listed up to there."""

    def place_first(ports: Ports, reading: poll.Reading, page: ChangePage) -> int:
        turn = reading.turn
        ports.database.run(
            lambda session: streams.move(session, turn=turn, cursor=page.cursor)
        )
        return ports.database.run(
            lambda session: note_changes(
                session,
                account_id=turn.account_id,
                changes=page.changes,
                source="poll",
                now=ports.clock.now(),
            )
        )

    patch.setattr(poll, "_keep", place_first)


def the_list_of_changes(patch: pytest.MonkeyPatch) -> None:
    """What no message told is never found."""
    patch.setattr(poll, "_due", lambda _ports: [])


def the_net_below(patch: pytest.MonkeyPatch) -> None:
    """Nobody compares us with the shop."""
    patch.setattr(reconcile, "_due", lambda _ports: [])


def the_look_for_copies(patch: pytest.MonkeyPatch) -> None:
    """A mail that comes a second time is looked at as if it were the first."""
    patch.setattr(letters, "first_copy", lambda *_args, **_kwargs: None)


def the_one_transaction_of_a_page_of_mail(patch: pytest.MonkeyPatch) -> None:
    """The place in the mailbox is kept before the mails up to there."""

    def place_first(ports: Ports, turn: Turn, page: HandedPage) -> int:
        ports.database.run(
            lambda session: streams.move(session, turn=turn, cursor=page.cursor)
        )
        return ports.database.run(
            lambda session: mailbox.keep_page(
                session, turn=turn, page=page, now=ports.clock.now()
            )
        )

    patch.setattr(taking, "_keep", place_first)


def the_doubt_about_letters(patch: pytest.MonkeyPatch) -> None:
    """A letter whose fate nobody knows counts as not sent, and is sent again."""
    patch.setattr(post.ByPost, "look_up", lambda *_args: None)


GUARDS: tuple[Taking, ...] = (
    the_inbox_fence,
    the_outbox_fence,
    the_version_guard,
    the_look_before_sending_again,
    the_wait_before_the_look,
    the_look_at_the_clock,
    the_key_of_the_inbox,
    the_table_of_steps,
    the_memory_of_parcels,
    the_mark_for_the_planner,
    the_one_transaction_of_a_page,
    the_list_of_changes,
)


GUARDS_OF_MAIL: tuple[Taking, ...] = (
    the_look_for_copies,
    the_one_transaction_of_a_page_of_mail,
    the_doubt_about_letters,
)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("take_away", GUARDS_OF_MAIL, ids=lambda guard: guard.__name__)
def test_without_a_guard_of_mail_its_days_find_a_violation(
    sqlite_workshop: Ground, take_away: Taking, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_away(monkeypatch)
    seeds = Random(99)

    found = any(
        run_schedule(sqlite_workshop, seed=seeds.getrandbits(40), has_mail=True).violations
        for _ in range(PATIENCE)
    )

    assert found, f"{PATIENCE} days of mail did not miss {take_away.__name__}"


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("take_away", GUARDS, ids=lambda guard: guard.__name__)
def test_without_a_guard_the_same_schedules_find_a_violation(
    sqlite_workshop: Ground, take_away: Taking, monkeypatch: pytest.MonkeyPatch
) -> None:
    the_net_below(monkeypatch)
    take_away(monkeypatch)
    seeds = Random(99)

    found = any(
        run_schedule(sqlite_workshop, seed=seeds.getrandbits(40)).violations
        for _ in range(PATIENCE)
    )

    assert found, f"{PATIENCE} schedules did not miss {take_away.__name__}"
