"""Buckets in the queue's Redis, so that all workers of an account share what its channel allows.

A bucket is {level, size, rate, at} and the calls still under way; Redis' own clock fills it, so
no clock of ours matters. What is lost with Redis is only patience: without it every call is
made, and the channel says itself when we are too fast.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol
from uuid import uuid4

import structlog
from redis import Redis
from redis.exceptions import RedisError

from connectors.pacing import NO_WAIT, Pacer, Unpaced
from hub.queue import connect

log = structlog.get_logger()

BUCKET = "hornada:bucket:"
KEPT_SECONDS = 3600
"""A bucket nobody touched for so long is full again, and is believed as the spec says."""
UNDER_WAY_SECONDS = 60
"""A call whose answer never told what is left is forgotten after this: longer than any takes."""
AWAY_SECONDS = 5.0
"""How long a Redis that failed is not asked again: no call of a channel waits for it twice."""


class Lane(StrEnum):
    """Who calls: what happens now, or what may wait for it."""

    LIVE = "live"
    BACKGROUND = "background"
    """Backfills, re-reads, catalogues: they leave half of every bucket to what happens now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """How full a bucket is now: so much may be asked at once."""

    left: float
    size: float


class Pacing(Protocol):
    """Makes the pacers of a process."""

    def pacer_of(self, account_id: int, *, lane: Lane = Lane.LIVE) -> Pacer:
        """Make a pacer for one piece of work on one account; it is not for several threads."""

    def level_of(self, account_id: int, *, bucket: str) -> Level | None:
        """Say how full an account's bucket is; None if nobody used it lately, or none can tell."""


class NoPacing:
    """Lets everything pass: where there is no Redis, and in tests."""

    def pacer_of(self, account_id: int, *, lane: Lane = Lane.LIVE) -> Pacer:  # noqa: ARG002
        """Make a pacer that never waits."""
        return Unpaced()

    def level_of(self, account_id: int, *, bucket: str) -> Level | None:  # noqa: ARG002
        """Say that nobody knows."""
        return None


class RedisPacing:
    """Makes pacers that share their buckets through Redis, and do without when it is away."""

    def __init__(
        self, url: str, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._redis = connect(url)
        self._monotonic = monotonic
        self._away_until = 0.0

    def pacer_of(self, account_id: int, *, lane: Lane = Lane.LIVE) -> Pacer:
        """Make a pacer for one piece of work on one account."""
        return RedisPacer(self, account_id=account_id, lane=lane)

    def level_of(self, account_id: int, *, bucket: str) -> Level | None:
        """Say how full an account's bucket is, by Redis' own clock."""
        key = f"{BUCKET}{account_id}:{bucket}"
        found = self.ask(lambda redis: redis.eval(_LEVEL, 1, key))
        if not isinstance(found, list) or len(found) != 2:  # noqa: PLR2004 - level and size
            return None
        left, size = (float(each) for each in found)
        return Level(left=left, size=size)

    def ask(self, act: Callable[[Redis], object]) -> object:
        """Ask Redis something; None when it is away, or was a moment ago."""
        if self._monotonic() < self._away_until:
            return None
        try:
            return act(self._redis)
        except RedisError as error:
            self._away_until = self._monotonic() + AWAY_SECONDS
            log.warning("pacing.unpaced", error=type(error).__name__)
            return None


class RedisPacer:
    """The buckets of one account, as one piece of work sees them."""

    def __init__(self, pacing: RedisPacing, *, account_id: int, lane: Lane) -> None:
        self._pacing = pacing
        self._account_id = account_id
        self._left = 0.5 if lane is Lane.BACKGROUND else 0.0
        self._call = uuid4().hex
        """Our name among those who call now; we make one call at a time."""

    def take(self, bucket: str, *, cost: int, size: int, per: timedelta) -> timedelta:
        """Take `cost` from a bucket, or say how long to wait; nothing is taken then.

        Something dearer than a whole bucket may go when the bucket is full.
        """
        # All that lasts is expired in the same step; every key is ours (Redis runs it whole).
        waited = self._run(
            _TAKE, bucket, max(cost, 0), size, size / per.total_seconds(), self._left
        )
        return timedelta(microseconds=waited) if isinstance(waited, int) else NO_WAIT

    def told(
        self,
        bucket: str,
        *,
        available: int,
        size: int | None = None,
        per: timedelta | None = None,
    ) -> None:
        """Note what the channel's answer said is left, less what others have under way."""
        rate = size / per.total_seconds() if size and per else 0
        self._run(_TOLD, bucket, available, size or 0, rate, 0)

    def _run(self, script: str, bucket: str, *numbers: float) -> object:
        key = f"{BUCKET}{self._account_id}:{bucket}"
        given = (*numbers, self._call, UNDER_WAY_SECONDS, KEPT_SECONDS)
        words = [repr(one) if isinstance(one, float) else str(one) for one in given]
        return self._pacing.ask(lambda redis: redis.eval(script, 1, key, *words))


_BEGIN = """
local clock = redis.call('TIME')
local now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000
local given, size, rate = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local call, under_way, kept = 'call:' .. ARGV[5], tonumber(ARGV[6]), tonumber(ARGV[7])
local flat, bucket, others = redis.call('HGETALL', KEYS[1]), {}, 0
for i = 1, #flat, 2 do
  local name, value = flat[i], flat[i + 1]
  if string.sub(name, 1, 5) ~= 'call:' then
    bucket[name] = tonumber(value)
  else
    local cost, at = string.match(value, '([^@]+)@([^@]+)')
    if name == call or tonumber(at) < now - under_way then
      redis.call('HDEL', KEYS[1], name)
    else
      others = others + tonumber(cost)
    end
  end
end
"""
"""Read the bucket, forgetting our own last call and those that never came back."""

_END = """
redis.call('HSET', KEYS[1], 'level', string.format('%.3f', level), 'size', size,
  'rate', string.format('%.6f', rate), 'at', string.format('%.6f', now))
redis.call('EXPIRE', KEYS[1], kept)
"""

_LEVEL = """
local bucket = redis.call('HMGET', KEYS[1], 'level', 'size', 'rate', 'at')
local level, size = tonumber(bucket[1]), tonumber(bucket[2])
local rate, at = tonumber(bucket[3]), tonumber(bucket[4])
if not level or not size or not rate or not at then return false end
local clock = redis.call('TIME')
local now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000
level = math.min(size, level + math.max(0, now - at) * rate)
return {string.format('%.3f', level), string.format('%.3f', size)}
"""
"""Read how full a bucket is by now, and touch nothing."""

_TAKE = (
    _BEGIN
    + """
size, rate = bucket.size or size, bucket.rate or rate
if size <= 0 or rate <= 0 then return 0 end
local level = bucket.level or size
level = math.min(size, level + math.max(0, now - (bucket.at or now)) * rate)
local floor = size * tonumber(ARGV[4])
local needed = math.min(given, size - floor) + floor
local wait = 0
if level < needed then
  wait = math.ceil((needed - level) / rate * 1000000)
else
  level = math.max(0, level - given)
  redis.call('HSET', KEYS[1], call, given .. '@' .. string.format('%.6f', now))
end
"""
    + _END
    + "return wait"
)

_TOLD = (
    _BEGIN
    + """
if size <= 0 then size = bucket.size or 0 end
if rate <= 0 then rate = bucket.rate or 0 end
if size <= 0 or rate <= 0 then return 0 end
local level = math.max(0, math.min(size, given) - others)
"""
    + _END
    + "return 0"
)
