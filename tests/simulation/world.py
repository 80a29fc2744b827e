"""One simulated workshop: a shop, a database, people, workers, and processes that may die anywhere.

Everything follows from one seed. Time stands still until the schedule moves it. A crash is an
exception that nobody catches, raised before any SQL statement, around any commit and around any
call to the shop; the next process starts on what was committed.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from connectors.manual.channel import REGISTRATION as MANUAL
from hub.flow.catalogue import suppliers
from hub.flow.mail.customers import add_customer
from hub.flow.refusal import Refusal
from hub.models.records.channels import ChannelAccount
from hub.models.records.correspondents import CustomerSender
from hub.models.records.items import Item
from hub.models.records.purchasing import Supplier
from hub.models.vault import vault_of
from hub.ports import Ports
from hub.settings import Settings
from tests.factories import PIECE, make_item, make_lot, make_recipe
from tests.simulation.ground import Ground
from tests.simulation.post import PASSWORD, PostOffice
from tests.simulation.post import SETTINGS as OF_THE_BOX
from tests.simulation.shop import Shop

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WHO = "user:1"
VAULT = vault_of([b"s" * 32])
SETTINGS = Settings()


class Crash(BaseException):
    """The process died here."""


@dataclass
class Hands:
    """The clock of the whole world."""

    at: datetime = START

    def now(self) -> datetime:
        """Say what time it is."""
        return self.at


class NobodyIsWoken:
    """Redis is lost for the whole simulation: the database alone must do."""

    def wake(self, kind: str) -> None:
        """Lose the call."""


@dataclass
class World:
    """A workshop under one seed."""

    ground: Ground
    seed: int
    has_mail: bool = False
    """Whether the workshop's mailbox is on today."""
    crash_rate: float = 0.005
    clock: Hands = field(default_factory=Hands)
    crashes: Counter[str] = field(default_factory=Counter)
    is_calm: bool = False
    """In calm nothing crashes any more: what waits must now come to its end."""
    depth: int = 0
    parcels: int = 0
    accepted: list[tuple[str, str]] = field(default_factory=list)
    """(topic, message id) of every message that was answered with a 2xx."""
    refused: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """Open the workshop: a shop, a company, and the first process."""
        self.random = Random(self.seed)
        self.shop = Shop(random=Random(self.seed + 1), now=self.clock.now)
        self.post = PostOffice(
            random=Random(self.seed + 2), now=self.clock.now, at_command=self.maybe_crash
        )
        self.bystander: Callable[[], object] | None = None
        self.ground.begin(
            at_statement=lambda: self.maybe_crash("statement"), failpoint=self.maybe_crash
        )
        self.eyes = self.ground.eyes
        with self.eyes.reading() as session:
            self.company = the_company(session)
        if self.has_mail:
            self._open_the_mailbox()
        self.ports = Ports(
            database=self.ground.database,
            clock=self.clock,
            wake=NobodyIsWoken(),
            vault=VAULT,
            settings=SETTINGS,
            channels={
                "shopify": self.shop.registration(),
                "email": self.post.registration(),
                "manual": MANUAL,
            },
            failpoint=self._at_call,
            random=self.random,
        )

    def _open_the_mailbox(self) -> None:
        mailbox = ChannelAccount.id == self.company.mailbox_id
        with self.eyes.begin() as session:
            session.execute(update(ChannelAccount).where(mailbox).values(mode="live"))

    # Processes and their deaths -------------------------------------------------------------

    def run(self, work: Callable[[Ports], object]) -> None:
        """Let a process do some work; if it dies of it, the next one starts in its place."""
        try:
            work(self.ports)
        except Crash:
            if self.depth:
                raise
            self.ground.database.dispose()

    def maybe_crash(self, name: str) -> None:
        """Die here, perhaps."""
        if not self.is_calm and self.random.random() < self.crash_rate * _weight(name):
            self.crashes[name] += 1
            raise Crash(name)

    def _at_call(self, name: str) -> None:
        """Around a call to the shop: die, or fall asleep so long that others take over."""
        self.maybe_crash(name)
        if self.is_calm or self.depth or self.bystander is None:
            return
        if self.random.random() < 0.35:
            self.crashes[f"slept at {name}"] += 1
            self.depth += 1
            try:
                self.pass_time(timedelta(seconds=self.random.choice([60, 400, 4000])))
                self.bystander()
            except Crash:
                pass
            finally:
                self.depth -= 1

    # Time -----------------------------------------------------------------------------------

    def pass_time(self, by: timedelta) -> None:
        """Let time pass; what the shop still had to do happens meanwhile."""
        self.clock.at += by
        self.shop.apply_late()


