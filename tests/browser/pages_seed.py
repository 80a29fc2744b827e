"""One workshop in which every page has something to show, written down by the flows people press.

Candles and soap of the sample company; orders in each phase, runs in each state, lots that may be
used, wait or are too old; what hangs, what was recalled, who may come in.
"""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.people.roles import Role
from hub.domain.stock.lot_states import LotState
from hub.flow.house.brand import Brand, change_brand
from hub.flow.intake.accept import accept
from hub.flow.mail.ask_customer import ask
from hub.flow.mail.customers import add_customer
from hub.flow.making.produce import cancel, finish, release, start
from hub.flow.meaning.map_lines import map_order
from hub.flow.orders.change import cancel_order, hold_order
from hub.flow.people.entrance import add_user
from hub.flow.people.invitations import invite
from hub.flow.people.saved_views import save_view
from hub.flow.people.sessions import open_session
from hub.flow.people.tokens import make_token
from hub.flow.phase import refresh_phases
from hub.flow.planning.plan import replan
from hub.flow.purchasing import purchase, purchase_draft, purchase_receive
from hub.flow.recalls.recall import start_recall
from hub.flow.shipping.ship import mark_delivered, ship
from hub.flow.shipping.take_back import Back, Fate, take_back
from hub.flow.stock import stock
from hub.flow.telling.tasks import open_task
from hub.models.records.channels import ChannelAccount
from hub.models.records.forecasts import Forecast
from hub.models.records.items import Item
from hub.models.records.listings import Listing
from hub.models.records.mails import InboundMail, Review
from hub.models.records.messages import InboundMessage, OutboundMessage
from hub.models.records.notifications import Notification
from hub.models.records.orders import Customer, OrderLine, SalesOrder
from hub.models.records.people import User
from hub.models.records.production import ProductionOrder
from hub.models.records.purchasing import PurchaseOrder, Supplier
from hub.models.records.recalls import Recall
from hub.models.records.shipping import Shipment
from hub.models.records.stock import Lot
from hub.ports import Ports, links_of
from hub.sample.company import fill, map_variants, the_company
from mapping.effects import Tracking
from tests.doors import connect_shop
from tests.factories import NOW, PIECE, make_order
from tests.letter_bench import letter_of, line, reviewed
from tests.web.pages.visitor import PASSWORD

WHO = "user:1"
SAMPLE = Path(__file__).resolve().parents[1] / "samples/shopify/plain_paid.json"
GIFT = "Vela de soja en tarro de cristal reciclado, aroma a higuera y lavanda, caja de 6"
DUE = (NOW + timedelta(days=5)).date()
CARRIER = "https://carrier.example/PK1"


@dataclass
class Seeded:
    """What a page's address may need, by the names addresses use, and two ways in."""

    ids: dict[str, int | str] = field(default_factory=dict)
    logged_in: dict[str, str] = field(default_factory=dict)
    """The secret of a session of an owner, by their language."""


def seed(ports: Ports) -> Seeded:
    """Fill an empty workshop and say which ids lead where."""
    with ports.database.begin() as session:
        logged_in = _people(session)
        fill(session, company=the_company(), now=NOW)
    _shops(ports)
    with ports.database.begin() as session:
        workshop = _Workshop(session)
        map_variants(
            session, account_id=workshop.shop("shopify").id, company=the_company(), now=NOW
        )
        workshop.sell()
        workshop.wait_for_mapping()
        workshop.make()
        workshop.send()
        workshop.buy()
        workshop.look_at_lots()
        workshop.write_letters()
        workshop.look_ahead()
        workshop.hang()
        replan(session, now=NOW)
    with ports.database.reading() as session:
        ids = {**_ids(session, ports), "secret": logged_in.pop("join")}
        return Seeded(ids=ids, logged_in=logged_in)


