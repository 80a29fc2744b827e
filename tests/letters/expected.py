"""What must become of a mail of the corpus."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Auto:
    """It becomes an order by itself, of exactly these pieces of these items."""

    lines: Mapping[str, int]
    po: str = ""
    on: date | None = None
    or_reasons: frozenset[str] = frozenset()
    """Where the facts allow both: that a person looks at it, for one of these reasons."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A person looks at it, for this reason; where the facts leave it open, one of these."""

    reasons: frozenset[str]
    is_about_no_order: bool = False
    """Whether it must not name an order, because none is the sender's."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A person decides whether the order the mail before it made is changed or cancelled."""

    kind: str


@dataclass(frozen=True, slots=True)
class LetAlone:
    """Nobody is asked and nothing is made; where the facts leave it open, a person may look."""

    reasons: frozenset[str]
    or_reviewed: bool = False


@dataclass(frozen=True, slots=True)
class Enriches:
    """The shop's order gets its address from it; there is no other order."""

    city: str


@dataclass(frozen=True, slots=True)
class NoOrder:
    """Whatever it is, it makes no order, and it is written down what became of it."""


Becomes = Auto | Reviewed | Proposal | LetAlone | Enriches | NoOrder


def auto(po: str = "", on: date | None = None, /, **lines: int) -> Auto:
    """Expect an order; SKUs are written with _ for -."""
    return Auto({sku.replace("_", "-"): pieces for sku, pieces in lines.items()}, po, on)


def maybe(expected: Auto, *reasons: str) -> Auto:
    """Expect the order, or a person's look for one of these reasons."""
    return Auto(expected.lines, expected.po, expected.on, frozenset(reasons))


def reviewed(*reasons: str) -> Reviewed:
    """Expect a person's look for one of these reasons."""
    return Reviewed(frozenset(reasons))


def let_alone(*reasons: str, or_reviewed: bool = False) -> LetAlone:
    """Expect that nothing happens, for one of these reasons."""
    return LetAlone(frozenset(reasons), or_reviewed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One mail of the corpus."""

    name: str
    becomes: Becomes
    raw: bytes = field(repr=False)
    before: tuple[bytes, ...] = field(default=(), repr=False)
    """Mails that came first, each of them settled before the next one."""
    trusting: bool = False
    """Whether the owner switched on that what staff passes on is as good as sent."""
