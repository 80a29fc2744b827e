"""Each way a call goes wrong has its own error, and no error says a secret or names a person."""

import io
import logging
import traceback
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from datetime import datetime, timedelta
from functools import partial

import pytest

from connectors.errors import (
    AuthExpired,
    ChannelError,
    NotFound,
    PermissionDenied,
    RateLimited,
    Rejected,
    Retryable,
)
from connectors.protocol import Channel
from connectors.spec import Capability
from mapping.effects import SetStock
from tests.contract.asking import (
    box,
    checked,
    entrance,
    error_of,
    fetcher,
    fulfil,
    lets_in,
    listed,
    needs,
    poller,
    provisioner,
    pusher,
    renewer,
    says_orders,
    sells,
    spec_of,
    stocked,
    wire,
)
from tests.contract.harness import (
    COME_BACK,
    PEOPLE,
    Harness,
    LetsIn,
    Oddity,
    OnTheWire,
    Renews,
    Stands,
    Trouble,
)

ADDRESS = "https://hub.example/webhooks/ours"
MINUTES = timedelta(minutes=3)

MEANING: dict[Trouble, tuple[type[ChannelError], ...]] = {
    Trouble.NOT_SENT: (Retryable,),
    Trouble.LOST_BEFORE: (Retryable,),
    Trouble.LOST_AFTER: (Retryable,),
    Trouble.FAILURE: (Retryable,),
    Trouble.BUSY: (RateLimited,),
    Trouble.BUSY_UNSAID: (RateLimited,),
    Trouble.REVOKED: (AuthExpired,),
    Trouble.FORBIDDEN: (PermissionDenied,),
    Trouble.GONE: (NotFound, AuthExpired),
    Trouble.REFUSED: (Rejected,),
    Trouble.GARBAGE: (Retryable,),
    Trouble.ELSEWHERE: (Rejected,),
}
"""What each trouble is when nothing was to be changed."""

UNDONE = tuple(one for one in Trouble if one is not Trouble.LOST_AFTER)


class Full:
    """A bucket that is empty for three minutes, and notes who asked."""

    def __init__(self) -> None:
        self.asked = 0

    def take(self, bucket: str, *, cost: int, size: int, per: timedelta) -> timedelta:
        """Let nobody through."""
        assert bucket
        assert 0 < cost <= size
        assert per > timedelta(0)
        self.asked += 1
        return MINUTES

    def told(
        self,
        bucket: str,
        *,
        available: int,
        size: int | None = None,
        per: timedelta | None = None,
    ) -> None:
        """Never be told, because nobody called."""
        raise AssertionError(f"{bucket}: {available} of {size} in {per}")


