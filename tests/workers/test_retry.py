"""What becomes of a message after each error, and when it is tried again."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import errors
from connectors.errors import (
    ChannelError,
    NotAllowedHere,
    OutcomeUnknown,
    RateLimited,
    Retryable,
    StockMoved,
)
from connectors.spec import Capability
from hub.flow.reading.read import NeedsPerson
from hub.flow.refusal import Refusal
from workers.retry import DELAYS, Answer, Verdict, back_off, judge

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)

EXPECTED = {
    "Retryable": Answer.LATER,
    "RateLimited": Answer.PAUSE,
    "CursorExpired": Answer.LATER,
    "StockMoved": Answer.READ_FIRST,
    "OutcomeUnknown": Answer.LOOK_UP,
    "AuthExpired": Answer.RECONNECT,
    "NotLetInYet": Answer.RECONNECT,
    "PermissionDenied": Answer.HOLD,
    "NotAllowedHere": Answer.HOLD,
    "NotFound": Answer.HOLD,
    "Conflict": Answer.HOLD,
    "Rejected": Answer.HOLD,
    "Unsupported": Answer.HOLD,
    "PayloadError": Answer.HOLD,
    "SignatureInvalid": Answer.HOLD,
}


def judged(
    error: Exception, *, attempts: int = 1, age: timedelta = timedelta(0), seed: int = 1
) -> Verdict:
    return judge(error, attempts=attempts, first_at=NOW - age, now=NOW, random=Random(seed))


def _made(kind: type[ChannelError]) -> ChannelError:
    if issubclass(kind, StockMoved):
        return StockMoved("no", shown=1)
    if issubclass(kind, NotAllowedHere):
        return NotAllowedHere("no", capability=Capability.FULFIL)
    return kind("no")


def test_every_error_a_channel_may_raise_has_its_own_answer() -> None:
    known = {
        made
        for made in vars(errors).values()
        if isinstance(made, type)
        and issubclass(made, ChannelError)
        and made is not ChannelError
    }

    answers = {made.__name__: judged(_made(made)).answer for made in known}

    assert answers == EXPECTED


@pytest.mark.parametrize("error", [NeedsPerson("a buyer asks"), Refusal("no such thing")])
def test_what_only_a_person_can_answer_is_held(error: Exception) -> None:
    assert judged(error).answer is Answer.HOLD


def test_a_mistake_of_ours_is_tried_again_and_never_quoted() -> None:
    verdict = judged(KeyError("ana@example.com"))

    assert verdict.answer is Answer.LATER
    assert "ana@example.com" not in verdict.words
    assert "KeyError" in verdict.words


def test_a_mistake_after_sending_is_looked_up() -> None:
    verdict = judge(
        KeyError("x"), attempts=1, first_at=NOW, now=NOW, random=Random(1),
        otherwise=Answer.LOOK_UP,
    )  # fmt: skip

    assert verdict.answer is Answer.LOOK_UP


def test_what_the_channel_asks_for_wins_over_our_own_wait() -> None:
    verdict = judged(RateLimited("slower", retry_after=timedelta(seconds=17)), attempts=9)

    assert verdict.next_try_at == NOW + timedelta(seconds=17)


@given(st.integers(1, 40), st.integers(0, 2**31))
def test_a_wait_is_never_longer_than_its_delay_nor_shorter_than_a_second(
    attempts: int, seed: int
) -> None:
    waited = back_off(attempts=attempts, random=Random(seed))

    assert timedelta(seconds=1) <= waited <= DELAYS[min(attempts, len(DELAYS)) - 1]


def test_waits_are_spread_so_that_failures_do_not_come_back_together() -> None:
    waits = {back_off(attempts=6, random=Random(seed)) for seed in range(100)}

    assert len(waits) == 100
    assert max(waits) - min(waits) > DELAYS[5] / 2


@pytest.mark.parametrize("error", [Retryable("no"), OutcomeUnknown("no")])
def test_the_twelfth_attempt_is_the_last(error: Exception) -> None:
    assert judged(error, attempts=11).answer is not Answer.DEAD
    assert judged(error, attempts=12).answer is Answer.DEAD


def test_a_day_is_the_longest_anything_is_tried() -> None:
    assert judged(Retryable("no"), age=timedelta(hours=24)).answer is Answer.DEAD


def test_patience_never_wears_out() -> None:
    busy = RateLimited("no", retry_after=timedelta(seconds=9))

    verdict = judged(busy, attempts=99, age=timedelta(days=9))

    assert verdict.answer is Answer.PAUSE
    assert verdict.next_try_at == NOW + timedelta(seconds=9)


def test_waiting_for_a_person_or_a_token_never_wears_out() -> None:
    old = timedelta(days=9)

    assert judged(errors.AuthExpired("no"), attempts=99, age=old).answer is Answer.RECONNECT
    assert judged(Refusal("no"), attempts=99, age=old).answer is Answer.HOLD