def _people(session: Session) -> dict[str, str]:
    secrets = {}
    for locale, name in (("en", "Carmen"), ("es", "Lucía")):
        user_id = add_user(
            session, email=f"{name[0].lower()}@cerysal.example", name=name,
            password=PASSWORD, role=Role.OWNER, who="test", now=NOW, locale=locale,
        )  # fmt: skip
        secrets[locale] = open_session(
            session, user_id=user_id, now=NOW, device="Firefox, Linux"
        )
        for page in ("list_orders", "list_lots"):
            save_view(
                session, user_id=user_id, page=page, name=f"De {name}", query="sort=age",
                is_shared=name == "Carmen", now=NOW,
            )  # fmt: skip
    _, secrets["join"] = invite(
        session, email="leo@cerysal.example", name="Leo", role=Role.MAKER, locale="es",
        who=WHO, now=NOW,
    )  # fmt: skip
    make_token(
        session, name="accounts", role=Role.VIEWER, now=NOW, who=WHO,
        expires_at=NOW + timedelta(days=90),
    )  # fmt: skip
    brand = Brand(name="Cera y Sal", colour="#7a4b9c", site="https://cerysal.example")
    change_brand(session, brand=brand, who=WHO, now=NOW)
    return secrets


def _shops(ports: Ports) -> None:
    connect_shop(ports)
    connect_shop(
        ports, channel="etsy", name="CeraYSal", mode="shadow",
        settings={"shop_id": "12345678"},
        credentials={"keystring": "k" * 24, "shared_secret": "s" * 10}, webhook_secrets=(),
    )  # fmt: skip
    smtp = {"smtp_host": "smtp.taller.example", "smtp_port": "465", "smtp_security": "tls"}
    connect_shop(
        ports, channel="email", name="Pedidos",
        settings={"address": "pedidos@taller.example", **smtp},
        credentials={"username": "pedidos"},
    )  # fmt: skip


