"""The pretended shop of the toy channel: a market stall with a small, strict API of its own."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from urllib.parse import parse_qsl, urlsplit

from connectors.transport import Answer
from tests.contract.wire import Asked

Json = dict[str, object]
START = datetime(2026, 11, 22, 12, tzinfo=UTC)
RIGHTS = frozenset({"orders", "parcels", "stock", "hooks"})


class Refused(Exception):
    """The stall does not do that."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


@dataclass
class Line:
    """A line of an order."""

    id: str
    thing: str
    sku: str
    ordered: int
    off: int = 0
    wish: str = ""


@dataclass
class Sent:
    """A parcel."""

    ref: str
    number: str
    carrier: str
    lines: dict[str, int]
    delivered_at: str = ""


@dataclass
class Order:
    """An order at the stall."""

    id: str
    placed_at: datetime
    changed_at: datetime
    lines: list[Line]
    status: str = "paid"
    is_test: bool = False
    revision: int = 1
    holds: set[str] = field(default_factory=set)
    note: str = ""
    promised_on: str = ""
    parcels: list[Sent] = field(default_factory=list)

    def left(self, line: Line) -> int:
        """Pieces of a line that still have to be sent."""
        return line.ordered - line.off - sum(p.lines.get(line.id, 0) for p in self.parcels)


@dataclass
class Thing:
    """Something on sale."""

    id: str
    sku: str
    title: str
    stock: int


@dataclass
class Hook:
    """A wish to be told."""

    id: str
    topic: str
    address: str


