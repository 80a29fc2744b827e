"""The wake-up call: the only file in hub that knows RQ. Nothing is kept there.

The database is the truth about all work. A job in Redis says "look now" and nothing
else, so a Redis that is slow, full, emptied or gone makes things slower and loses
nothing: the sweep finds the same rows.
"""

import contextlib
import threading
from collections.abc import Iterator
from typing import Protocol

import structlog
from redis import Redis
from redis.exceptions import RedisError, ResponseError
from rq import Queue
from rq.serializers import JSONSerializer

log = structlog.get_logger()

QUEUE = "hornada"
KINDS = ("read_messages", "plan", "push", "poll", "mailbox", "sweep")

JOB_SECONDS = 90
"""A job is stopped after this long; every lease in the database lasts longer."""
FAILURE_SECONDS = 3600
"""How long RQ keeps a failed job: its traceback could name an order."""
ASKED_SECONDS = 30
"""How long one wake-up stands for all that follow, should its job never start."""
CONNECT_SECONDS = 0.25

ASKED = "hornada:asked:"
FORGED = "hornada:forged"


class Wake(Protocol):
    """Tells the workers that there is work; losing a call only makes things slower."""

    def wake(self, kind: str) -> None:
        """Ask for one job of KINDS. Never raises, never waits long."""


class NoWake:
    """Wakes nobody: work waits for the next sweep."""

    def wake(self, kind: str) -> None:
        """Do nothing."""


class RedisWake:
    """Wakes workers through RQ, at most one waiting job of a kind.

    RQ's own `unique` ids stay taken while a job of that id exists, so a worker that is
    killed would silence its kind until RQ's cleaning finds the corpse. Here a key with
    a short life says that a job of the kind is waiting, and the job takes the key away
    before it looks for work: a call that comes after that look makes the next job.
    """

    def __init__(self, url: str) -> None:
        self._redis = connect(url)
        self._queue = Queue(QUEUE, connection=self._redis, serializer=JSONSerializer)

    def wake(self, kind: str) -> None:
        """Put one job of a kind in the queue, unless one is waiting there already."""
        if kind not in KINDS:
            raise ValueError(f"there is no job called {kind}")
        try:
            if self._redis.set(ASKED + kind, 1, nx=True, ex=ASKED_SECONDS):
                self._queue.enqueue_call(
                    kind, timeout=JOB_SECONDS, result_ttl=0, failure_ttl=FAILURE_SECONDS
                )
        except RedisError as error:
            log.warning("queue.not_woken", kind=kind, error=type(error).__name__)


class BackgroundWake:
    """Wakes from a thread of its own, so that no request ever waits for Redis."""

    def __init__(self, wake: Wake) -> None:
        self._wake = wake
        self._wanted: set[str] = set()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def wake(self, kind: str) -> None:
        """Leave a kind for the thread; calls that come while it is busy become one."""
        with self._changed:
            self._wanted.add(kind)
            # Started by the first call and not before: threads do not survive a
            # server's fork.
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="wake", daemon=True)
                self._thread.start()
            self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: bool(self._wanted))
                kinds, self._wanted = self._wanted, set()
            for kind in sorted(kinds, key=KINDS.index):
                self._wake.wake(kind)


def connect(url: str) -> Redis:
    """Make a client that gives up quickly: nothing of worth waits for Redis."""
    return Redis.from_url(
        url, socket_timeout=CONNECT_SECONDS, socket_connect_timeout=CONNECT_SECONDS
    )


def take_call(redis: Redis, kind: str) -> None:
    """Say that a job of this kind is about to look: the next call makes a new job."""
    redis.delete(ASKED + kind)


def is_alive(url: str) -> bool:
    """Say whether Redis answers now."""
    with _client(url) as redis, contextlib.suppress(RedisError):
        return bool(redis.ping())
    return False


def redis_problem(url: str) -> str:
    """Say in words what is wrong with this Redis, or nothing at all.

    A Redis that throws keys away when it is full drops jobs without an error (facts:
    reliability 0, fact 3).
    """
    with _client(url) as redis:
        try:
            redis.ping()
            policy = redis.config_get("maxmemory-policy").get("maxmemory-policy", "")
        except ResponseError:
            # A hosted Redis may forbid CONFIG; it answered, which is what we need.
            return ""
        except RedisError as error:
            name = type(error).__name__
            return f"Redis does not answer ({name}): start it, or correct REDIS_URL"
    if policy in {"", "noeviction"}:
        return ""
    return (
        f"Redis throws jobs away when it is full (maxmemory-policy is {policy}):"
        " set maxmemory-policy noeviction"
    )


def forged_jobs(url: str) -> int:
    """Count the jobs that were refused because they are not ours; 0 when Redis is away."""
    with _client(url) as redis, contextlib.suppress(RedisError):
        return int(redis.get(FORGED) or 0)
    return 0


def note_forged(redis: Redis) -> None:
    """Count one refused job, for the doctor to see."""
    redis.incr(FORGED)


@contextlib.contextmanager
def _client(url: str) -> Iterator[Redis]:
    redis = connect(url)
    try:
        yield redis
    finally:
        redis.close()
