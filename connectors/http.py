"""The one way out to a channel: one origin per account, and every outcome named.

`Http` says what an outcome means; a `Transport` only carries it.
"""

from collections.abc import Callable, Container, Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from connectors.addresses import AddressRefused
from connectors.errors import ChannelError, OutcomeUnknown, Rejected, Retryable
from connectors.statuses import error_for
from connectors.transport import (
    Answer,
    AnswerLost,
    NotSent,
    RequestsTransport,
    Transport,
)

Failpoint = Callable[[str], None]
"""Called by name around an outbound call; a simulation may stop there by raising."""


Query = Mapping[str, str | int | bool]
"""What stands behind the question mark; yes and no are written `true` and `false`."""

_READ_JSON: Mapping[str, str] = {"Accept": "application/json"}


def pass_through(_name: str) -> None:
    """Do nothing at a failpoint."""


class Http:
    """Calls to one origin for one account, ending in an answer or in the contract's error.

    Made for one piece of work at a time: do not share it between threads.
    """

    def __init__(
        self,
        *,
        title: str,
        origin: str,
        allow_loopback: bool = False,
        transport: Transport | None = None,
        failpoint: Failpoint = pass_through,
    ) -> None:
        """Take the origin (`https://host`) that every call goes to.

        :raises Rejected: it is not one we may call.
        """
        if problem := origin_problem(origin, allow_loopback=allow_loopback):
            raise Rejected(f"host_not_allowed: {problem}")
        self.title = title
        self._origin = origin
        self._transport = transport or RequestsTransport()
        self._failpoint = failpoint

    def get(
        self,
        path: str,
        *,
        query: Query,
        headers: Mapping[str, str],
        also: Container[int] = frozenset(),
    ) -> Answer:
        """Ask for a path of the origin and return a 2xx answer.

        An answer whose status is in `also` is handed back too, for its words to be read.

        :raises ChannelError: the kind says what the outcome was.
        """
        written = {name: _written(value) for name, value in query.items()}
        return self._exchange(
            lambda: self._transport.get(
                self._origin + path, query=written, headers=headers
            ),
            write=False,
            also=also,
        )

    def post_json(
        self,
        path: str,
        *,
        payload: Mapping[str, object],
        headers: Mapping[str, str],
        write: bool,
        also: Container[int] = frozenset(),
    ) -> Answer:
        """Post a JSON object to a path of the origin and return a 2xx answer.

        `write` says whether doing it twice would matter: only then is a lost answer an
        OutcomeUnknown, and otherwise Retryable. `also` is as for `get`.

        :raises ChannelError: the kind says what the outcome was.
        """
        return self._exchange(
            lambda: self._transport.post_json(
                self._origin + path, payload=payload, headers=headers
            ),
            write=write,
            also=also,
        )

    def put_json(
        self,
        path: str,
        *,
        payload: Mapping[str, object],
        headers: Mapping[str, str],
        also: Container[int] = frozenset(),
    ) -> Answer:
        """Put a JSON object in the place of what is at a path and return a 2xx answer.

        `also` is as for `get`.

        :raises ChannelError: the kind says what the outcome was.
        """
        return self._exchange(
            lambda: self._transport.put_json(
                self._origin + path, payload=payload, headers=headers
            ),
            write=True,
            also=also,
        )

    def post_form(
        self,
        path: str,
        *,
        fields: Mapping[str, str],
        headers: Mapping[str, str] = _READ_JSON,
        also: Container[int] = frozenset(),
    ) -> Answer:
        """Post form fields that change nothing there and return a 2xx answer.

        `also` is as for `get`.

        :raises ChannelError: the kind says what the outcome was.
        """
        return self._exchange(
            lambda: self._transport.post_form(
                self._origin + path, fields=fields, headers=headers
            ),
            write=False,
            also=also,
        )

    def put_form(
        self,
        path: str,
        *,
        fields: Mapping[str, str],
        headers: Mapping[str, str],
        also: Container[int] = frozenset(),
    ) -> Answer:
        """Put form fields in the place of what is at a path and return a 2xx answer.

        `also` is as for `get`.

        :raises ChannelError: the kind says what the outcome was.
        """
        return self._exchange(
            lambda: self._transport.put_form(
                self._origin + path, fields=fields, headers=headers
            ),
            write=True,
            also=also,
        )

    def patch_form(
        self,
        path: str,
        *,
        fields: Mapping[str, str],
        headers: Mapping[str, str],
        also: Container[int] = frozenset(),
    ) -> Answer:
        """Change these fields of what is at a path and return a 2xx answer.

        `also` is as for `get`.

        :raises ChannelError: the kind says what the outcome was.
        """
        return self._exchange(
            lambda: self._transport.patch_form(
                self._origin + path, fields=fields, headers=headers
            ),
            write=True,
            also=also,
        )

    def _exchange(
        self,
        send: Callable[[], Answer],
        *,
        write: bool,
        also: Container[int],
    ) -> Answer:
        self._failpoint("http.before_send")
        try:
            answer = send()
        except NotSent as e:
            raise Retryable(f"{self.title} could not be reached; nothing was sent") from e
        except AddressRefused as e:
            raise Rejected(
                "host_not_allowed: the name leads to an address that is not public"
            ) from e
        except AnswerLost as e:
            raise self._lost(write=write) from e
        self._failpoint("http.after_answer")
        if 200 <= answer.status < 300 or answer.status in also:
            return answer
        raise error_for(answer, title=self.title, write=write)

    def _lost(self, *, write: bool) -> ChannelError:
        if write:
            return OutcomeUnknown(f"{self.title} was told, but its answer was lost")
        return Retryable(f"{self.title} did not answer in time")


def _written(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def origin_problem(origin: str, *, allow_loopback: bool) -> str:
    """Say what keeps an origin from being called, or nothing.

    It must be https and a host, bare of anything else; or, only when `allow_loopback`,
    http and this machine.
    """
    try:
        parts = urlsplit(origin)
        host, _port = parts.hostname or "", parts.port  # asking for a bad port raises
    except ValueError:
        return "this is not an address"
    if f"{parts.scheme}://{parts.netloc}" != origin or not host or "@" in parts.netloc:
        return "an address here is https:// and a host, with nothing after it"
    if parts.scheme == "https":
        return "this machine is reached without https" if is_this_machine(host) else ""
    if parts.scheme != "http" or not is_this_machine(host):
        return "only https is spoken, except to a sandbox on this machine"
    return "" if allow_loopback else "this machine is only allowed for sandboxes"


def is_this_machine(host: str) -> bool:
    """Say whether a host is this machine by its name or number."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
