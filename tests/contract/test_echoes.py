"""The whole hub over every channel: what we wrote ourselves comes back and starts nothing."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest
from sqlalchemy import func, select

from connectors.protocol import Channel, ChecksUp, Connection, Health, Registration
from connectors.registry import CHANNELS
from connectors.spec import Capability
from hub.app import create_app
from hub.domain.people.roles import Role
from hub.flow.people.tokens import make_token
from hub.invariants import check
from hub.models.records.channels import ChannelAccount
from hub.models.records.messages import OutboundMessage
from hub.models.session import Database
from tests.contract.asking import needs, posts, sells, spec_of, stands, takes, wire
from tests.contract.harness import Basket, Harness
from tests.doors import HandClock, connect_shop, make_ports
from tests.web.api.program import Program
from workers.sweep import sweep

MINUTE = timedelta(minutes=1)
STUCK = ("held", "dead", "unknown")
ANOTHERS = "somebody-elses-shop"


class Hub:
    """A hub of one connection, to the harness's shop, with one clock for both."""

    def __init__(self, database: Database, h: Harness) -> None:
        self.h, self.spec, self.is_anothers = h, spec_of(h), False
        made = replace(h.registration, connect=self._connect, check=lambda _told: {})
        self.clock = HandClock(at=wire(h).now)
        self.ports = make_ports(database, clock=self.clock, channels={self.spec.key: made})
        typed = h.typed()
        self.account = connect_shop(
            self.ports,
            channel=self.spec.key,
            settings=typed.settings,
            credentials=typed.credentials,
            webhook_secrets=tuple(typed.webhook_secrets),
        )
        token = database.run(
            lambda session: make_token(
                session, name="owner", role=Role.OWNER, now=self.clock.now()
            )
        )
        client = create_app(self.ports).test_client()
        self.owner = Program(client, token=token, ports=self.ports)

    def _connect(self, told: Connection) -> Channel:
        channel = self.h.channel(token=told.token, pacer=told.pacer)
        if self.is_anothers and isinstance(channel, ChecksUp):
            seen = channel.check_up
            channel.check_up = lambda *, now: _anothers(seen(now=now))  # type: ignore[method-assign]
        return channel

    def switch_on(self, capability: str) -> None:
        """Take one capability live."""
        with self.ports.database.begin() as session:
            account = session.get_one(ChannelAccount, self.account.id)
            account.capabilities = {**account.capabilities, capability: True}

    def work(self, minutes: int) -> None:
        """Let time pass in the shop and here, and the workers do what there is to do."""
        for _ in range(minutes):
            wire(self.h).pass_time(MINUTE)
            self.clock.at = wire(self.h).now
            sweep(self.ports)

    def hear(self, order_id: str, *, event: str) -> None:
        """Let the shop's message of an order come in, where it sends any."""
        if Capability.ORDERS_WEBHOOK not in self.spec.capabilities:
            return
        posted = posts(self.h).post(order_id, event=event)
        url = cast(
            "str", self.owner.get(f"/channels/{self.account.id}").json["webhook_url"]
        )
        answer = self.owner.client.post(
            "/" + url.split("/", 3)[3],
            data=posted.body,
            headers={**posted.headers, "Content-Type": "application/json"},
        )
        assert answer.status_code in {200, 202}, answer.text

    def map_and_stock(self, sku: str) -> None:
        """Lay ten of a soap in stock, and say that the listing of a SKU is one of it."""
        soap = {"code": "SOAP", "name": "Soap", "kind": "product", "unit": "each"}
        self.owner.post("/items", soap)
        ten = {"amount": "10", "unit": "each"}
        self.owner.post("/lots", {"item": "SOAP", "quantity": ten, "code": "SOAP-1"})
        one = {"item": "SOAP", "quantity": {"amount": "1", "unit": "each"}}
        for listing in self.owner.get(f"/listings?sku={sku}").items:
            path = f"/listings/{listing['id']}/mapping"
            answer = self.owner.call("PUT", path, {"components": [one]})
            assert answer.status == 200, answer.text

    def sku_sold(self) -> str:
        """The SKU of the only line of the only order."""
        [order] = self.owner.get("/orders").items
        whole = self.owner.get(f"/orders/{order['id']}").json
        [line] = cast("list[Mapping[str, object]]", whole["lines"])
        return str(line["sku"])

    def told(self) -> int:
        """Count every outbound row there ever was."""
        with self.ports.database.reading() as session:
            return session.scalar(select(func.count()).select_from(OutboundMessage)) or 0

    def there(self) -> ChannelAccount:
        """The connection as it is now."""
        with self.ports.database.reading() as session:
            return session.get_one(ChannelAccount, self.account.id)

    def assert_sound(self) -> None:
        """See that the hub holds its laws and nothing waits for a person."""
        with self.ports.database.reading() as session:
            assert check(session) == []
            stuck = select(OutboundMessage.kind).where(OutboundMessage.state.in_(STUCK))
            assert session.scalars(stuck).all() == []
        assert self.there().problem == ""