@dataclass(frozen=True)
class _Workshop:
    """The workshop of one session, in the order its days went."""

    session: Session

    def shop(self, channel: str) -> ChannelAccount:
        return self.session.scalars(select(ChannelAccount).filter_by(channel=channel)).one()

    def item(self, code: str) -> Item:
        return self.session.scalars(select(Item).filter_by(code=code)).one()

    def order(self, channel: str = "shopify", **pieces: int) -> int:
        lines = {self.item(code.replace("_", "-")): many for code, many in pieces.items()}
        made = make_order(
            self.session, account=self.shop(channel), lines=lines, requested_on=DUE
        )
        return made.id

    def plan(self) -> None:
        replan(self.session, now=NOW)

    def sell(self) -> None:
        """Orders that are covered, are made, wait for wax, are held, are cancelled."""
        self.order(SOAP_OLI_100=4)
        self.order(CND_LAV_200=3, SOAP_LAV_100=2)
        self.order(CND_ORA_200=24)
        self.order(BALM_15=2)
        held, gone = self.order(BALM_15=3), self.order(SOAP_OLI_100=2)
        self.order("etsy", CND_ORA_200=200, SALT_LAV_500=3)
        self.order("etsy", SOAP_OLI_100=1)
        self.plan()
        hold_order(self.session, order_id=held, reason="asks for a note", who=WHO, now=NOW)
        cancel_order(self.session, order_id=gone, reason="twice", who=WHO, now=NOW)

    def wait_for_mapping(self) -> None:
        """Two listings nobody knows, one of them with a very long name."""
        for number, title in enumerate((GIFT, "W" * 60)):
            order = self.session.get_one(SalesOrder, self.order())
            sold = OrderLine(
                order_id=order.id, external_id=f"u-{number}", position=1, kind="product",
                title=title, sku=f"GIFT-{number}", listing_key=f"variant:{77 + number}",
                ordered=2, state="unmapped", unit_price_minor=6000,
            )  # fmt: skip
            self.session.add(sold)
            self.session.flush()
            map_order(self.session, order_id=order.id, now=NOW)
            refresh_phases(self.session, order_ids=[order.id], now=NOW)

    def make(self) -> None:
        """A run in each state: planned ones stay, one is let go, one runs, one is done."""
        for code in ("WAX-SOY", "OIL-ORA", "OIL-LAV"):
            stock.receive(
                self.session, item_id=self.item(code).id, quantity=9000 * PIECE,
                supplier_lot="CV-26-1300", who=WHO, now=NOW,
            )  # fmt: skip
        self.plan()
        done, running, waits, gone = (
            self.run("BLEND-LAV"), self.run("BLEND-ORA"), self.run("SALT-LAV-500"),
            self.run("CND-ORA-200"),
        )  # fmt: skip
        for run_id in (done, running):
            start(self.session, production_order_id=run_id, who=WHO, now=NOW)
        finish(self.session, production_order_id=done, who=WHO, now=NOW)
        release(self.session, production_order_id=waits, who=WHO, now=NOW)
        cancel(self.session, production_order_id=gone, who=WHO, now=NOW)
        self.plan()

    def run(self, code: str) -> int:
        """Return the last planned run of an item."""
        query = select(ProductionOrder.id).filter_by(
            state="planned", item_id=self.item(code).id
        )
        return list(self.session.scalars(query.order_by(ProductionOrder.id)))[-1]

    def send(self) -> None:
        """Three parcels: one under way, one that arrived, one of which something came back."""
        parcels = [self.parcel(self.order(SOAP_OLI_100=2), n) for n in range(1, 4)]
        mark_delivered(self.session, shipment_id=parcels[1], who=WHO, now=NOW)
        order_id = self.session.scalars(
            select(OrderLine.id).order_by(OrderLine.id.desc()).limit(1)
        ).one()
        back = Back(order_line_id=order_id, pieces=1, fate=Fate.INSPECT)
        take_back(
            self.session, shipment_id=parcels[2], lines=[back], reason="broken", who=WHO,
            now=NOW,
        )  # fmt: skip

    def parcel(self, order_id: int, number: int) -> int:
        self.plan()
        tracking = Tracking(carrier="Correos", number=f"PK{number}", url=CARRIER)
        return ship(
            self.session, order_id=order_id, lines=None, tracking=tracking, notify=True,
            who=WHO, now=NOW,
        )  # fmt: skip

    def buy(self) -> None:
        """A purchase order that came in part, one that is on its way and a draft."""
        supplier = self.session.scalars(select(Supplier.id).order_by(Supplier.id)).first()
        assert supplier is not None
        wax, glass = self.item("WAX-SOY").id, self.item("GLASS-200").id
        placed = []
        for _ in range(3):
            wanted = [
                purchase_draft.Wanted(item_id=wax, quantity=5000 * PIECE),
                purchase_draft.Wanted(item_id=glass, quantity=48 * PIECE),
            ]
            placed.append(
                purchase_draft.draft(
                    self.session, supplier_id=supplier, lines=wanted, who=WHO, now=NOW
                )
            )
        for order_id in placed[:2]:
            purchase.place(
                self.session, purchase_order_id=order_id, expected_on=DUE,
                today=NOW.date(), who=WHO, now=NOW,
            )  # fmt: skip
        came = purchase_receive.Arrived(item_id=wax, quantity=2000 * PIECE)
        purchase_receive.receive(
            self.session, purchase_order_id=placed[0], arrived=[came], who=WHO, now=NOW
        )

    def look_at_lots(self) -> None:
        """A lot too old, one put aside, one called back, and a rehearsed recall."""
        soap = self.item("SOAP-OLI-100").id
        aside, old = (
            stock.receive(
                self.session, item_id=soap, quantity=5 * PIECE, who=WHO, now=NOW,
                best_before=(NOW + timedelta(days=days)).date(),
            )
            for days in (300, -3)
        )  # fmt: skip
        assert old
        stock.set_lot_state(
            self.session, lot_id=aside, state=LotState.QUARANTINED, reason="smells odd",
            who=WHO, now=NOW,
        )  # fmt: skip
        sent = self.session.scalars(
            select(Lot.id).where(Lot.item_id == soap).order_by(Lot.id)
        ).first()
        assert sent is not None
        for is_drill in (True, False):
            start_recall(
                self.session, lot_id=sent, reason="a splinter of glass", is_drill=is_drill,
                who=WHO, now=NOW,
            )  # fmt: skip

    def write_letters(self) -> None:
        """A customer by mail, a mail that waits for a person, one nobody could read."""
        add_customer(
            self.session, name="Tienda Sol", emails=["ana@sol.example"], who=WHO, now=NOW
        )
        words = "12 x jabón grande"
        review = reviewed(
            self.session, letter_of(line(words, title="jabón grande", quantity="12"))
        )
        box = self.shop("email").id
        for state, reason in (("ignored", "automatic"), ("failed", "")):
            self.session.add(
                InboundMail(
                    account_id=box, message_id=f"{state}@sol.example", size=100,
                    received_at=NOW, subject="Boletín de otoño", state=state, reason=reason,
                )
            )  # fmt: skip
        self.session.flush()
        ask(self.session, question="¿Qué jabón?", review_id=review.id, who=WHO, now=NOW)

    def look_ahead(self) -> None:
        """A forecast of a candle, from half a year in which it sold in some weeks."""
        weeks = [week % 5 * 3 * PIECE for week in range(30)]
        errors = {"tsb": 4 * PIECE, "croston_sba": 5 * PIECE, "moving_average": 6 * PIECE}
        self.session.add(
            Forecast(
                item_id=self.item("CND-ORA-200").id, method="tsb", per_week=7 * PIECE,
                error=4 * PIECE, weeks=30, reorder_point=26 * PIECE, safety_stock=12 * PIECE,
                made_at=NOW, detail={"weeks": weeks, "errors": errors},
            )
        )  # fmt: skip

    def hang(self) -> None:
        """A message nobody could read, one the shop refused, and a task only a person can do."""
        shop = self.shop("shopify")
        body = json.loads(SAMPLE.read_bytes())["rest"]
        made = accept(
            self.session, account_id=shop.id, topic="orders/create", message_id="m-2",
            body=json.dumps(body).encode(), headers={"content-type": "application/json"},
            source="webhook", now=NOW,
        )  # fmt: skip
        held = self.session.get_one(InboundMessage, made.id)
        held.state, held.last_error = "held", "The order has no id."
        out = self.session.scalars(select(OutboundMessage).limit(1)).one()
        out.state, out.last_error = "dead", "tracking code rejected"
        order = self.session.scalars(select(SalesOrder.id).limit(1)).one()
        open_task(
            self.session, account_id=shop.id, order_id=order, key="t-1", kind="ship",
            why="The channel does not let us say that a parcel left.", now=NOW,
        )  # fmt: skip


