"""Who orders from the sample company by mail, what is known of them, and what they write."""

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from importlib import resources

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.letters.letter_settings import House, change_house
from hub.flow.mail.aliases import Alias, Pack, Price
from hub.flow.mail.customers import add_customer, set_words
from hub.models.records.items import Item
from mapping.canonical import Money
from mapping.units import read_amount

WHO = "system"
NAME = "Cera y Sal"
CURRENCY = "EUR"


class SampleCustomer(BaseModel):
    """Somebody who orders by mail, and what persons confirmed of them."""

    model_config = ConfigDict(extra="forbid")

    name: str
    writer: str
    """Who signs their mails."""
    sender: str
    language: str
    mark: str
    """What their order numbers begin with."""
    place: list[str]
    auto_accept: bool = False
    aliases: dict[str, str] = {}
    """Item code by their word for it."""
    packs: dict[str, int] = {}
    prices: dict[str, str] = {}
    """What they pay for a piece, by SKU."""

    @property
    def email(self) -> str:
        """The bare address they write from."""
        return self.sender.rpartition("<")[2].rstrip(">")


class SampleMail(BaseModel):
    """A mail as somebody wrote it."""

    model_config = ConfigDict(extra="forbid")

    name: str
    sender: str
    subject: str
    text: str
    table: list[list[str | int]] = []
    sheet: list[list[str | int]] = []
    sheet_name: str = ""
    answers: str = ""


class SampleMailbox(BaseModel):
    """The mailbox, its customers and the first mails."""

    model_config = ConfigDict(extra="forbid")

    address: str
    mx: str
    language: str
    customer: list[SampleCustomer]
    mail: list[SampleMail]


def the_mailbox() -> SampleMailbox:
    """Read the sample from the package."""
    text = resources.files("hub.sample").joinpath("mail.toml").read_text("utf-8")
    return SampleMailbox.model_validate(tomllib.loads(text))


def written_on(day: date, *, language: str) -> str:
    """Write a day so that nobody of that language mistakes it."""
    return f"{day:%d/%m/%Y}" if language == "es" else f"{day:%Y-%m-%d}"


def introduce(session: Session, *, mailbox: SampleMailbox, now: datetime) -> None:
    """Write down the customers, by the same doors a person would use."""
    change_house(session, house=House(name=NAME, locale=mailbox.language), who=WHO, now=now)
    items = {item.code: item.id for item in session.scalars(select(Item))}
    for customer in mailbox.customer:
        _introduce(session, customer, items=items, now=now)


def _introduce(
    session: Session, customer: SampleCustomer, *, items: Mapping[str, int], now: datetime
) -> None:
    customer_id = add_customer(
        session,
        name=customer.name,
        emails=[customer.email],
        auto_accept=customer.auto_accept,
        locale=customer.language,
        aliases=[
            Alias(text=text, item_id=items[code]) for text, code in customer.aliases.items()
        ],
        who=WHO,
        now=now,
    )
    set_words(
        session,
        customer_id=customer_id,
        packs=[Pack(unit=unit, pieces=pieces) for unit, pieces in customer.packs.items()],
        prices=[
            Price(sku=sku, price=_money(price)) for sku, price in customer.prices.items()
        ],
        who=WHO,
        now=now,
    )


def _money(said: str) -> Money:
    return Money(minor=int(read_amount(said) * 100), currency=CURRENCY)
