"""What strangers wrote is read in another process: whatever breaks there breaks alone."""

import json
import sys
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest

from connectors.errors import PayloadError
from connectors.readings import Ignored, Message, OrderMissing, Reading
from workers.answering import answered
from workers.apart import Apart, ReadingFailed, Task, reading_of

READER = str(Path(__file__).parent / "a_hostile_reader.py")
RUN = f"import runpy; runpy.run_path({READER!r}, run_name='__main__')"
SOON = timedelta(seconds=1)


@pytest.fixture(scope="module")
def hostile() -> Iterator[Apart]:
    """A child that does what messages say, whose time is short."""
    made = Apart(
        command=(sys.executable, "-c", RUN),
        wall=SOON,
    )
    yield made
    made.close()


def task(body: bytes, *, topic: str = "mail", **settings: str) -> Task:
    message = Message(topic=topic, body=body, headers={})
    return Task(channel="email", settings=settings, message=message)


def said(apart: Apart, body: bytes, **settings: str) -> str:
    reading = apart.read(task(body, **settings))
    assert isinstance(reading, Ignored)
    return reading.why


def test_one_child_reads_many_messages(hostile: Apart) -> None:
    first, second = said(hostile, b"well"), said(hostile, b"x" * 3_000_000)

    assert first.split()[0::2] == ["email", first.split()[2]]
    assert second == f"email 3000000 {first.split()[2]}"


def test_of_a_message_that_takes_too_long_only_the_head_is_read(hostile: Apart) -> None:
    assert said(hostile, b"sleep") == "only the head: it took too long"
    assert said(hostile, b"well").startswith("email 4 ")


def test_of_a_message_that_needs_too_much_memory_only_the_head_is_read(
    hostile: Apart,
) -> None:
    assert said(hostile, b"eat") == "only the head: it needs too much memory"
    assert said(hostile, b"well").startswith("email 4 ")


def test_of_a_message_that_kills_its_reader_only_the_head_is_read(hostile: Apart) -> None:
    assert said(hostile, b"die") == "only the head: it ended while it read"


def test_a_message_is_not_blamed_for_a_child_that_read_others_before(
    hostile: Apart, tmp_path: Path
) -> None:
    said(hostile, b"well")

    answer = said(hostile, b"die once", mark=str(tmp_path / "mark"))

    assert answer.startswith("email 8 ")


def test_a_message_whose_head_kills_too_waits_for_a_person(hostile: Apart) -> None:
    with pytest.raises(PayloadError, match="cannot be read: it ended while it read"):
        hostile.read(task(b"die", topic="stubborn"))


def test_what_the_channel_refuses_is_refused_here(hostile: Apart) -> None:
    with pytest.raises(PayloadError, match="this is no mail"):
        hostile.read(task(b"refuse"))


def test_a_mistake_of_ours_is_told_and_leaves_the_child_alive(hostile: Apart) -> None:
    before = said(hostile, b"well")

    with pytest.raises(ReadingFailed, match="KeyError"):
        hostile.read(task(b"mistake"))

    assert said(hostile, b"well") == before


def test_what_libraries_print_disturbs_nothing(hostile: Apart) -> None:
    assert said(hostile, b"chatter").startswith("email 7 ")


def test_a_child_knows_none_of_our_secrets(
    hostile: Apart, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HORNADA_KEY", "secret")
    monkeypatch.setenv("PGPASSWORD", "secret")
    hostile.close()

    names = said(hostile, b"environment").split()

    assert "PATH" in names
    assert not {"HORNADA_KEY", "PGPASSWORD"} & set(names)


@pytest.mark.parametrize("reading", [OrderMissing(external_id="1"), Ignored(why="x")])
def test_kinds_that_look_alike_stay_what_they_are(reading: Reading) -> None:
    asked = b'{"channel":"","settings":{},"topic":"","headers":{},"size":0}'

    answer, _ = answered(lambda *_: reading, asked, BytesIO())

    assert reading_of(json.loads(answer)) == reading