def _anothers(health: Health) -> Health:
    return replace(health, shop_ref=ANOTHERS, shop_name="Somebody else's")


@pytest.fixture
def over(
    sqlite_database: Database, h: Harness, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], Hub]:
    """What connects a hub to the shop, once the test has skipped what cannot be."""
    known = cast("dict[str, Registration]", CHANNELS)
    monkeypatch.setitem(known, spec_of(h).key, h.registration)
    return lambda: Hub(sqlite_database, h)


def test_our_own_parcel_that_comes_back_starts_nothing(
    h: Harness, over: Callable[[], Hub]
) -> None:
    needs(h, Capability.FULFIL, Capability.ORDERS_POLL, Capability.CATALOGUE)
    hub = over()
    hub.work(2)
    order_id = h.place(Basket(quantity=2))
    hub.hear(order_id, event="placed")
    hub.work(12)
    hub.map_and_stock(hub.sku_sold())
    hub.work(2)
    [order] = hub.owner.get("/orders").items
    parcel = {"order": order["id"], "carrier": takes(h).known_carrier}
    hub.owner.post("/shipments", {**parcel, "tracking_number": "PK7"})
    hub.work(3)
    parcels, mails = list(takes(h).parcels(order_id)), takes(h).mails()
    told, writes = hub.told(), wire(h).writes()

    for again in range(2):
        hub.hear(order_id, event=f"echo-{again}")
        hub.work(8)

    assert [(one.number, one.pieces) for one in parcels] == [("PK7", 2)]
    assert list(takes(h).parcels(order_id)) == parcels
    assert (takes(h).mails(), wire(h).writes()) == (mails, writes)
    assert hub.told() == told
    [seen] = hub.owner.get("/orders").items
    assert (seen["phase"], seen["hold_reasons"]) == ("shipped", [])
    assert len(hub.owner.get("/shipments").items) == 1
    hub.assert_sound()


def test_our_own_stock_that_comes_back_is_not_written_again(
    h: Harness, over: Callable[[], Hub]
) -> None:
    needs(h, Capability.STOCK, Capability.CATALOGUE, Capability.ORDERS_POLL)
    hub = over()
    hub.switch_on("stock")
    hub.work(2)
    order_id = h.place(Basket(quantity=2))
    hub.hear(order_id, event="placed")
    hub.work(12)
    sold = hub.sku_sold()
    [sale] = [one for one in sells(h).on_sale() if one.sku == sold]
    hub.map_and_stock(sold)
    hub.work(20)
    assert sells(h).shown(sale.ref) == 8
    told, writes = hub.told(), wire(h).writes()

    hub.hear(order_id, event="echo")
    hub.work(30)

    assert sells(h).shown(sale.ref) == 8
    assert (hub.told(), wire(h).writes()) == (told, writes)
    hub.assert_sound()


def test_credentials_of_another_shop_are_refused_and_nothing_is_done_there(
    h: Harness, over: Callable[[], Hub]
) -> None:
    needs(h, Capability.ORDERS_POLL)
    ours = stands(h).shop_ref
    hub = over()
    hub.work(2)
    assert hub.there().shop_ref == ours

    hub.is_anothers = True
    hub.work(1)
    hub.owner.post(f"/channels/{hub.account.id}/check")
    hub.work(2)
    orders, writes = hub.owner.get("/orders").items, wire(h).writes()
    h.place()
    hub.work(15)

    there = hub.there()
    assert there.needs_reconnect
    assert "another shop" in there.problem
    assert there.shop_ref == ours
    assert hub.owner.get("/orders").items == orders
    assert wire(h).writes() == writes
