"""The load: one process with so many connections, each sending as fast as it is answered."""

import http.client
import json
import sys
import threading
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4


@dataclass
class Measured:
    """What came of a load."""

    seconds: float = 0
    statuses: dict[str, int] = field(default_factory=dict)
    p50_ms: float = 0
    p99_ms: float = 0

    @property
    def per_second(self) -> float:
        """Requests that were answered with 200, by the second."""
        return self.statuses.get("200", 0) / self.seconds


@dataclass(frozen=True)
class Load:
    """Where to send what, over how many connections, and for how long."""

    url: str
    messages: list[dict[str, object]]
    """Each with its `body` and its `headers`; the event id is made up for each request."""
    connections: int
    seconds: float


def send(load: Load) -> Measured:
    """Send until the time is up, and measure every answer."""
    times: list[float] = []
    measured, lock, end = Measured(), threading.Lock(), time.monotonic() + load.seconds

    def one() -> None:
        mine, statuses = _send_until(load, end=end)
        with lock:
            times.extend(mine)
            for status in statuses:
                measured.statuses[status] = measured.statuses.get(status, 0) + 1

    began = time.monotonic()
    threads = [threading.Thread(target=one) for _ in range(load.connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    measured.seconds = time.monotonic() - began
    times.sort()
    measured.p50_ms = 1000 * times[len(times) // 2]
    measured.p99_ms = 1000 * times[int(len(times) * 0.99)]
    return measured


def _send_until(load: Load, *, end: float) -> tuple[list[float], list[str]]:
    where = urlsplit(load.url)
    line = http.client.HTTPConnection(where.hostname or "", where.port, timeout=30)
    times: list[float] = []
    statuses: list[str] = []
    prepared = [
        (str(message["body"]).encode(), dict(message["headers"]))  # type: ignore[call-overload]
        for message in load.messages
    ]
    while (now := time.monotonic()) < end:
        body, headers = prepared[len(times) % len(prepared)]
        headers["X-Shopify-Event-Id"] = uuid4().hex
        line.request("POST", where.path or "/", body=body, headers=headers)
        answer = line.getresponse()
        answer.read()
        times.append(time.monotonic() - now)
        statuses.append(str(answer.status))
    line.close()
    return times, statuses


def main() -> None:
    """Read a load from a file, send it, and print what was measured."""
    load = Load(**json.loads(Path(sys.argv[1]).read_text()))
    sys.stdout.write(json.dumps(asdict(send(load))))


if __name__ == "__main__":
    main()
