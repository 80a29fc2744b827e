"""What a worker runs from the queue: our jobs, and nothing a stranger puts there."""

import json
import pickle
import zlib
from pathlib import Path

import pytest
from redis import Redis
from rq import Queue, SimpleWorker
from rq.job import Job
from rq.serializers import JSONSerializer

from hub.queue import ASKED, QUEUE, RedisWake, forged_jobs
from workers.job import job_class


class Done:
    """Counts what was run."""

    def __init__(self) -> None:
        self.runs: list[str] = []


def work_off(url: str, done: Done) -> None:
    """Run everything that waits in the queue, as the worker process would."""
    made = job_class({"plan": lambda: done.runs.append("plan")})
    connection = Redis.from_url(url)
    queue = Queue(QUEUE, connection=connection, serializer=JSONSerializer, job_class=made)
    worker = SimpleWorker(
        [queue], connection=connection, serializer=JSONSerializer, job_class=made
    )
    worker.work(burst=True, logging_level="CRITICAL")
    connection.close()


def put(url: str, data: bytes, *, name: str = "forged", **fields: str) -> None:
    """Put a job into the queue the way somebody with access to Redis would."""
    with Redis.from_url(url) as redis:
        key = f"rq:job:{name}"
        redis.hset(
            key,
            mapping={
                "data": zlib.compress(data), "origin": QUEUE, "status": "queued",
                "created_at": "2026-11-23T09:00:00.000000Z", **fields,
            },
        )  # fmt: skip
        redis.sadd("rq:queues", f"rq:queue:{QUEUE}")
        redis.rpush(f"rq:queue:{QUEUE}", name)


def call(name: object, *args: object, **kwargs: object) -> bytes:
    return json.dumps([name, None, args, kwargs]).encode()


def test_a_call_makes_a_job_that_runs_once(empty_redis_url: str) -> None:
    done = Done()
    RedisWake(empty_redis_url).wake("plan")

    work_off(empty_redis_url, done)
    work_off(empty_redis_url, done)

    assert done.runs == ["plan"]


class Bomb:
    """Runs a command when it is unpickled."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (self.file,))


@pytest.mark.parametrize(
    "wanted",
    [
        "subprocess.check_call", "os.system", "builtins.eval", "workers.plan.plan",
        "plan.__globals__", "", None, 7, ["plan"], {"plan": 1},
    ],
    ids=str,
)  # fmt: skip
def test_a_forged_job_is_refused_and_counted(
    empty_redis_url: str, tmp_path: Path, wanted: object
) -> None:
    trace, done = tmp_path / "was_here", Done()
    put(empty_redis_url, call(wanted, ["touch", str(trace)]))

    work_off(empty_redis_url, done)

    assert not trace.exists()
    assert done.runs == []
    assert forged_jobs(empty_redis_url) == 1


@pytest.mark.parametrize(
    "data",
    [
        call("plan", 1), call("plan", now="2030"), b'["plan", "os", [], {}]', b"[]", b"null",
        b'{"plan": []}', b"not json", b"\xff\xfe", b"[" * 100_000,
    ],
    ids=["an argument", "a name", "an instance", "nothing", "null", "another shape",
         "not JSON", "not UTF-8", "deep"],
)  # fmt: skip
def test_our_jobs_take_nothing_from_the_queue_but_their_name(
    empty_redis_url: str, data: bytes
) -> None:
    done = Done()
    put(empty_redis_url, data)

    work_off(empty_redis_url, done)

    assert done.runs == []
    assert forged_jobs(empty_redis_url) == 1


def test_a_pickled_job_is_never_unpickled(empty_redis_url: str, tmp_path: Path) -> None:
    trace, done = tmp_path / "was_here", Done()
    put(empty_redis_url, pickle.dumps(("plan", None, (Bomb(trace),), {})))

    work_off(empty_redis_url, done)

    assert not trace.exists()
    assert done.runs == []


def test_what_else_a_forged_job_carries_is_dropped(
    empty_redis_url: str, tmp_path: Path
) -> None:
    trace, done = tmp_path / "was_here", Done()
    put(
        empty_redis_url, call("plan"),
        success_callback_name="pathlib.Path.touch", failure_callback_name="os.getcwd",
        stopped_callback_name="os.getcwd", retries_left="9", retry_intervals="[1]",
        repeats_left="9", repeat_intervals="[1]", timeout="-1", failure_ttl="999999",
        webhooks=json.dumps([{"url": "http://127.0.0.1:9/", "status": "finished"}]),
        meta=json.dumps({"x": str(trace)}),
    )  # fmt: skip

    with Redis.from_url(empty_redis_url) as redis:
        job = job_class({"plan": lambda: None}).fetch(
            "forged", connection=redis, serializer=JSONSerializer
        )
    work_off(empty_redis_url, done)

    assert done.runs == ["plan"]
    assert (job.success_callback, job.failure_callback, job.stopped_callback) == (None,) * 3
    assert (job.webhooks, job.meta, job.retries_left, job.repeats_left) == (
        [],
        {},
        None,
        None,
    )
    assert (job.timeout, job.result_ttl, job.failure_ttl) == (90, 0, 3600)


@pytest.mark.parametrize(
    "fields",
    [{"timeout": "soon"}, {"created_at": "yesterday"}, {"status": "delighted"}],
    ids=str,
)
def test_a_job_that_cannot_be_read_stops_no_worker(
    empty_redis_url: str, fields: dict[str, str]
) -> None:
    done = Done()
    put(empty_redis_url, call("plan"), **fields)
    RedisWake(empty_redis_url).wake("plan")

    work_off(empty_redis_url, done)

    assert done.runs == ["plan"]


def test_a_call_that_comes_while_its_job_runs_makes_another_job(
    empty_redis_url: str,
) -> None:
    wake, runs = RedisWake(empty_redis_url), []

    def plan() -> None:
        runs.append("plan")
        if len(runs) == 1:
            wake.wake("plan")

    made = job_class({"plan": plan})
    with Redis.from_url(empty_redis_url) as connection:
        queue = Queue(
            QUEUE, connection=connection, serializer=JSONSerializer, job_class=made
        )
        wake.wake("plan")
        SimpleWorker(
            [queue], connection=connection, serializer=JSONSerializer, job_class=made
        ).work(burst=True, logging_level="CRITICAL")

    assert runs == ["plan", "plan"]


def test_a_job_whose_worker_died_silences_its_kind_only_for_a_moment(
    empty_redis_url: str,
) -> None:
    RedisWake(empty_redis_url).wake("plan")

    with Redis.from_url(empty_redis_url) as redis:
        assert 0 < redis.ttl(ASKED + "plan") <= 30


def test_no_part_of_the_product_unpickles() -> None:
    rooms = ("hub", "connectors", "mapping", "workers", "webhooks")
    root = Path(__file__).parent.parent.parent

    guilty = [
        str(file.relative_to(root))
        for room in rooms
        for file in (root / room).rglob("*.py")
        if "pickle" in file.read_text(encoding="utf-8")
    ]

    assert guilty == []


def test_the_real_job_class_is_what_rq_reads_jobs_as(empty_redis_url: str) -> None:
    RedisWake(empty_redis_url).wake("plan")

    with Redis.from_url(empty_redis_url) as redis:
        [waiting] = Queue(QUEUE, connection=redis, serializer=JSONSerializer).jobs

    assert isinstance(waiting, Job)
    assert (waiting.func_name, list(waiting.args), waiting.kwargs) == ("plan", [], {})
