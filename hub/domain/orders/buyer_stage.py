"""What a buyer is shown of their order: five steps, and what is kindly said beside them."""

from dataclasses import dataclass
from enum import StrEnum

from hub.domain.orders.phase import Phase
from hub.domain.states import Intent
from mapping.canonical import Release


class Step(StrEnum):
    """The five steps of an order, as its buyer sees them, in their order."""

    RECEIVED = "received"
    MATERIALS = "materials"
    IN_PRODUCTION = "in_production"
    READY = "ready"
    SHIPPED = "shipped"


class Note(StrEnum):
    """What is said beside the steps. Whose fault a wait is, and why, is nobody's business."""

    CANCELLED = "cancelled"
    ON_HOLD = "on_hold"
    PAYMENT = "payment"
    PARTLY_SHIPPED = "partly_shipped"
    DELIVERED = "delivered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where an order is: the step that is current, and what is said beside it."""

    step: Step
    note: Note | None = None
    is_over: bool = False
    """Nothing more will happen: it arrived, or was cancelled."""


_STEP_OF = {
    Phase.NEW: Step.RECEIVED,
    Phase.WAITING_FOR_MATERIALS: Step.MATERIALS,
    Phase.MATERIALS_RESERVED: Step.MATERIALS,
    Phase.IN_PRODUCTION: Step.IN_PRODUCTION,
    Phase.READY_TO_SHIP: Step.READY,
    Phase.PARTLY_SHIPPED: Step.SHIPPED,
    Phase.SHIPPED: Step.SHIPPED,
    Phase.DELIVERED: Step.SHIPPED,
    Phase.CANCELLED: Step.RECEIVED,
}
_NOT_FOR_NAMES = frozenset(
    {"mr", "mrs", "ms", "miss", "dr", "dra", "sr", "sra", "srta", "d", "dña", "don", "doña"}
)
"""Titles: whoever is called only by one and a surname is greeted without a name."""
_ARTICLES = frozenset(["the", "la", "el", "los", "las", "le", "les", "die", "das", "der"])
"""What no person's name begins with. They may well stand further on in it."""
_OF_A_COMPANY = frozenset({
    "and", "und", "et", "hnos", "hijos", "hermanos", "sons", "bros", "brothers",
    "limited", "ltd", "ltda", "llc", "llp", "inc", "plc", "corp", "company", "gmbh",
    "sarl", "sas", "srl", "slu", "sll", "scoop", "coop", "sociedad", "asociación",
    "fundación", "foundation", "association", "ayuntamiento", "colegio", "school",
    "museo", "museum", "club", "grupo", "group", "shop", "store", "market", "mercado",
    "tienda", "boutique", "studio", "studios", "estudio", "taller", "atelier", "workshop",
    "hotel", "hostal", "café", "cafe", "restaurante", "restaurant", "bar", "bakery",
    "panadería", "floristería", "florist", "herbolario", "herboristería", "farmacia",
    "pharmacy", "spa", "galería", "gallery", "casa", "house", "hogar", "home", "homes",
    "design", "designs", "diseño", "deco", "decor", "regalos", "gifts", "velas",
    "candles", "jabones", "soaps", "ceras", "crafts", "goods", "supplies", "trading",
    "wholesale", "distribuciones", "comercial",
})  # fmt: skip
_ENDS_A_COMPANY = frozenset({
    "sl", "sa", "sau", "cb", "sc", "co", "ag", "kg", "ug", "bv", "nv", "ab", "as", "oy",
    "lda",
})  # fmt: skip
"""Forms of companies that might stand for something else anywhere but at the end."""
_JOINS = frozenset({"y", "e", "i", "&", "+"})
LONGEST_NAME = 40


def standing(
    *, phase: Phase, intent: Intent, release: Release, has_left: bool, is_made: bool
) -> Standing:
    """Say where an order is, to its buyer.

    An order somebody has to look at keeps the step it reached: a buyer is not told of questions
    among ourselves. `has_left` is whether any parcel of it did, `is_made` whether making has
    begun.
    """
    if phase is Phase.CANCELLED:
        return Standing(step=Step.RECEIVED, note=Note.CANCELLED, is_over=True)
    if phase is Phase.DELIVERED:
        return Standing(step=Step.SHIPPED, note=Note.DELIVERED, is_over=True)
    if phase is Phase.PARTLY_SHIPPED:
        return Standing(step=Step.SHIPPED, note=Note.PARTLY_SHIPPED)
    if phase is Phase.NEEDS_ATTENTION:
        step = _reached(has_left=has_left, is_made=is_made)
    else:
        step = _STEP_OF[phase]
    return Standing(step=step, note=_note(intent=intent, release=release, step=step))


def _reached(*, has_left: bool, is_made: bool) -> Step:
    if has_left:
        return Step.SHIPPED
    return Step.IN_PRODUCTION if is_made else Step.RECEIVED


def _note(*, intent: Intent, release: Release, step: Step) -> Note | None:
    if intent is Intent.ON_HOLD:
        return Note.ON_HOLD
    if release is Release.HOLD_PAYMENT and step is Step.RECEIVED:
        return Note.PAYMENT
    return None


def first_name(name: str) -> str:
    """Return what a person is greeted by: the first name alone, empty where that is not sure.

    "Ruiz, Maria" is Maria; "Sra. Ruiz", an address or a number is nobody's first name, and nor is
    the first word of a company or of two people.
    """
    if _may_be_a_company(name):
        return ""
    _, comma, after = name.partition(",")
    words = (after if comma else name).split()
    if words and _is_title(words[0]):
        words = words[1:] if len(words) > 2 else []
    found = words[0] if words else ""
    return found if _is_of_a_name(found) and len(found) <= LONGEST_NAME else ""


def _is_title(word: str) -> bool:
    return word.endswith(".") or word.casefold() in _NOT_FOR_NAMES


def _may_be_a_company(name: str) -> bool:
    words = [word.casefold().replace(".", "") for word in name.replace(",", " ").split()]
    if not words:
        return False
    has_signs = any(not _is_of_a_name(word) for word in words)
    is_of_two = words[1:2] and words[1] in _JOINS
    is_named_so = words[0] in _ARTICLES or words[-1] in _ENDS_A_COMPANY and len(words) > 1
    return bool(has_signs or is_of_two or is_named_so or _OF_A_COMPANY & set(words))


def _is_of_a_name(word: str) -> bool:
    return all(each.isalpha() or each in "-'’" for each in word)
