"""Bodies are read byte for byte: never cut silently, never longer than the limit."""

import io

import pytest
from flask import Request

from hub.request_body import (
    CHUNK,
    LEFT_OVER,
    LengthMismatch,
    TooLarge,
    read_away,
    read_body,
)


def request_of(body: bytes, **environ: object) -> Request:
    """Make a request as a server hands it over."""
    return Request({"wsgi.input": io.BytesIO(body)} | environ)


def test_a_body_of_its_length_is_read_whole() -> None:
    body = bytes(range(256)) * (CHUNK // 100)

    assert (
        read_body(request_of(body, CONTENT_LENGTH=str(len(body))), limit=len(body)) == body
    )


def test_what_follows_the_announced_length_is_not_read() -> None:
    assert read_body(request_of(b"onetwo", CONTENT_LENGTH="3"), limit=10) == b"one"


def test_a_body_that_announces_too_much_is_not_even_read() -> None:
    with pytest.raises(TooLarge):
        read_body(request_of(b"", CONTENT_LENGTH="11"), limit=10)


def test_a_body_shorter_than_announced_is_no_body() -> None:
    with pytest.raises(LengthMismatch):
        read_body(request_of(b"cut", CONTENT_LENGTH="10"), limit=10)


@pytest.mark.parametrize("length", ["ten", "-1", "1_0", "١٢", "+5", " 5"])
def test_a_length_that_is_no_number_is_refused(length: str) -> None:
    with pytest.raises(LengthMismatch):
        read_body(request_of(b"x" * 20, CONTENT_LENGTH=length), limit=10)


@pytest.mark.parametrize("size,fits", [(9, True), (10, True), (11, False), (1000, False)])
def test_a_chunked_body_is_read_up_to_the_limit_and_refused_beyond(
    size: int, fits: bool
) -> None:
    chunked = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
    request = request_of(b"x" * size, **chunked)

    if fits:
        assert read_body(request, limit=10) == b"x" * size
    else:
        with pytest.raises(TooLarge):
            read_body(request, limit=10)


def test_a_request_that_announces_nothing_has_no_body() -> None:
    assert read_body(request_of(b"waits for ever on a socket"), limit=10) == b""


class Broken(io.RawIOBase):
    """A connection whose caller is gone."""

    def read(self, _size: int = -1) -> bytes:
        """Fail as a socket does."""
        raise ConnectionResetError


def test_what_nobody_read_is_taken_off_the_connection_within_reason() -> None:
    left = io.BytesIO(b"x" * (LEFT_OVER + 7))
    request = Request({"wsgi.input": left, "wsgi.input_terminated": True})

    read_away(request)

    assert left.read() == b"x" * 7


def test_a_connection_that_never_ends_is_left_alone() -> None:
    left = io.BytesIO(b"the next request")

    read_away(Request({"wsgi.input": left}))

    assert left.read() == b"the next request"


def test_a_caller_who_is_gone_is_no_error() -> None:
    read_away(Request({"wsgi.input": Broken(), "wsgi.input_terminated": True}))
