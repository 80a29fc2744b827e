"""What the queue may ask of a worker: one of our jobs, without arguments, and nothing else.

RQ runs whatever function a job names, also with its JSON serializer (facts: reliability 0,
fact 4): whoever can write to Redis could run anything. The class made here imports nothing a
job names; it looks the name up in a table.
"""

import contextlib
from collections.abc import Callable, Mapping
from typing import ClassVar

import structlog
from redis.exceptions import RedisError
from rq.job import Job

from hub.queue import FAILURE_SECONDS, JOB_SECONDS, QUEUE, note_forged, take_call

log = structlog.get_logger()

NOT_OURS = "(none of ours)"
"""What stands for the call of a job that is not to be run."""

Work = Mapping[str, Callable[[], object]]


class ForgedJob(Exception):
    """A job in the queue that is none of ours; it was not run."""


def job_class(work: Work) -> type["HubJob"]:
    """Make the class RQ reads every job as. This function will tie it to the work we offer."""
    return type("HubJob", (HubJob,), {"work": dict(work)})


class HubJob(Job):
    """A job that can only be one of `work`, with no argument, callback, retry or webhook."""

    work: ClassVar[Work] = {}

    def restore(self, raw_data: Mapping[bytes, bytes]) -> None:
        """Read a job from Redis, dropping all it may carry besides the name of its work."""
        try:
            super().restore(raw_data)
        except Exception:  # noqa: BLE001 - whatever a stranger wrote must not stop a worker
            self.data = b"null"
            self.origin = QUEUE
        self.timeout = JOB_SECONDS
        self.result_ttl, self.failure_ttl, self.ttl = 0, FAILURE_SECONDS, None
        self._success_callback_name = None
        self._failure_callback_name = None
        self._stopped_callback_name = None
        self.webhooks = []
        self.meta = {}
        self._dependency_ids = []
        self.retries_left = self.repeats_left = None
        self.retry_intervals = self.repeat_intervals = None
        self.group_id = self.rate_limit_key = None
        self.description = "a job of Hornada"

    def _deserialize_data(self) -> None:
        """Take the name of our work from what is stored, or nothing at all.

        RQ reads a job's call through this before it runs it, for its logs and its process title,
        so a stranger's words get into neither.
        """
        name = self._named()
        self._func_name, self._instance, self._args, self._kwargs = name, None, (), {}

    def _named(self) -> str:
        try:
            stored: object = self.serializer.loads(self.data)
        except (ValueError, RecursionError):
            return NOT_OURS
        fits = [name for name in self.work if stored == [name, None, [], {}]]
        return fits[0] if fits else NOT_OURS

    @property
    def func(self) -> Callable[[], object]:
        """Return the work this job names; RQ would import it.

        :raises ForgedJob: it names none of ours.
        """
        work = self.work.get(self.func_name or NOT_OURS)
        if work is None:
            raise ForgedJob("a job in the queue is none of ours and was not run")
        return work

    def perform(self) -> None:
        """Do the work. Its result stays in the database.

        :raises ForgedJob: it is none of ours; the doctor counts these.
        """
        try:
            work = self.func
        except ForgedJob:
            log.error("queue.forged_job_refused", job=self.id)
            with contextlib.suppress(RedisError):
                note_forged(self.connection)
            raise
        with contextlib.suppress(RedisError):
            take_call(self.connection, self.func_name or NOT_OURS)
        work()
