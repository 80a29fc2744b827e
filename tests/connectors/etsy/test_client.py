"""One request, one attempt: what Etsy's answers mean, and how its two rates are kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from connectors.errors import (
    AuthExpired,
    ChannelError,
    Conflict,
    NotFound,
    OutcomeUnknown,
    PayloadError,
    PermissionDenied,
    RateLimited,
    Rejected,
    Retryable,
)
from connectors.etsy.client import LONGEST_WAIT, EtsyApi, Model
from connectors.http import Http
from connectors.transport import Answer, AnswerLost, NotSent
from tests.canned import CannedTransport, answered

TOKEN = "12345.canary-token-7f3a9b"
SECRET = "canary-secret-51c2"
PATH = "/v3/application/openapi-ping"


class Thing(Model):
    number: int


@dataclass
class Bucket:
    """Remembers what it was asked and told, and makes one bucket wait."""

    waits: dict[str, timedelta] = field(default_factory=dict)
    taken: list[str] = field(default_factory=list)
    heard: dict[str, tuple[int, int | None]] = field(default_factory=dict)

    def take(self, bucket: str, *, cost: int, size: int, per: timedelta) -> timedelta:
        assert (cost, size > 0, per > timedelta(0)) == (1, True, True)
        self.taken.append(bucket)
        return self.waits.get(bucket, timedelta(0))

    def told(
        self,
        bucket: str,
        *,
        available: int,
        size: int | None = None,
        per: timedelta | None = None,
    ) -> None:
        assert per is not None
        self.heard[bucket] = (available, size)


def api_of(
    answers: Sequence[Answer | Exception], bucket: Bucket | None = None
) -> tuple[EtsyApi, CannedTransport]:
    transport = CannedTransport(answers)
    http = Http(title="Etsy", origin="https://openapi.etsy.com", transport=transport)
    api = EtsyApi(
        http=http,
        shop_id="42",
        keystring="keystring1",
        shared_secret=SECRET,
        token=TOKEN,
        pacer=bucket,
    )
    return api, transport


def with_headers(answer: Answer, headers: dict[str, str]) -> Answer:
    return replace(answer, headers=headers)


def test_a_call_carries_the_key_with_its_secret_and_the_token() -> None:
    api, transport = api_of([answered({"number": 1, "new": [1]})])

    found = api.get(PATH, query={"legacy": True}, into=Thing)

    [sent] = transport.sent
    assert found == Thing(number=1)
    assert (sent.method, sent.url) == ("GET", f"https://openapi.etsy.com{PATH}")
    assert sent.content == {"legacy": "true"}
    assert sent.headers["x-api-key"] == f"keystring1:{SECRET}"
    assert sent.headers["Authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize(
    "status,error",
    [
        (400, Rejected),
        (401, AuthExpired),
        (403, PermissionDenied),
        (404, NotFound),
        (409, Conflict),
        (422, Rejected),
        (429, RateLimited),
    ],
)
def test_of_a_no_only_what_is_known_of_etsys_words_is_said(
    status: int, error: type[ChannelError]
) -> None:
    words = f"Unknown parameter: sku, {TOKEN} of ana@example.com, Calle de la Amargura 13"
    said = {"error": words, "error_description": SECRET}
    api, _ = api_of([answered(said, status=status)] * 3)

    asks: list[Callable[[], Thing]] = [
        lambda: api.get(PATH, into=Thing),
        lambda: api.post_json(PATH, payload={}, into=Thing),
        lambda: api.put_json(PATH, payload={}, into=Thing),
    ]
    for ask in asks:
        with pytest.raises(ChannelError) as caught:
            ask()

        assert type(caught.value) is error
        for hidden in (TOKEN, "canary", SECRET, "ana@example.com", "Amargura"):
            assert hidden not in str(caught.value)
        assert status == 429 or str(caught.value).endswith(": Unknown parameter: sku")


@pytest.mark.parametrize(
    "failure",
    [
        answered("down", status=503),
        AnswerLost("gone"),
        answered("<html>"),
        answered({"number": "x"}),
    ],
)
def test_a_write_whose_end_cannot_be_read_is_in_doubt(failure: Answer | Exception) -> None:
    api, _ = api_of([failure, failure, failure])

    with pytest.raises(OutcomeUnknown):
        api.post_json(PATH, payload={}, into=Thing)
    with pytest.raises(OutcomeUnknown):
        api.put_json(PATH, payload={}, into=Thing)
    with pytest.raises((Retryable, PayloadError)):
        api.get(PATH, into=Thing)


def test_what_was_not_sent_may_be_tried_again() -> None:
    api, _ = api_of([NotSent("no")])

    with pytest.raises(Retryable):
        api.put_json(PATH, payload={}, into=Thing)


@pytest.mark.parametrize("body", ["", "[]", "null", '{"a": NaN}'])
def test_an_answer_that_is_no_object_is_not_taken_for_one(body: str) -> None:
    api, _ = api_of([answered(body)])

    with pytest.raises(PayloadError):
        api.get_object(PATH)


@pytest.mark.parametrize("body", ["<html>Oops</html>", "{"])
def test_a_page_of_something_before_the_api_is_asked_for_again(body: str) -> None:
    api, _ = api_of([answered(body)])

    with pytest.raises(Retryable):
        api.get_object(PATH)


@pytest.mark.parametrize(
    "status,words",
    [
        (401, "API key not found, not active or incorrect shared secret for API key."),
        (403, "Shared secret is required in x-api-key header."),
    ],
)
def test_a_key_that_is_wrong_is_not_blamed_on_the_permission(
    status: int, words: str
) -> None:
    api, _ = api_of([answered({"error": words}, status=status)])

    with pytest.raises(AuthExpired, match="keystring and shared secret"):
        api.get(PATH, into=Thing)


# Rates ----------------------------------------------------------------------------------


def test_both_buckets_are_asked_before_a_call_and_fed_after_it() -> None:
    bucket = Bucket()
    told: dict[str, str] = {
        "x-limit-per-second": "150",
        "x-remaining-this-second": "149",
        "x-limit-per-day": "100000",
        "x-remaining-today": "99998",
    }
    api, _ = api_of([with_headers(answered({"number": 1}), told)], bucket)

    api.get(PATH, into=Thing)

    assert bucket.taken == ["second", "day"]
    assert bucket.heard == {"second": (149, 150), "day": (99_998, 100_000)}


def test_the_documents_own_spelling_of_the_header_is_read_too() -> None:
    bucket = Bucket()
    api, _ = api_of([answered({"number": 1}, x_remaining_this_secon="3")], bucket)

    api.get(PATH, into=Thing)

    assert bucket.heard == {"second": (3, None)}


@pytest.mark.parametrize("odd", ["", "many", "-1", "1.5", "٣", "9" * 40])
def test_an_odd_header_tells_the_buckets_nothing(odd: str) -> None:
    bucket = Bucket()
    api, _ = api_of([answered({"number": 1}, x_remaining_today=odd)], bucket)

    api.get(PATH, into=Thing)

    assert bucket.heard == {}


@pytest.mark.parametrize("which,words", [("second", "slow down"), ("day", "24 hours")])
def test_nothing_is_sent_while_a_bucket_is_empty(which: str, words: str) -> None:
    bucket = Bucket(waits={which: timedelta(seconds=8)})
    api, transport = api_of([], bucket)

    with pytest.raises(RateLimited, match=words) as caught:
        api.post_json(PATH, payload={}, into=Thing)

    assert caught.value.retry_after == timedelta(seconds=8)
    assert transport.sent == []


def test_a_spent_day_is_said_so_and_asked_again_within_the_hour() -> None:
    bucket = Bucket()
    told = {"retry-after": "86400", "x-remaining-today": "0", "x-limit-per-day": "10000"}
    api, _ = api_of([with_headers(answered({}, status=429), told)], bucket)

    with pytest.raises(RateLimited, match="used up") as caught:
        api.get(PATH, into=Thing)

    assert caught.value.retry_after == LONGEST_WAIT
    assert bucket.heard == {"day": (0, 10_000)}


def test_a_bare_429_empties_the_bucket_of_the_second() -> None:
    bucket = Bucket()
    api, _ = api_of([answered({}, status=429)], bucket)

    with pytest.raises(RateLimited, match="slow down") as caught:
        api.get(PATH, into=Thing)

    assert caught.value.retry_after is None
    assert bucket.heard == {"second": (0, None)}
