"""What happens on a day of chaos, from its morning until hub and shops have come to rest."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select

from hub.models.records.messages import InboundMessage
from hub.models.session import Database
from tests.journeys.chaos_acts import (
    A_MOMENT,
    ACTS,
    Key,
    People,
    somebody_answers,
    somebody_makes,
)
from tests.journeys.chaos_acts import somebody_orders_at_etsy as buys_at_etsy
from tests.journeys.chaos_acts import somebody_orders_at_shopify as buys_at_shopify
from tests.journeys.chaos_day import FAIR, Day, Weather
from tests.journeys.chaos_verdict import StockWatch, unsettled, waits, wrongs

STORM = Weather()
DEAF = Weather(api=0, lost=1.0, doubled=0, shuffled_seconds=0.001, deaths=0)
"""The evening: every webhook is lost, and nothing else is wrong."""
EVENING = 12
AT_REST = 26
"""Looks of the workers after which nothing may be left to do."""


@dataclass
class Ended:
    """What a day came to."""

    seed: int
    wrongs: list[str]
    too_high: list[str]
    """Numbers told to a shop that were more than could be promised just then."""
    evening: dict[Key, timedelta]
    """How long the hub did not know of orders whose webhooks were all lost."""
    healed: int
    """Orders the hub first heard of from a list."""
    struck: Counter[str]
    """How often each trouble struck."""
    done: Counter[str] = field(default_factory=Counter)
    deaths: int = 0
    told: int = 0
    """Numbers of stock that left for the shops."""

    @property
    def all_wrongs(self) -> list[str]:
        """Everything that is wrong, stock told too high among it."""
        return [*self.wrongs, *self.too_high]


def live_through(database: Database, *, seed: int, looks: int) -> Ended:
    """Live through one day of so many looks of the workers, and judge it when all is at rest."""
    day = Day(database, seed=seed)
    people = People(day)
    watch = day.watch = StockWatch(people)
    day.set_weather(STORM)
    struck: Counter[str] = Counter()
    for look in range(looks):
        _mishap(day, look / looks, struck)
        for _ in range(day.random.randint(2, 7)):
            day.random.choice(_ACTS)(people)
        day.pass_time(A_MOMENT * (0.3 + 1.4 * day.random.random()))
        if day.random.random() < 0.15:
            day.reconnect_what_asks()
    struck += _struck(day)
    healed = _healed(day)
    evening = _evening(people)
    _come_to_rest(people)
    return Ended(
        seed=seed,
        wrongs=wrongs(people),
        too_high=watch.too_high,
        evening=evening,
        healed=healed,
        struck=struck,
        done=Counter(people.done),
        deaths=day.deaths,
        told=watch.written,
    )


_ACTS = [act for weight, act in ACTS for _ in range(weight)]
_MISHAPS = (
    (0.20, "the workers stop"),
    (0.28, "the workers start"),
    (0.38, "an outage begins"),
    (0.48, "the outage ends"),
    (0.55, "a token is revoked"),
    (0.65, "permission is taken back"),
    (0.75, "the door is closed"),
    (0.80, "the door is opened"),
)


def _mishap(day: Day, part: float, struck: Counter[str]) -> None:
    """Let what is due by this part of the day go wrong, or be mended."""
    for due, what in _MISHAPS:
        if part < due or what in struck:
            continue
        struck[what] += 1
        if what.startswith("the workers"):
            day.is_working = what == "the workers start"
        elif what == "an outage begins":
            day.begin_outage()
        elif what == "the outage ends":
            struck.update(_struck(day))
            day.end_outage()
        elif what == "a token is revoked":
            day.store.revoke_token()
        elif what == "permission is taken back":
            day.etsy.revoke_tokens()
        else:
            day.is_door_closed = what == "the door is closed"


def _struck(day: Day) -> Counter[str]:
    counts: Counter[str] = Counter()
    for name, shop in (("shopify", day.store), ("etsy", day.etsy)):
        for fault in shop.faults.standing():
            counts[f"{name} {fault['kind']}"] += int(str(fault["struck"]))
    return counts


def _healed(day: Day) -> int:
    query = select(func.count(InboundMessage.id)).where(
        InboundMessage.source == "poll", InboundMessage.result == "created"
    )
    with day.ports.database.reading() as session:
        return session.scalar(query) or 0


def _evening(people: People) -> dict[Key, timedelta]:
    """Buy on while every webhook is lost; say how long the hub did not know of each order."""
    day = people.day
    day.set_weather(FAIR)
    for _ in range(4):
        day.pass_time(timedelta(minutes=4))
        day.reconnect_what_asks()
    day.set_weather(DEAF)
    since: datetime = day.hands.at
    for _ in range(EVENING):
        buys_at_shopify(people)
        buys_at_etsy(people)
        day.pass_time(timedelta(minutes=1))
    for _ in range(8):
        day.pass_time(timedelta(minutes=1))
    return waits(people, since=since)


def _come_to_rest(people: People) -> None:
    """Let the storm be over and time go by, past every list, comparison and re-reading."""
    day = people.day
    day.set_weather(FAIR)
    for look in range(AT_REST):
        somebody_makes(people)
        somebody_answers(people)
        day.pass_time(timedelta(minutes=3 if look < 8 else 15))
        day.reconnect_what_asks()
    for _ in range(AT_REST):
        if not unsettled(day):
            return
        day.pass_time(timedelta(minutes=15))
