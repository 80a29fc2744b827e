"""What every outcome of a call means, over real sockets on this machine."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import requests
import responses
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from connectors.errors import (
    AuthExpired,
    ChannelError,
    Conflict,
    NotFound,
    OutcomeUnknown,
    PermissionDenied,
    RateLimited,
    Rejected,
    Retryable,
)
from connectors.http import Http, Query
from connectors.transport import RequestsTransport

CANARY = "canary-4f2e9b7a61d0"


def http_to(server: HTTPServer | str, **options: object) -> Http:
    origin = server if isinstance(server, str) else server.url_for("").rstrip("/")
    transport = RequestsTransport(**options)  # type: ignore[arg-type]
    return Http(title="Shop", origin=origin, allow_loopback=True, transport=transport)


def call(http: Http, *, write: bool) -> bytes:
    payload = {"query": CANARY}
    headers = {"X-Token": CANARY}
    return http.post_json("/api", payload=payload, headers=headers, write=write).body


@contextmanager
def raw_server(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """Serve one origin whose answer to any request is whatever bytes `answer` writes."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                answer(connection)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        listening.close()


# Statuses ------------------------------------------------------------------------------


@pytest.mark.parametrize("write", [True, False])
@pytest.mark.parametrize(
    "status,error",
    [
        (301, Rejected),
        (308, Rejected),
        (400, Rejected),
        (401, AuthExpired),
        (402, PermissionDenied),
        (403, PermissionDenied),
        (404, NotFound),
        (408, Retryable),
        (409, Conflict),
        (422, Rejected),
        (423, PermissionDenied),
        (429, RateLimited),
        (430, Rejected),
    ],
)
def test_a_definite_no_is_the_same_for_reading_and_writing(
    httpserver: HTTPServer, status: int, error: type[ChannelError], write: bool
) -> None:
    httpserver.expect_request("/api").respond_with_data(CANARY, status=status)

    with pytest.raises(ChannelError) as caught:
        call(http_to(httpserver), write=write)

    assert type(caught.value) is error


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520])
def test_a_failure_over_there_leaves_only_a_write_in_doubt(
    httpserver: HTTPServer, status: int
) -> None:
    httpserver.expect_request("/api").respond_with_data(CANARY, status=status)

    with pytest.raises(OutcomeUnknown):
        call(http_to(httpserver), write=True)
    with pytest.raises(Retryable):
        call(http_to(httpserver), write=False)


@pytest.mark.parametrize(
    "header,wait",
    [
        ("2", timedelta(seconds=2)),
        ("2.0", timedelta(seconds=2)),
        ("0", timedelta(0)),
        ("999999999", timedelta(hours=24)),
        ("soon", None),
        ("-5", None),
        ("1e9", None),
    ],
)
def test_the_wait_a_shop_asks_for_is_passed_on(
    httpserver: HTTPServer, header: str, wait: timedelta | None
) -> None:
    said = {"Retry-After": header}
    httpserver.expect_request("/api").respond_with_data("", status=429, headers=said)

    with pytest.raises(RateLimited) as caught:
        call(http_to(httpserver), write=True)

    assert caught.value.retry_after == wait


@pytest.mark.parametrize(
    "until,wait", [("10:00:30", timedelta(seconds=30)), ("09:00:00", timedelta(0))]
)
def test_a_wait_until_a_date_is_measured_by_the_shops_own_clock(
    until: str, wait: timedelta
) -> None:
    answer = (
        "HTTP/1.1 429 Slow\r\nContent-Length: 0\r\n"
        "Date: Sun, 22 Nov 2026 10:00:00 GMT\r\n"
        f"Retry-After: Sun, 22 Nov 2026 {until} GMT\r\n\r\n"
    )

    with (
        raw_server(lambda c: c.sendall(answer.encode())) as origin,
        pytest.raises(RateLimited) as caught,
    ):
        call(http_to(origin), write=True)

    assert caught.value.retry_after == wait