@dataclass
class Stall:
    """Everything that is true at the stall."""

    ref: str = "stall-1"
    key: str = "toy-key-0123456789"
    person: tuple[str, str, str] = ("", "", "")
    now: datetime = START
    zone: timedelta = timedelta(hours=13)
    rights: frozenset[str] = RIGHTS
    orders: dict[str, Order] = field(default_factory=dict)
    things: dict[str, Thing] = field(default_factory=dict)
    hooks: list[Hook] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    refresh: str = ""
    codes: dict[str, str] = field(default_factory=dict)
    """Codes not yet traded, each with the challenge it was asked with."""
    mails: int = 0
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        """Put three things on sale."""
        for number in range(1, 4):
            made = Thing(id=f"L{number}", sku=f"SOAP-{number}", title="Soap", stock=10)
            self.things[made.id] = made

    def touch(self, order: Order) -> None:
        """Note that an order changed."""
        order.changed_at = self.now
        order.revision += 1

    def write(self, order: Order) -> Json:
        """Write an order as the stall's own JSON."""
        name, mail, street = self.person
        lines = [
            {
                "id": one.id,
                "thing": one.thing,
                "sku": one.sku,
                "title": "Soap",
                "ordered": one.ordered,
                "off": one.off,
                "sent": one.ordered - one.off - order.left(one),
                "price": "9.90",
                "wish": [["Name", one.wish]] if one.wish else [],
            }
            for one in order.lines
        ]
        cents = sum(990 * one.ordered for one in order.lines) + 410
        return {
            "id": order.id,
            "revision": order.revision,
            "placed_at": self._written(order.placed_at),
            "changed_at": self._written(order.changed_at),
            "status": order.status,
            "test": order.is_test,
            "currency": "EUR",
            "total": f"{cents // 100}.{cents % 100:02}",
            "buyer": {"id": "B1", "name": name, "mail": mail},
            "address": {"street": street, "city": "Granada", "country": "ES"},
            "lines": lines,
            "holds": sorted(order.holds),
            "note": order.note,
            "promised_on": order.promised_on,
            "parcels": [vars(one) for one in order.parcels],
        }

    # The API --------------------------------------------------------------------------------

    def answer(self, asked: Asked) -> Answer:
        """Answer a call."""
        try:
            status, body = 200, self._answer(asked)
        except Refused as no:
            status, body = no.status, {"error": str(no)}
        written = json.dumps(body).encode()
        return Answer(
            status=status, headers={"content-type": "application/json"}, body=written
        )

    def _answer(self, asked: Asked) -> Json:
        parts = urlsplit(asked.url)
        query = dict(parse_qsl(parts.query))
        if parts.path == "/oauth/token":
            return self._grant(dict(parse_qsl(asked.body.decode())))
        if (
            asked.headers.get("Authorization", "").removeprefix("Bearer ")
            not in self.tokens
        ):
            raise Refused(401, "no such token")
        if asked.headers.get("X-Toy-Key") != self.key:
            raise Refused(401, "no such app")
        body: Json = json.loads(asked.body) if asked.body else {}
        for method, pattern, right, act in self._routes():
            found = re.fullmatch(pattern, parts.path)
            if found and method == asked.method:
                if right and right not in self.rights:
                    raise Refused(403, "your app may not do that")
                return act(found.groupdict(), query, body)
        raise Refused(404, "no such thing")

    def _routes(self) -> list[tuple[str, str, str, "Act"]]:
        order, parcel = r"/v1/orders/(?P<id>\w+)", r"/parcels/(?P<ref>\w+)"
        return [
            ("GET", "/v1/me", "", self._me),
            ("GET", "/v1/orders", "orders", self._list),
            ("GET", order, "orders", lambda at, _q, _b: self.write(self._order(at))),
            ("POST", f"{order}/parcels", "parcels", self._send),
            ("PUT", f"{order}{parcel}", "parcels", self._amend),
            ("PUT", f"{order}/holds", "parcels", self._hold),
            ("PUT", f"{order}/note", "parcels", self._note),
            ("PUT", f"{order}/promise", "parcels", self._promise),
            ("GET", "/v1/things", "stock", self._things),
            ("GET", "/v1/places", "stock", self._places),
            ("PUT", r"/v1/things/(?P<id>\w+)/stock", "stock", self._set_stock),
            ("GET", "/v1/hooks", "hooks", lambda _a, _q, _b: self._hooks()),
            ("POST", "/v1/hooks", "hooks", self._subscribe),
            ("POST", r"/v1/hooks/(?P<id>\w+)/end", "hooks", self._unsubscribe),
        ]

    def _me(self, _at: Mapping[str, str], _query: Mapping[str, str], _body: Json) -> Json:
        return {"shop": self.ref, "name": "The stall", "rights": sorted(self.rights)}

    def _list(self, _at: Mapping[str, str], query: Mapping[str, str], _body: Json) -> Json:
        """List heads by one of their times, keyset after (time, id), within [since, until]."""
        by = "placed_at" if query.get("by") == "placed" else "changed_at"
        since, until = (datetime.fromisoformat(query[name]) for name in ("since", "until"))
        found = [
            (self._time(one, by).isoformat(), one.id, one)
            for one in self.orders.values()
            if since <= self._time(one, by) <= until
        ]
        after = (query.get("after_time", ""), query.get("after_id", ""))
        rows = sorted(row for row in found if (row[0], row[1]) > after)
        limit = int(query["limit"])
        if not 1 <= limit <= 50:
            raise Refused(422, "limit is 1 to 50")
        page = [
            {"id": one.id, "revision": str(one.revision), "time": when}
            for when, _, one in rows[:limit]
        ]
        return {"rows": page, "more": len(rows) > limit, "total": len(found)}

    def _send(self, at: Mapping[str, str], _query: Mapping[str, str], body: Json) -> Json:
        """Make a parcel each time it is asked to, and write to the buyer each time."""
        order = self._order(at)
        lines = {str(k): int(str(v)) for k, v in _object(body["lines"]).items()}
        if order.status == "cancelled":
            raise Refused(409, "the order was cancelled")
        by_id = {one.id: one for one in order.lines}
        if any(n > order.left(by_id[name]) for name, n in lines.items() if name in by_id):
            raise Refused(409, "there is not that much left to send")
        made = Sent(
            ref=f"P{next(self.numbers)}",
            number=str(body["number"]),
            carrier=str(body["carrier"]),
            lines=lines,
        )
        order.parcels.append(made)
        self.mails += body["tell"] is True
        self.touch(order)
        return {"ref": made.ref}

    def _amend(self, at: Mapping[str, str], _query: Mapping[str, str], body: Json) -> Json:
        order = self._order(at)
        found = [one for one in order.parcels if one.ref == at["ref"]]
        if not found:
            raise Refused(404, "no such parcel")
        for name in body.keys() & {"number", "carrier", "delivered_at"}:
            setattr(found[0], name, str(body[name]))
        self.touch(order)
        return {}

    def _hold(self, at: Mapping[str, str], _query: Mapping[str, str], body: Json) -> Json:
        order = self._order(at)
        handle = str(body["handle"])
        if body["held"] is True:
            order.holds.add(handle)
        else:
            order.holds.discard(handle)
        self.touch(order)
        return {}

    def _note(self, at: Mapping[str, str], _query: Mapping[str, str], body: Json) -> Json:
        order = self._order(at)
        order.note = str(body["note"])
        self.touch(order)
        return {}

    def _promise(
        self, at: Mapping[str, str], _query: Mapping[str, str], body: Json
    ) -> Json:
        order = self._order(at)
        order.promised_on = str(body["on"])
        self.touch(order)
        return {}

    def _things(
        self, _at: Mapping[str, str], query: Mapping[str, str], _body: Json
    ) -> Json:
        rows = [
            vars(one) for one in self.things.values() if one.id > query.get("after", "")
        ]
        limit = int(query["limit"])
        return {"rows": rows[:limit], "more": len(rows) > limit}

    def _places(self, _at: Mapping[str, str], _query: Mapping[str, str], _b: Json) -> Json:
        return {"rows": [{"id": "S1", "name": "Stall"}]}

    def _set_stock(
        self, at: Mapping[str, str], _query: Mapping[str, str], body: Json
    ) -> Json:
        if at["id"] not in self.things:
            raise Refused(404, "no such thing")
        thing = self.things[at["id"]]
        if body.get("if_shown") is not None and body["if_shown"] != thing.stock:
            return {"shown": thing.stock, "done": False}
        thing.stock = int(str(body["quantity"]))
        return {"shown": thing.stock, "done": True}

    def _hooks(self) -> Json:
        return {"rows": [vars(one) for one in self.hooks]}

    def _subscribe(
        self, _at: Mapping[str, str], _query: Mapping[str, str], body: Json
    ) -> Json:
        topic, address = str(body["topic"]), str(body["address"])
        self.hooks.append(Hook(id=f"H{next(self.numbers)}", topic=topic, address=address))
        return {}

    def _unsubscribe(self, at: Mapping[str, str], _q: Mapping[str, str], _b: Json) -> Json:
        self.hooks = [one for one in self.hooks if one.id != at["id"]]
        return {}

    # Letting in -----------------------------------------------------------------------------

    def _grant(self, fields: Mapping[str, str]) -> Json:
        """Trade a code or a refresh token, each good for one time only."""
        if fields.get("app") != self.key:
            raise Refused(400, "no such app")
        if fields["grant"] == "code":
            if self.codes.pop(fields["code"], None) != fields["challenge"]:
                raise Refused(400, "that code is used, too old or another's")
        elif not self.refresh or fields["refresh"] != self.refresh:
            raise Refused(400, "that was used already")
        return self.mint()

    def mint(self) -> Json:
        """Hand out a token, and what fetches the next one."""
        number = next(self.numbers)
        token, self.refresh = f"toy-token-{number:06}", f"toy-refresh-{number:06}"
        self.tokens.add(token)
        return {
            "token": token,
            "refresh": self.refresh,
            "seconds": 3600,
            "rights": sorted(self.rights),
            "shop": self.ref,
        }

    def _order(self, at: Mapping[str, str]) -> Order:
        if at["id"] not in self.orders:
            raise Refused(404, "no such order")
        return self.orders[at["id"]]

    def _time(self, order: Order, by: str) -> datetime:
        return order.placed_at if by == "placed_at" else order.changed_at

    def _written(self, time: datetime) -> str:
        """Write a time as people at the other end of the world do."""
        return (time + self.zone).replace(tzinfo=None).isoformat() + "+13:00"


Act = Callable[[Mapping[str, str], Mapping[str, str], Json], Json]


def _object(given: object) -> Mapping[str, object]:
    if not isinstance(given, dict):
        raise Refused(422, "that must be an object")
    return given