def press(world: World, work: Callable[[Session], object]) -> None:
    """Press a button on a page: one transaction, or a refusal in words."""

    def door(ports: Ports) -> None:
        try:
            ports.database.run(work)
        except Refusal as refused:
            world.refused[type(refused).__name__] += 1

    world.run(door)


@dataclass(frozen=True)
class Company:
    """What a schedule needs to know of the founded workshop."""

    account_id: int
    items: dict[str, int]
    supplier_id: int
    mailbox_id: int
    customer_id: int
    """Who orders by mail."""


def found(session: Session) -> None:
    """Found the workshop every schedule starts with: two products, material, who sells it."""
    session.add(
        ChannelAccount(
            key="simulated", channel="shopify", name="simulated", mode="live",
            settings={}, created_at=START, reread_at=START,
        )
    )  # fmt: skip
    mailbox = ChannelAccount(
        key="post", channel="email", name="orders", mode="off", settings=OF_THE_BOX,
        created_at=START,
    )  # fmt: skip
    session.add(mailbox)
    session.flush()
    place = ("channel_account", mailbox.id, "credentials")
    mailbox.credentials = VAULT.seal_json(
        {"credentials": {"password": PASSWORD}}, place=place
    )
    candle = make_item(session, code="CANDLE", now=START)
    soap = make_item(session, code="SOAP", now=START)
    base = make_item(session, code="SOAPBASE", now=START)
    wax = make_item(session, code="WAX", lead_time_days=3, now=START)
    lye = make_item(session, code="LYE", now=START)
    make_recipe(
        session, item=candle, uses={wax: 400 * PIECE}, batch_size=4 * PIECE, now=START
    )
    make_recipe(
        session, item=soap, uses={base: 300 * PIECE}, batch_size=3 * PIECE, now=START
    )
    make_recipe(
        session, item=base, uses={lye: 90 * PIECE}, batch_size=500 * PIECE, now=START
    )
    make_lot(session, item=candle, quantity=8 * PIECE, now=START)
    make_lot(session, item=soap, quantity=3 * PIECE, now=START)
    make_lot(session, item=wax, quantity=1600 * PIECE, now=START)
    make_lot(session, item=lye, quantity=400 * PIECE, now=START)
    supplier_id = suppliers.add_supplier(
        session, code="CHEM", name="Chemist", who=WHO, now=START
    )
    for material in (wax, lye):
        suppliers.offer(
            session, supplier_id=supplier_id, item_id=material.id, lead_time_days=2,
            multiple=100 * PIECE, is_preferred=True, who=WHO, now=START,
        )  # fmt: skip
    add_customer(
        session, name="Sol y Luna", emails=["ana@sol.example"], auto_accept=True, who=WHO,
        now=START,
    )  # fmt: skip


def the_company(session: Session) -> Company:
    """Look the founded workshop up."""

    def of(channel: str) -> Select[int]:
        return select(ChannelAccount.id).filter_by(channel=channel)

    return Company(
        account_id=session.scalars(of("shopify")).one(),
        items={item.code: item.id for item in session.scalars(select(Item))},
        supplier_id=session.scalars(select(Supplier.id)).one(),
        mailbox_id=session.scalars(of("email")).one(),
        customer_id=session.scalars(select(CustomerSender.customer_id)).one(),
    )


def _weight(name: str) -> float:
    """Commits and calls are where it matters: die there oftener than at a mere statement."""
    return 1.0 if name == "statement" else 12.0
