"""The workshop whose mail the corpus is: its goods, its customers, and what it knows of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from connectors.etsy.channel import REGISTRATION as ETSY
from hub.flow.channels.channels import manual_account
from hub.flow.mail.aliases import Alias, Pack, Price
from hub.flow.mail.customers import add_customer, set_words
from hub.flow.mail.teach import teach
from hub.models.records.channels import ChannelAccount
from hub.models.records.items import Item
from hub.ports import Ports
from mapping.canonical import Money
from tests.doors import connect_shop
from tests.factories import NOW, PIECE, make_account, make_item, make_order
from tests.letters import post
from tests.letters.corpus.shop_mails import KNOWN
from tests.letters.post import MAILBOX, MX, address_of

CODES = (
    "LAV-100ML", "LAV-30ML", "LAV-10ML", "ROM-100ML",
    "JAB-100G", "JAB-250G", "BAL-MIEL", "MIEL-500G",
    "CND-FIG-S", "CND-FIG-L", "CND-FIG-XL", "CND-SAL", "SET-REGALO", "10045",
)  # fmt: skip
"""Much of it alike: what differs by a digit is another thing."""
LONG_AGO = NOW - timedelta(days=60)
WHO = "user:1"

SETTINGS: Mapping[str, str] = {
    "address": MAILBOX,
    "authserv_id": MX,
    "own_domains": "taller.example",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A customer before the corpus begins."""

    name: str
    emails: Sequence[str] = ()
    domains: Sequence[str] = ()
    auto_accept: bool = False
    locale: str = "es"
    orders: int = 0


CUSTOMERS: Mapping[str, Known] = {
    "bosque": Known(
        name="Herboristería El Bosque", emails=[address_of(post.BOSQUE)], orders=4
    ),
    "linen": Known(
        name="Fig & Linen Ltd",
        emails=[address_of(post.LINEN)],
        auto_accept=True,
        locale="en",
        orders=1,
    ),
    "mercado": Known(name="Grupo Mercado", domains=["grupomercado.example"], orders=5),
    "marina": Known(name="Casa Marina", emails=[address_of(post.MARINA)], orders=3),
    "nueva": Known(name="Tienda Nueva", emails=[address_of(post.NUEVA)]),
    "sinsenas": Known(
        name="Pop-up Retiro", emails=[address_of(post.SINSENAS)], auto_accept=True
    ),
}


def furnish(ports: Ports) -> int:
    """Write the whole workshop. This function will return the mail account's id."""
    account = connect_shop(
        ports,
        channel="email",
        name="Pedidos",
        settings=SETTINGS,
        credentials={},
        webhook_secrets=(),
    )
    with ports.database.begin() as session:
        items = {code: make_item(session, code=code) for code in CODES}
        ids = {key: _introduce(session, known) for key, known in CUSTOMERS.items()}
        for key, customer_id in ids.items():
            _remember_orders(session, customer_id, CUSTOMERS[key].orders, items["BAL-MIEL"])
        _agree(session, ids, items)
        _teach(session, ids["marina"])
        _sell_at_etsy(session, items["LAV-100ML"])
    return account.id


def _introduce(session: Session, known: Known) -> int:
    return add_customer(
        session,
        name=known.name,
        emails=known.emails,
        domains=known.domains,
        auto_accept=known.auto_accept,
        locale=known.locale,
        who=WHO,
        now=LONG_AGO,
    )


def _remember_orders(session: Session, customer_id: int, count: int, item: Item) -> None:
    """Write what a customer ordered by telephone, long ago: so their address is known."""
    account = manual_account(session, now=LONG_AGO)
    for number in range(count):
        order = make_order(
            session,
            account=account,
            lines={item: 40 + number},
            external_id=f"by-phone-{customer_id}-{number}",
            placed_at=LONG_AGO,
            now=LONG_AGO,
        )
        order.customer_id = customer_id


def _agree(session: Session, ids: Mapping[str, int], items: Mapping[str, Item]) -> None:
    """Write the words, packs and prices that persons confirmed."""
    set_words(
        session,
        customer_id=ids["bosque"],
        aliases=[
            Alias(text="aceite lavanda grande", item_id=items["LAV-100ML"].id),
            Alias(text="jabón oliva", item_id=items["JAB-100G"].id),
            Alias(text="dúo jabones", item_id=items["JAB-100G"].id, quantity=2 * PIECE),
            Alias(text="B-100", item_id=items["LAV-100ML"].id),
        ],
        packs=[
            Pack(unit="caja", pieces=12),
            Pack(unit="caja", pieces=30, sku="BAL-MIEL"),
            Pack(unit="docena", pieces=12),
        ],
        prices=[
            Price(sku="LAV-100ML", price=Money(minor=650, currency="EUR")),
            Price(sku="JAB-100G", price=Money(minor=320, currency="EUR")),
            Price(sku="CND-FIG-S", price=Money(minor=900, currency="EUR")),
        ],
        who=WHO,
        now=LONG_AGO,
    )
    set_words(
        session,
        customer_id=ids["linen"],
        prices=[Price(sku="LAV-100ML", price=Money(minor=590, currency="GBP"))],
        who=WHO,
        now=LONG_AGO,
    )


def _teach(session: Session, customer_id: int) -> None:
    columns = {"sku": "Art. casa", "quantity": "Bultos pedidos"}
    line = {"line": "ref {sku} pedimos {quantity} piezas"}
    teach(
        session, customer_id=customer_id, kind="table", name="Semana",
        definition={"columns": columns}, who=WHO, now=LONG_AGO,
    )  # fmt: skip
    teach(
        session, customer_id=customer_id, kind="text", name="Frases",
        definition=line, who=WHO, now=LONG_AGO,
    )  # fmt: skip


def _sell_at_etsy(session: Session, item: Item) -> None:
    """Write an order whose address Etsy keeps to itself."""
    shop = make_account(session, channel=ETSY.spec.key, name="TallerShop", now=LONG_AGO)
    order = make_order(session, account=shop, lines={item: 1}, external_id=KNOWN)
    order.external_number = KNOWN
    order.ship_to_id = None


def trust_forwards(session: Session, account_id: int) -> None:
    """Switch on what the owner may: that staff's forwards count as sent."""
    account = session.get_one(ChannelAccount, account_id)
    account.settings = {**account.settings, "trust_forwards": "yes"}
