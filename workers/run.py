"""The worker process: waits for the queue's calls, and looks for itself when none come."""

import os
import socket
import threading
import time
from dataclasses import replace
from types import FrameType

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer
from rq.worker import WorkerStatus
from sqlalchemy.exc import SQLAlchemyError

from hub.models.claims.alive import beat
from hub.ports import Ports
from hub.queue import QUEUE
from workers.job import job_class
from workers.jobs import work_of
from workers.stopping import Stopping
from workers.sweep import sweep

log = structlog.get_logger()

IDLE_SECONDS = 20
"""A worker nobody called for so long looks into the database by itself."""
BEAT_SECONDS = 10
WORKER_TTL, MAINTENANCE, MONITORING = 60, 30, 10
"""Seconds; at RQ's defaults a killed worker's job is found after hours (facts: libraries 5.3)."""
LONGEST_WAIT = 5.0
BREATH = 0.2
"""Between two turns at the queue, so that one that ends at once is not taken in a circle."""


class OneWorker(SimpleWorker):
    """RQ's worker without forks, stopped by a flag: its own way of stopping asks Redis first."""

    stopping: Stopping
    log_result_lifespan = False
    max_connection_wait_time = LONGEST_WAIT

    def request_stop(self, _signum: int, _frame: FrameType | None) -> None:
        """Stop now if nothing is being done, else when the job at hand has settled its message."""
        self.stopping.set()
        self._stop_requested = True
        if self.get_state() != WorkerStatus.BUSY:
            raise StopRequested


def run_worker(ports: Ports, *, url: str) -> None:
    """Work until told to stop. A Redis that goes away is waited for, and not needed meanwhile."""
    stopping = Stopping()
    ports = replace(ports, is_stopping=stopping.is_set)
    stopping.listen()
    keep_beating(ports, name="worker")
    while not stopping.is_set():
        if url and _serve(ports, url=url, stopping=stopping):
            break
        stopping.listen()  # RQ put its own handlers in place and left them there
        sweep_once(ports)
        stopping.wait(BREATH if url else LONGEST_WAIT)
    ports.database.dispose()


def _serve(ports: Ports, *, url: str, stopping: Stopping) -> bool:
    """Do the queue's jobs until it has none for a while. Say whether we were told to stop."""
    worker: OneWorker | None = None
    try:
        worker = _make_worker(ports, url=url)
        worker.stopping = stopping
        worker.work(max_idle_time=IDLE_SECONDS, logging_level="WARNING")
    except StopRequested:
        return True
    except (RedisError, OSError) as error:
        log.warning("worker.no_queue", error=type(error).__name__)
        time.sleep(LONGEST_WAIT / 5)
    finally:
        if worker is not None:
            worker.connection.close()
    return stopping.is_set()


def _make_worker(ports: Ports, *, url: str) -> OneWorker:
    made = job_class(work_of(ports))
    connection = Redis.from_url(url)
    # One queue only: with two, RQ takes jobs in a way that loses them when we are killed.
    queue = Queue(QUEUE, connection=connection, serializer=JSONSerializer, job_class=made)
    return OneWorker(
        [queue],
        name=f"{socket.gethostname()}-{os.getpid()}-{ports.random.getrandbits(32):08x}",
        connection=connection,
        serializer=JSONSerializer,
        job_class=made,
        worker_ttl=WORKER_TTL,
        maintenance_interval=MAINTENANCE,
        job_monitoring_interval=MONITORING,
        log_job_description=False,
    )


def sweep_once(ports: Ports) -> None:
    """Sweep; a database that is away is waited for."""
    try:
        sweep(ports)
    except SQLAlchemyError as error:
        log.warning("worker.no_database", error=type(error).__name__)
        time.sleep(LONGEST_WAIT / 5)


def keep_beating(ports: Ports, *, name: str) -> None:
    """Say every few seconds that this process is alive, for as long as it is."""
    threading.Thread(
        target=_beat, args=(ports, name), name="heartbeat", daemon=True
    ).start()


def _beat(ports: Ports, name: str) -> None:
    while True:
        try:
            ports.database.run(
                lambda session: beat(session, name=name, now=ports.clock.now())
            )
        except SQLAlchemyError as error:
            log.warning("worker.no_heartbeat", error=type(error).__name__)
        time.sleep(BEAT_SECONDS)
