"""A day on which everything goes wrong: at its end the hub and both shops agree exactly.

5 % of all webhooks are lost for good, 25 % come twice, all come in any order; one call in five
fails in each way a call can fail; workers die and stop, a shop is away, permission is taken back.
Meanwhile people order, edit, cancel, refund, make and send, in the hub and in the shops' admin.

A failure names its seed; `--seed N` lives through the same day again. HORNADA_TEST_CHAOS=N makes
the day N looks of the workers long (400 are about a thousand orders and some ten minutes).
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.etsy.effects import fulfil, set_stock
from connectors.etsy.poll import STREAMS
from connectors.protocol import Pushed, PushesEffects
from connectors.sandbox.etsy.api import API_KINDS as ETSY_KINDS
from connectors.shopify.client import AdminApi
from connectors.shopify.effects import stock
from connectors.shopify.poll import UPDATED
from hub.flow.intake import reconcile
from hub.flow.telling import stock_levels, stock_told
from hub.models.session import Database
from hub.ports import Ports
from mapping.effects import Effect, SetStock
from tests.journeys.chaos_day import ETSY_WAYS, SHOPIFY_WAYS
from tests.journeys.chaos_script import Ended, live_through
from workers import poll, push

LOOKS = int(os.environ.get("HORNADA_TEST_CHAOS", "30"))
TWO_LOOKS = timedelta(minutes=2)
"""In the evening the workers look every minute: one reads a list, the next the orders in it."""
SHORT, SEEDS = 18, (3, 4, 5)
"""Days without a guard: short, and of these one must go wrong."""
JITTER = 1 + poll.JITTER / 2

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240 + 4 * LOOKS)]


@pytest.fixture
def place(sqlite_template: Path, tmp_path: Path) -> Iterator[Callable[[], Database]]:
    """Make a fresh database for each day."""
    made: list[Database] = []

    def new() -> Database:
        path = tmp_path / f"day-{len(made)}.db"
        shutil.copyfile(sqlite_template, path)
        made.append(Database(f"sqlite:///{path}"))
        return made[-1]

    yield new
    for database in made:
        database.dispose()


def test_after_a_day_of_chaos_hub_and_shops_agree_exactly(
    place: Callable[[], Database], seed: int
) -> None:
    ended = live_through(place(), seed=seed, looks=LOOKS)

    assert ended.all_wrongs == [], f"--seed {seed} lives through this day again"
    _assert_a_day_of_chaos(ended)
    _assert_healed_within_one_reading(ended)


def _assert_a_day_of_chaos(ended: Ended) -> None:
    """It was a day of chaos, and not one on which nothing happened.

    How much happens is drawn, too: the bounds are such as hold on quiet days.
    """
    assert ended.done["order at shopify"] > 10
    assert ended.done["order at etsy"] > 10
    assert ended.done["parcel to shopify"] > 1
    assert ended.done["parcel to etsy"] > 1
    assert ended.healed > 0
    assert ended.told > 10
    struck = ended.struck
    for name, ways in (("shopify", SHOPIFY_WAYS), ("etsy", ETSY_WAYS)):
        assert [way.kind for way in ways if not struck[f"{name} {way.kind}"]] == []
        assert struck[f"{name} duplicate"] > 0
        assert struck[f"{name} reorder"] > 0
    assert struck["shopify lose"] + struck["etsy lose"] > 0
    assert {way.kind for way in ETSY_WAYS} <= ETSY_KINDS


def _assert_healed_within_one_reading(ended: Ended) -> None:
    """What no webhook told is known when the shop's list was read once."""
    lists = {"shopify": UPDATED, "etsy": STREAMS[0]}
    late = {
        key: waited
        for key, waited in ended.evening.items()
        if waited > lists[key[0]].every * JITTER + lists[key[0]].lag + TWO_LOOKS
    }
    assert len(ended.evening) > 2
    assert late == {}


# Without its guards the same day is noticed to go wrong -----------------------------------------


def no_lists_are_read(patch: pytest.MonkeyPatch) -> None:
    """What no webhook told is never found."""
    patch.setattr(poll, "_due", lambda _ports: [])
    patch.setattr(reconcile, "keep_heads", lambda *_args, **_kwargs: 0)


def nobody_looks_before_sending_again(patch: pytest.MonkeyPatch) -> None:
    """What may have arrived is simply sent again, by the hub and by the channel."""

    def blind(
        _ports: Ports, _one: push.Try, _channel: PushesEffects, _effect: Effect
    ) -> Pushed | None:
        return None

    patch.setattr(push, "_look_up", blind)
    patch.setattr(fulfil, "_held", lambda *_args: None)


def what_a_shop_sold_is_put_back(patch: pytest.MonkeyPatch) -> None:
    """A number is told whatever the shop shows, also over sales that nobody has read."""
    patch.setattr(stock_told, "_are_orders_read", lambda *_args: True)
    patch.setattr(stock_levels, "READ_FIRST", timedelta(0))
    patch.setattr(set_stock, "_refuse_moved", lambda *_args, **_kwargs: None)
    patch.setattr(stock, "push", _push_whatever_is_shown)


def _push_whatever_is_shown(api: AdminApi, effect: SetStock) -> Pushed:
    return _PUSH(api, replace(effect, expected=None))


_PUSH = stock.push
GUARDS = (
    no_lists_are_read,
    nobody_looks_before_sending_again,
    what_a_shop_sold_is_put_back,
)


@pytest.mark.parametrize("take_away", GUARDS, ids=lambda guard: guard.__name__)
def test_without_a_guard_the_day_is_noticed_to_go_wrong(
    place: Callable[[], Database],
    take_away: Callable[[pytest.MonkeyPatch], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    take_away(monkeypatch)

    found = any(live_through(place(), seed=seed, looks=SHORT).all_wrongs for seed in SEEDS)

    assert found, f"nothing was wrong without {take_away.__name__}"