def test_too_fast_without_a_wait_names_none(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/api").respond_with_data("", status=429)

    with pytest.raises(RateLimited) as caught:
        call(http_to(httpserver), write=True)

    assert caught.value.retry_after is None


def test_the_shops_own_id_of_a_failure_is_kept_if_it_is_a_plain_id(
    httpserver: HTTPServer,
) -> None:
    plain, odd = {"X-Request-Id": "a1-b2.c3"}, {"X-Request-Id": "<b>a1</b>"}
    httpserver.expect_ordered_request("/api").respond_with_data(status=403, headers=plain)
    httpserver.expect_ordered_request("/api").respond_with_data(status=403, headers=odd)

    seen = []
    for _ in range(2):
        with pytest.raises(PermissionDenied) as caught:
            call(http_to(httpserver), write=False)
        seen.append(caught.value.request_id)

    assert seen == ["a1-b2.c3", ""]


# Answers that do not come --------------------------------------------------------------


def test_a_refused_connection_surely_sent_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

    with pytest.raises(Retryable) as caught:
        call(http_to(f"http://127.0.0.1:{port}"), write=True)

    assert "nothing was sent" in str(caught.value)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(lambda _: None, id="hangs up"),
        pytest.param(lambda c: c.sendall(b"HTTP/1.1 20"), id="stops in the status"),
        pytest.param(
            lambda c: c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}"),
            id="stops in the body",
        ),
        pytest.param(lambda c: c.sendall(b"no http at all\r\n\r\n"), id="is no http"),
        pytest.param(
            lambda c: c.sendall(
                b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}"
            ),
            id="is not packed as it says",
        ),
    ],
)
def test_a_write_whose_answer_breaks_off_is_in_doubt(
    answer: Callable[[socket.socket], None],
) -> None:
    with raw_server(answer) as origin:
        with pytest.raises(OutcomeUnknown):
            call(http_to(origin), write=True)
        with pytest.raises(Retryable):
            call(http_to(origin), write=False)


def test_a_write_whose_answer_is_late_is_in_doubt(httpserver: HTTPServer) -> None:
    let_go = threading.Event()

    def late(_request: Request) -> Response:
        let_go.wait(5)
        return Response("{}")

    httpserver.expect_request("/api").respond_with_handler(late)

    with pytest.raises(OutcomeUnknown):
        call(http_to(httpserver, timeouts=(1, 0.2)), write=True)

    let_go.set()


def test_an_answer_that_drips_is_not_waited_for(httpserver: HTTPServer) -> None:
    let_go = threading.Event()

    def drops() -> Iterator[bytes]:
        while not let_go.wait(0.05):
            yield b" " * 70_000

    def drip(_request: Request) -> Response:
        return Response(drops(), direct_passthrough=True)

    httpserver.expect_request("/api").respond_with_handler(drip)

    with pytest.raises(OutcomeUnknown):
        call(http_to(httpserver, whole_answer_seconds=0.3), write=True)

    let_go.set()


