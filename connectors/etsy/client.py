"""Etsy's Open API v3 for one shop: its calls, its errors in the contract's words, its rates."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from connectors.errors import AuthExpired, RateLimited
from connectors.etsy.phrases import KNOWN
from connectors.http import Http, Query
from connectors.pacing import NO_WAIT, Pacer, Unpaced
from connectors.spec import Rate
from connectors.statuses import error_for, request_id, retry_after, unreadable
from connectors.transport import Answer
from mapping.strict_json import JsonRefused, read_mended

API_VERSION = "v3"
PREFIX = f"/{API_VERSION}/application"

PER_SECOND = Rate(bucket="second", size=10, per=timedelta(seconds=1))
PER_DAY = Rate(bucket="day", size=10_000, per=timedelta(hours=24))
"""What a key is believed to be allowed until Etsy's headers say otherwise: the lowest seen
(etsy/open-api #201). Both belong to the key; Etsy checks the second first."""

LONGEST_WAIT = timedelta(hours=1)
"""`Retry-After` of a spent day was wrong until 2025-10-24 (it said 24 hours): look again."""

MOST_NODES = 250_000
"""A page of a hundred receipts holds more values than the usual 50,000."""

_WORDS_ARE_WANTED = range(400, 500)
_SECOND_LEFT = ("x-remaining-this-second", "x-remaining-this-secon")
"""The second spelling is Etsy's documentation's own."""
_OF_THE_KEY = (
    *("api key not found", "api key is not", "invalid api key", "missing api key"),
    *("missing x-api-key", "shared secret is required", "incorrect shared secret"),
)
"""Whole phrases (etsy/open-api discussion 1752): the name of the header alone may be an echo."""

Read = TypeVar("Read", bound=BaseModel)


class Model(BaseModel):
    """A part of an answer, as far as we need it; Etsy adds and drops fields without notice."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class _Refused(Model):
    error: str = ""
    error_description: str = ""


class EtsyApi:
    """The calls of one shop with one key and one token; one request, one attempt."""

    def __init__(
        self,
        *,
        http: Http,
        shop_id: str,
        keystring: str,
        shared_secret: str,
        token: str,
        pacer: Pacer | None = None,
    ) -> None:
        self.shop_id = shop_id
        self.token = token
        self._http = http
        self._headers = {
            "Accept": "application/json",
            "Authorization": f"Bearer {token}",
            "x-api-key": f"{keystring}:{shared_secret}",
        }
        self._pacer = pacer or Unpaced()

    @property
    def shop_path(self) -> str:
        """Return what the paths of everything in this shop begin with."""
        return f"{PREFIX}/shops/{self.shop_id}"

    def get(self, path: str, *, query: Query | None = None, into: type[Read]) -> Read:
        """Ask for a path and return the answer as a model.

        :raises ChannelError: the kind says what the outcome was.
        """
        return self._into(into, self._get(path, query), write=False)

    def get_object(self, path: str, *, query: Query | None = None) -> Mapping[str, object]:
        """Ask for a path and return the answer as it came, an object.

        Fractions are Decimal, and what no database takes is mended.

        :raises ChannelError: the kind says what the outcome was.
        """
        answer = self._get(path, query)
        try:
            found = read_mended(answer.body, most_nodes=MOST_NODES).value
        except JsonRefused as e:
            raise unreadable(f"Etsy's answer: {e.why}", write=False, answer=answer) from e
        if not isinstance(found, dict):
            raise unreadable("Etsy's answer is no object", write=False, answer=answer)
        return dict(found)

    def post_json(
        self,
        path: str,
        *,
        payload: Mapping[str, object],
        into: type[Read],
        write: bool = True,
    ) -> Read:
        """Post a JSON object and return the answer as a model.

        :raises ChannelError: the kind says what the outcome was; of a write whose answer
            is lost or cannot be read, OutcomeUnknown.
        """
        send = partial(self._http.post_json, path, payload=payload, write=write)
        return self._into(into, self._sent(send, write=write), write=write)

    def put_json(
        self, path: str, *, payload: Mapping[str, object], into: type[Read]
    ) -> Read:
        """Put a JSON object in the place of what is there and return the answer as a model.

        :raises ChannelError: as `post_json` does.
        """
        send = partial(self._http.put_json, path, payload=payload)
        return self._into(into, self._sent(send, write=True), write=True)

    def post_form(self, path: str, *, fields: Mapping[str, str], into: type[Read]) -> Read:
        """Post form fields that change nothing there and return the answer as a model.

        :raises ChannelError: the kind says what the outcome was.
        """
        send = partial(self._http.post_form, path, fields=fields)
        return self._into(into, self._sent(send, write=False), write=False)

    def put_form(self, path: str, *, fields: Mapping[str, str], into: type[Read]) -> Read:
        """Put form fields in the place of what is there and return the answer as a model.

        :raises ChannelError: as `post_json` does.
        """
        send = partial(self._http.put_form, path, fields=fields)
        return self._into(into, self._sent(send, write=True), write=True)

    def patch_form(self, path: str, *, fields: Mapping[str, str], into: type[Read]) -> Read:
        """Change these fields of what is there and return the answer as a model.

        :raises ChannelError: as `post_json` does.
        """
        send = partial(self._http.patch_form, path, fields=fields)
        return self._into(into, self._sent(send, write=True), write=True)

    # What an answer is --------------------------------------------------------------------

    def _get(self, path: str, query: Query | None) -> Answer:
        return self._sent(partial(self._http.get, path, query=query or {}), write=False)

    def _sent(self, send: Callable[..., Answer], *, write: bool) -> Answer:
        """Send what is prepared when it is our turn, as ourselves, and judge the answer."""
        self._wait_turn()
        answer = send(headers=self._headers, also=_WORDS_ARE_WANTED)
        return self._judged(answer, write=write)

    def _judged(self, answer: Answer, *, write: bool) -> Answer:
        self._note_rates(answer)
        if answer.status < 300:
            return answer
        if answer.status == 429:
            raise _too_fast(answer)
        error = error_for(answer, title=self._http.title, write=write)
        words = _said(answer).casefold()
        if answer.status in {401, 403} and any(one in words for one in _OF_THE_KEY):
            raise AuthExpired(
                "Etsy does not accept the app's keystring and shared secret: copy both again "
                "from Etsy's page Your Apps",
                request_id=request_id(answer.headers),
            )
        said = KNOWN.known(words) if answer.status < 500 else ""
        told = f"{error}: {said}" if said else str(error)
        raise type(error)(told, retry_after=error.retry_after, request_id=error.request_id)

    def _into(self, into: type[Read], answer: Answer, *, write: bool) -> Read:
        try:
            return into.model_validate_json(answer.body)
        except ValidationError as e:
            where = ".".join(str(part) for part in e.errors()[0]["loc"])
            what = f"Etsy's answer is not as it promises, at {where or 'its beginning'}"
            # "from None": the words of pydantic quote the answer.
            raise unreadable(what, write=write, answer=answer) from None

    # Rates --------------------------------------------------------------------------------

    def _wait_turn(self) -> None:
        for rate in (PER_SECOND, PER_DAY):
            wait = self._pacer.take(rate.bucket, cost=1, size=rate.size, per=rate.per)
            if wait > NO_WAIT:
                raise RateLimited(_WORDS[rate.bucket], retry_after=wait)

    def _note_rates(self, answer: Answer) -> None:
        """Tell the shared buckets what Etsy says is left; a plain 429 says "nothing"."""
        nothing = 0 if answer.status == 429 else None
        told = answer.headers
        second = _number(told, *_SECOND_LEFT)
        day = _number(told, "x-remaining-today")
        if second is None and day is None:
            second = nothing
        self._tell(PER_SECOND, second, size=_number(told, "x-limit-per-second"))
        self._tell(PER_DAY, day, size=_number(told, "x-limit-per-day"))

    def _tell(self, rate: Rate, left: int | None, *, size: int | None) -> None:
        if left is not None:
            self._pacer.told(rate.bucket, available=left, size=size or None, per=rate.per)


_WORDS: Mapping[str, str] = {
    "second": "Etsy asks us to slow down",
    "day": (
        "today's calls to Etsy are used up; they come back little by little over 24 hours, "
        "and orders still arrive by webhook"
    ),
}


def _too_fast(answer: Answer) -> RateLimited:
    is_day = _number(answer.headers, "x-remaining-today") == 0
    wait = retry_after(answer.headers)
    return RateLimited(
        _WORDS["day" if is_day else "second"],
        retry_after=None if wait is None else min(wait, LONGEST_WAIT),
        request_id=request_id(answer.headers),
    )


def _said(answer: Answer) -> str:
    """Return Etsy's own words, which are searched and never shown."""
    try:
        refused = _Refused.model_validate_json(answer.body)
    except ValidationError:
        return ""
    return ": ".join(filter(None, (refused.error, refused.error_description)))


def _number(headers: Mapping[str, str], *names: str) -> int | None:
    for name in names:
        found = headers.get(name, "").strip()
        if found.isascii() and found.isdigit() and len(found) <= 12:
            return int(found)
    return None
