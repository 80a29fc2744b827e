"""What the hub knows when it decides about a mail: its customer, its goods, its former orders."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

FIRST = 3
"""So many orders of a customer a person looks at, unless their mails may pass at once."""
RECENT_DAYS = 7
"""The same lines again within so many days may be the same order written twice."""

Goods = tuple[tuple[int, int], ...]
"""Item id and thousandths of it, by id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """Something we sell under a SKU, or a customer's word for it."""

    sku: str
    """As the catalogue writes it; for a customer's word the item's own code."""
    holds: Goods
    """What one of it is."""
    title: str = ""
    is_counted: bool = True
    """False for what is weighed or measured: a bare number of it says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """How many pieces one of a customer's packs holds."""

    unit: str
    """Folded as `mail_quantity.unit_key` does."""
    sku_key: str
    """Of the only thing it is for; empty for whatever comes in it."""
    pieces: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How a customer's mails are laid out, as taught (hub/domain/mail/reading_form.py)."""

    name: str
    kind: str
    """table | text"""
    definition: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCustomer:
    """A customer whose mails may become orders."""

    id: int
    locale: str = ""
    auto_accept: bool = False
    always_review: bool = False
    orders: int = 0
    """Orders of theirs so far that were not cancelled."""
    aliases: Mapping[str, Sold] = field(default_factory=dict)
    """By text key."""
    packs: tuple[Pack, ...] = ()
    prices: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """Minor units a piece, by SKU key and currency."""
    forms: tuple[Form, ...] = ()

    @property
    def is_new(self) -> bool:
        """Whether a person looks at their orders still, whatever they say."""
        return self.always_review or (self.orders < FIRST and not self.auto_accept)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastOrder:
    """An order of the same customer that is there already."""

    id: int
    number: str
    po: str
    goods: frozenset[tuple[str, int]]
    """Item id (or `sku:<key>` of what nobody mapped) and thousandths, as they are wanted now."""
    lines: tuple[tuple[str, int], ...] = ()
    """SKU and pieces, to show."""
    requested_on: date | None = None
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What decides about a mail beside its own words."""

    customer: KnownCustomer | None = None
    is_staff: bool = False
    """Whether the sender is one of our own people."""
    is_forward: bool = False
    """Whether the customer is the one a forwarded mail names, not the sender."""
    trusts_forwards: bool = False
    catalogue: Mapping[str, Sold] = field(default_factory=dict)
    """By SKU key; what means two things is not in it."""
    barcodes: Mapping[str, str] = field(default_factory=dict)
    """Barcode key to SKU key, where it names one thing only."""
    orders: Mapping[str, PastOrder] = field(default_factory=dict)
    """By the folded number the customer gave them."""
    recent: tuple[PastOrder, ...] = ()
    """Of the last RECENT_DAYS days, the newest first."""
    waiting: Mapping[str, int] = field(default_factory=dict)
    """Reviews still open, by the folded number of the customer."""
    about: PastOrder | None = None
    """The order this mail answers or names by our own number."""