def said_by(act: Callable[[], object]) -> str:
    """Do something; return all it logs, prints, and says in errors and their causes."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    root, before = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        with redirect_stdout(stream), redirect_stderr(stream):
            act()
    except ChannelError as error:
        told = "".join(traceback.format_exception(error))
        return f"{stream.getvalue()}{told}{error!r}{error.request_id}"
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
    return stream.getvalue()


def betrayed(h: Harness, said: str) -> list[str]:
    """Every secret and every part of a person that was said."""
    return [word for word in (*h.secrets(), *PEOPLE) if word and word in said]


def fetch(h: Harness) -> Callable[[], object]:
    """Prepare to fetch an order."""
    needs(h, Capability.ORDERS_FETCH)
    order_id = h.place()
    return lambda: fetcher(h.channel()).fetch_order(order_id)


def acts(h: Harness) -> dict[str, Callable[[Channel], object]]:
    """Everything a channel can do that calls its shop, by name."""
    declared, now = spec_of(h).capabilities, wire(h).now
    found: dict[str, Callable[[Channel], object]] = {}
    if Capability.ORDERS_FETCH in declared:
        order_id = h.place()
        found["fetch"] = lambda c: fetcher(c).fetch_order(order_id)
    if Capability.FULFIL in declared:
        parcel = fulfil(h, h.place())
        found["fulfil"] = lambda c: pusher(c).push(parcel)
        found["look up"] = lambda c: pusher(c).look_up(parcel)
    for stream in spec_of(h).streams:
        name = stream.name
        found[f"changes of {name}"] = partial(_change, stream=name, now=now)
    if Capability.ORDERS_POLL in declared:
        since = now - timedelta(days=9)
        found["history"] = lambda c: poller(c).history(
            since=since, until=now, cursor="", limit=2
        )
    return found | shelf_acts(h) | standing_acts(h) | mailbox_acts(h)


def _change(channel: Channel, *, stream: str, now: datetime) -> object:
    return poller(channel).changes(stream, cursor="", now=now, limit=2)


def shelf_acts(h: Harness) -> dict[str, Callable[[Channel], object]]:
    """What concerns stock and the catalogue."""
    declared = spec_of(h).capabilities
    found: dict[str, Callable[[Channel], object]] = {}
    if Capability.CATALOGUE in declared:
        found["catalogue"] = lambda c: listed(c).catalogue(cursor="", limit=2)
    if Capability.STOCK in declared:
        ref = sells(h).on_sale()[0].ref
        wish = SetStock(ref=ref, quantity=sells(h).shown(ref) + 1, key="wish-1")
        found["stock"] = lambda c: stocked(c).stock([ref])
        found["set stock"] = lambda c: pusher(c).push(wish)
    return found


def mailbox_acts(h: Harness) -> dict[str, Callable[[Channel], object]]:
    """What concerns a box of messages."""
    if Capability.MAILBOX not in spec_of(h).capabilities:
        return {}
    h.place()
    now = wire(h).now
    [mail] = box(h.channel()).messages(cursor="", now=now, limit=1).messages
    return {
        "messages": lambda c: box(c).messages(cursor="", now=now, limit=2),
        "wait": lambda c: box(c).wait(seconds=0),
        "file": lambda c: box(c).file(
            folder=mail.folder,
            validity=mail.validity,
            number=mail.number,
            into="Review",
            message_id=mail.message_id,
        ),
    }


def standing_acts(h: Harness) -> dict[str, Callable[[Channel], object]]:
    """What concerns the connection itself."""
    declared, now = spec_of(h).capabilities, wire(h).now
    found: dict[str, Callable[[Channel], object]] = {}
    if Capability.WEBHOOKS in declared:
        found["audit"] = lambda c: provisioner(c).audit_webhooks(ADDRESS)
        found["ensure"] = lambda c: provisioner(c).ensure_webhooks(ADDRESS)
        found["remove"] = lambda c: provisioner(c).remove_webhooks(ADDRESS)
    if isinstance(h, Stands):
        found["check up"] = lambda c: checked(c).check_up(now=now)
    if isinstance(h, Renews) and Oddity.RENEWED not in h.impossible:
        found["renew"] = lambda c: renewer(c).renew(now=now)
    if isinstance(h, LetsIn) and Capability.OAUTH in declared:
        asked = {"redirect_uri": "https://hub.example/back", "verifier": "v" * 43}
        page = entrance(h.channel()).authorise(state="s" * 20, **asked)
        answer = lets_in(h).agree(page)
        found["finish"] = lambda c: entrance(c).finish(answer=answer, now=now, **asked)
    return found


UNPACED = {"renew", "finish", "ensure", "audit", "remove"}
"""What need not ask the pacer first: it is rare, or goes to another server than the rest."""


# What each trouble is -----------------------------------------------------------------------


@pytest.mark.parametrize("trouble", list(Trouble), ids=str)
def test_every_trouble_has_its_own_error(h: Harness, trouble: Trouble) -> None:
    act = fetch(h)
    wire(h).fail_next(trouble)

    assert isinstance(error_of(act), MEANING[trouble])


@pytest.mark.parametrize("trouble", [Trouble.REVOKED, Trouble.FORBIDDEN, Trouble.REFUSED])
def test_what_a_person_must_mend_is_not_tried_again(h: Harness, trouble: Trouble) -> None:
    act = fetch(h)
    wire(h).fail_next(trouble)

    assert not isinstance(error_of(act), Retryable)


def test_when_to_come_back_is_kept_and_never_made_up(h: Harness) -> None:
    act = fetch(h)

    wire(h).fail_next(Trouble.BUSY)
    said = error_of(act)
    wire(h).fail_next(Trouble.BUSY_UNSAID)
    unsaid = error_of(act)

    assert said.retry_after == COME_BACK
    assert unsaid.retry_after is None


def test_after_a_trouble_the_same_call_works(h: Harness) -> None:
    act = fetch(h)
    for trouble in Trouble:
        wire(h).fail_next(trouble)
        error_of(act)
        act()


def test_one_call_is_one_attempt(h: Harness) -> None:
    act = fetch(h)
    for trouble in Trouble:
        calls = wire(h).calls()
        wire(h).fail_next(trouble)
        error_of(act)
        assert wire(h).calls() == calls + 1, trouble


def test_an_order_that_is_not_there_is_not_found(h: Harness) -> None:
    needs(h, Capability.ORDERS_FETCH)
    h.place()

    for wrong in ("999999999", "", "é", "../me", "a b?c#d", "1" * 400):
        error = error_of(partial(fetcher(h.channel()).fetch_order, wrong))
        assert isinstance(error, NotFound | Rejected), wrong


def test_nobody_follows_to_another_host(h: Harness) -> None:
    act = fetch(h)
    act()
    hosts = wire(h).hosts()
    wire(h).fail_next(Trouble.ELSEWHERE)

    error_of(act)

    assert wire(h).hosts() == hosts
    assert len(hosts) == 1


# What is said ------------------------------------------------------------------------------


def test_no_error_and_no_log_says_a_secret_or_names_a_person(h: Harness) -> None:
    if not isinstance(h, OnTheWire):
        pytest.skip(f"{spec_of(h).key} calls nobody")

    for name, act in acts(h).items():
        for trouble in (*UNDONE, Trouble.LOST_AFTER):
            for write in (False, True):
                wire(h).calm()
                wire(h).fail_next(trouble, write=write)
                said = said_by(partial(act, h.channel()))
                assert betrayed(h, said) == [], f"{name}: {trouble}"


def test_a_message_nobody_can_read_is_not_quoted(h: Harness) -> None:
    says_orders(h)
    message = h.message(h.place())
    quoting = message.body.replace(b'{"', b'{"' + PEOPLE[1].encode() + b'":1,"', 1)
    body = quoting[:-1] + b"!"

    said = said_by(lambda: h.channel().read(type(message)(topic=message.topic, body=body)))

    assert said
    assert betrayed(h, said) == []


def test_nothing_shows_a_secret_when_it_is_shown(h: Harness) -> None:
    shown = repr(h.typed()) + repr(h.channel()) + str(h.channel()) + repr(spec_of(h))

    assert betrayed(h, shown) == []


def test_no_problem_of_what_was_typed_quotes_it(h: Harness) -> None:
    typed = h.typed()
    spoilt = type(typed)(
        settings={name: f"{value} é" for name, value in typed.settings.items()},
        credentials={name: f"{value} é" for name, value in typed.credentials.items()},
        webhook_secrets=tuple(f"{one} é" for one in typed.webhook_secrets),
    )

    assert betrayed(h, repr(dict(h.registration.check(spoilt)))) == []


# Calls in turn ------------------------------------------------------------------------------


def test_nobody_calls_while_the_bucket_is_empty(h: Harness) -> None:
    if not isinstance(h, OnTheWire) or not spec_of(h).rates:
        pytest.skip(f"{spec_of(h).key} is called as often as we like")
    everything = acts(h)
    calls = wire(h).calls()

    for name in everything.keys() - UNPACED:
        full = Full()
        error = error_of(partial(everything[name], h.channel(pacer=full)))
        assert isinstance(error, RateLimited), name
        assert error.retry_after == MINUTES, name
        assert full.asked == 1, name

    assert wire(h).calls() == calls
