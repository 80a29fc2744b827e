"""Whatever is done to a mail, a letter comes of it, soon and with little memory.

A few thousand mutated mails each time; `--mails N` reads as many as it says (`make fuzz`).
"""

import resource
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest
from pydantic import TypeAdapter

from connectors.email.extract.extract import extract
from connectors.email.extract.extracted import Extracted
from connectors.email.parts import Part
from connectors.email.read import read
from connectors.readings import LetterSeen, Message
from tests.connectors.email.mails import SETTINGS, mail, multipart
from tests.letters.corpus.whole import CASES

MOST_SECONDS = 5.0
"""Of one mail, of processor time (facts: reliability 22)."""
MOST_GROWTH = 512
"""Megabytes that the whole run may add to the process."""
LARGEST = 120_000
"""Larger samples say nothing more, and take long to mutate."""
LETTER = TypeAdapter(LetterSeen)

TOKENS = (
    b"\r\n", b"\r\n\r\n", b"--", b"\r\n--sep\r\n", b"\r\n--sep--\r\n", b"\x00", b"\xff\xfe", b"=",
    b"=?utf-8?q?=C3?=", b"=?utf-8?b?", b"Content-Type: multipart/mixed; boundary=sep\r\n",
    b"Content-Type: text/html; charset=utf-7\r\n", b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Disposition: attachment; filename*0*=x''%ff\r\n", b"From: <", b"(" * 50, b"<" * 50,
    b'"', b"\\", b";" * 50, b"<table><tr><td>", b"<blockquote type=cite>", b"</div>",
    b"On Monday 3 Ana wrote:\r\n", b"> ", b"-- \r\n", b"PK\x03\x04", b"%PDF-1.7 ", b"<!DOCTYPE x [",
    b"Auto-Submitted: ", b"DKIM-Signature: v=1; d=shop.example; h=from; b=AA==; bh=AA==; s=x;"
    b" a=rsa-sha256\r\n", b"Authentication-Results: mx.workshop.example; dmarc=pass\r\n",
    b"Date: Mon, 99 Foo 99999 99:99:99 +9999\r\n", b"12 x LAV-100ML\r\n", b"\xc3", b"\xe2\x80\xae",
    b"Message-ID: <", b"charset=", b"999999999999999999999", b"Content-Type: message/rfc822\r\n",
)  # fmt: skip

Mutation = Callable[[bytes, Random, Sequence[bytes]], bytes]


def flip(raw: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    changed = bytearray(raw)
    for _again in range(random.randint(1, 20)):
        changed[random.randrange(len(raw))] = random.randrange(256)
    return bytes(changed)


def cut(raw: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    start, end = sorted(random.randrange(len(raw) + 1) for _again in "ab")
    return raw[:start] + raw[end:]


def repeat(raw: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    start = random.randrange(len(raw))
    piece = raw[start : start + random.randint(1, 200)]
    return raw[:start] + piece * random.randint(2, 200) + raw[start:]


def put_in(raw: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    at = random.randrange(len(raw) + 1)
    return raw[:at] + random.choice(TOKENS) * random.choice((1, 1, 1, 30)) + raw[at:]


def graft(raw: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    other = random.choice(others)
    return raw[: random.randrange(len(raw) + 1)] + other[random.randrange(len(other) + 1) :]


def shuffle_head(raw: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    head, blank, body = raw.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    random.shuffle(lines)
    return b"\r\n".join(lines[random.randrange(2) :]) + blank + body


MUTATIONS: Sequence[Mutation] = (flip, cut, repeat, put_in, put_in, graft, shuffle_head)


@dataclass
class Run:
    """What a run of mails took, and what went wrong in it."""

    slowest: float = 0.0
    slowest_mail: bytes = b""
    mails: int = 0
    seconds: float = 0.0
    broken: set[str] = field(default_factory=set)

    def read(self, raw: bytes) -> None:
        """Read one mail as a child would, and note what it took."""
        began = time.process_time()
        seen = read(
            Message(topic="mail", body=raw), settings=SETTINGS, lookup=lambda _: b"",
            extract=self._extract,
        )  # fmt: skip
        LETTER.dump_json(seen)
        took = time.process_time() - began
        self.mails += 1
        self.seconds += took
        if took > self.slowest:
            self.slowest, self.slowest_mail = took, raw
        for file in seen.letter.attached:
            if file.why.startswith("a mistake in Hornada"):
                self.broken.add(f"{file.why}: {raw[:300]!r}")

    def _extract(self, parts: Sequence[Part]) -> Extracted:
        try:
            return extract(parts)
        except Exception as error:  # noqa: BLE001 - read() forgives it; this test does not
            where = traceback.extract_tb(error.__traceback__)[-1]
            self.broken.add(f"{type(error).__name__} in {where.filename}:{where.lineno}")
            raise


def samples(vendor: Path | None) -> list[bytes]:
    ours = [case.raw for case in CASES]
    html = "Content-Type: text/html; charset=utf-8\n\n<table><tr><td>A-1<td>12</table>"
    ours += [mail("12 x A-1\n"), multipart("Content-Type: text/plain\n\n12 x A-1", html)]
    theirs = sorted((vendor / "email").glob("*")) if vendor else []
    known = ours + [path.read_bytes() for path in theirs if path.suffix in {".eml", ".msg"}]
    return [raw for raw in known if 0 < len(raw) <= LARGEST]


def mutated(known: Sequence[bytes], *, random: Random) -> Iterator[bytes]:
    while True:
        raw = random.choice(known)
        for _again in range(random.choice((1, 1, 2, 3, 5))):
            raw = random.choice(MUTATIONS)(raw or b"x", random, known)
        yield raw[: 4 * LARGEST]


@pytest.fixture
def vendors(request: pytest.FixtureRequest) -> Path | None:
    """The public mails, where they are; without them our own are mutated alone."""
    try:
        found: Path = request.getfixturevalue("vendor")
    except pytest.skip.Exception:
        return None
    return found


def used_megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


@pytest.mark.timeout(0)
def test_a_letter_comes_of_whatever_is_done_to_a_mail(
    seed: int,
    pytestconfig: pytest.Config,
    vendors: Path | None,
    record_property: Callable[..., None],
) -> None:
    random, run = Random(seed), Run()
    known = samples(vendors)
    for raw in known[::20]:
        run.read(raw)
    before = used_megabytes()
    source = mutated(known, random=random)

    for _again in range(pytestconfig.option.mails):
        run.read(next(source))

    growth = used_megabytes() - before
    record_property("slowest", f"{run.slowest:.3f} s")
    print(  # noqa: T201 - figures for who asked for them with -s
        f"\n{run.mails} mails, {run.seconds:.0f} s, slowest {run.slowest * 1000:.0f} ms"
        f" ({len(run.slowest_mail)} bytes), memory grew by {growth} MB"
    )
    assert run.broken == set()
    assert run.slowest < MOST_SECONDS, run.slowest_mail[:2_000]
    assert growth < MOST_GROWTH