def test_an_answer_too_large_is_not_read_to_its_end(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/api").respond_with_data(b"x" * 200_000)

    with pytest.raises(Retryable):
        call(http_to(httpserver, largest_answer=100_000), write=False)


# Quick tries ---------------------------------------------------------------------------


@responses.activate
def test_a_connection_that_fails_once_is_tried_again_at_once() -> None:
    responses.post("https://shop.example/api", body=requests.ConnectTimeout("no"))
    responses.post("https://shop.example/api", body="{}")

    answered = call(http_to("https://shop.example"), write=True)

    assert answered == b"{}"


@responses.activate
def test_a_connection_is_tried_no_more_than_twice() -> None:
    tried = responses.post("https://shop.example/api", body=requests.ConnectTimeout("no"))

    with pytest.raises(Retryable):
        call(http_to("https://shop.example"), write=True)

    assert tried.call_count == 2


@responses.activate
def test_what_may_have_been_sent_is_never_tried_again() -> None:
    tried = responses.post("https://shop.example/api", body=requests.ConnectionError("?"))

    with pytest.raises(OutcomeUnknown):
        call(http_to("https://shop.example"), write=True)

    assert tried.call_count == 1


# What is sent --------------------------------------------------------------------------


def test_a_redirect_is_not_followed(httpserver: HTTPServer) -> None:
    there = httpserver.url_for("/elsewhere")
    httpserver.expect_request("/api").respond_with_data(
        status=307, headers={"Location": there}
    )

    with pytest.raises(Rejected):
        call(http_to(httpserver), write=True)

    assert [request.path for request, _ in httpserver.log] == ["/api"]


def test_nothing_is_taken_from_the_environment(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    httpserver.expect_request("/api").respond_with_json({})

    assert call(http_to(httpserver), write=True) == b"{}"


def test_no_cookie_is_carried_from_one_call_to_the_next(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/api").respond_with_data(
        "{}", headers={"Set-Cookie": "session=1; Path=/"}
    )
    http = http_to(httpserver)

    for _ in range(2):
        call(http, write=False)

    assert [request.headers.get("Cookie") for request, _ in httpserver.log] == [None, None]


def test_words_in_any_script_arrive_as_they_were_sent(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/api").respond_with_json({})
    payload = {"note": "jabón de limón — 石鹸"}

    http_to(httpserver).post_json("/api", payload=payload, headers={}, write=True)

    [(request, _)] = httpserver.log
    assert json.loads(request.data) == payload


def test_a_question_carries_its_query_written_as_the_web_writes_it(
    httpserver: HTTPServer,
) -> None:
    httpserver.expect_request("/api").respond_with_data("{}")
    query: Query = {"was_paid": True, "was_shipped": False, "limit": 100, "q": "x y&b=1/ñ"}

    answer = http_to(httpserver).get("/api", query=query, headers={"X-Token": "t"})

    [(request, _)] = httpserver.log
    assert (request.method, request.data, answer.body) == ("GET", b"", b"{}")
    assert request.query_string == (
        b"was_paid=true&was_shipped=false&limit=100&q=x+y%26b%3D1%2F%C3%B1"
    )
    assert request.headers["X-Token"] == "t"


def test_a_question_without_a_query_has_no_question_mark(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/api").respond_with_json({})

    http_to(httpserver).get("/api", query={}, headers={})

    [(request, _)] = httpserver.log
    assert request.environ["REQUEST_URI"] == "/api"


def test_what_is_put_arrives_as_json(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/api", method="PUT").respond_with_json({})

    http_to(httpserver).put_json("/api", payload={"sku": "Jabón"}, headers={})

    [(request, _)] = httpserver.log
    assert request.headers["Content-Type"] == "application/json"
    assert json.loads(request.data) == {"sku": "Jabón"}


def test_a_put_whose_answer_is_lost_is_in_doubt_and_a_question_is_not(
    httpserver: HTTPServer,
) -> None:
    httpserver.expect_request("/api").respond_with_data(status=503)

    with pytest.raises(OutcomeUnknown):
        http_to(httpserver).put_json("/api", payload={}, headers={})
    with pytest.raises(Retryable):
        http_to(httpserver).get("/api", query={}, headers={})


def test_an_answer_whose_words_are_wanted_is_handed_back_whatever_asked(
    httpserver: HTTPServer,
) -> None:
    httpserver.expect_request("/api").respond_with_data("why", status=400)
    http, wanted = http_to(httpserver), range(400, 500)

    answers = [
        http.get("/api", query={}, headers={}, also=wanted),
        http.put_json("/api", payload={}, headers={}, also=wanted),
        http.post_json("/api", payload={}, headers={}, write=True, also=wanted),
        http.post_form("/api", fields={}, headers={}, also=wanted),
    ]

    assert {(answer.status, answer.body) for answer in answers} == {(400, b"why")}


# Failpoints and words ------------------------------------------------------------------


class Stopped(BaseException):
    """A simulated crash: nothing below may catch it."""


@pytest.mark.parametrize(
    "stop_at,sent", [("http.before_send", 0), ("http.after_answer", 1)]
)
def test_a_simulation_can_stop_before_sending_and_after_the_answer(
    httpserver: HTTPServer, stop_at: str, sent: int
) -> None:
    httpserver.expect_request("/api").respond_with_json({})

    def failpoint(name: str) -> None:
        if name == stop_at:
            raise Stopped

    http = Http(
        title="Shop",
        origin=httpserver.url_for("").rstrip("/"),
        allow_loopback=True,
        failpoint=failpoint,
    )

    with pytest.raises(Stopped):
        call(http, write=True)

    assert len(httpserver.log) == sent


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 418, 429, 500])
def test_no_error_repeats_what_was_sent_or_answered(
    httpserver: HTTPServer, status: int
) -> None:
    httpserver.expect_request("/api").respond_with_data(
        CANARY, status=status, headers={"Location": f"https://x.example/?{CANARY}"}
    )

    with pytest.raises(ChannelError) as caught:
        call(http_to(httpserver), write=True)

    error: BaseException | None = caught.value
    while error is not None:
        assert CANARY not in f"{error} {error.args!r}"
        error = error.__cause__