def _ids(session: Session, ports: Ports) -> dict[str, int | str]:
    """Say which ids lead to the pages with the most on them."""
    first = {
        "listing_id": select(Listing.id).filter_by(title=GIFT),
        "run_id": select(ProductionOrder.id).filter_by(state="running"),
        "order_id": select(SalesOrder.id).filter_by(phase="waiting_for_materials"),
        "shipment_id": select(Shipment.id).order_by(Shipment.id.desc()),
        "account_id": select(ChannelAccount.id).filter_by(channel="shopify"),
        "notification_id": select(Notification.id),
        "review_id": select(Review.id),
        "customer_id": select(Customer.id).filter_by(name="Tienda Sol"),
        "item_id": select(Item.id).filter_by(code="CND-ORA-200"),
        "lot_id": select(Recall.lot_id),
        "recall_id": select(Recall.id).filter_by(is_drill=False),
        "purchase_order_id": select(PurchaseOrder.id).order_by(PurchaseOrder.id),
        "supplier_id": select(Supplier.id).order_by(Supplier.id),
        "show_inbound": select(InboundMessage.id).filter_by(state="held"),
        "show_outbound": select(OutboundMessage.id).filter_by(state="dead"),
        "user_id": select(User.id).filter_by(email="leo@cerysal.example"),
    }
    ids: dict[str, int | str] = {
        name: session.scalars(query.limit(1)).one() for name, query in first.items()
    }
    order = session.scalars(select(SalesOrder).filter_by(phase="shipped").limit(1)).one()
    url = links_of(ports).url(order_id=order.id, turn=order.status_turn)
    ids["token"] = url.rpartition("/")[2]
    return ids
