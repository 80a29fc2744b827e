"""What was understood of each line of a mail, as a review keeps it and a person sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

VIAS = ("sku", "alias", "pack", "barcode", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    """An item a line may mean; shown to choose from, never taken by itself."""

    item: str
    """Its code."""
    why: str
    """similar_code | similar_name"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLine:
    """One line of a letter and what it means, as far as anybody knows."""

    position: int
    """Counted from 1."""
    text: str
    """The whole line as it was written; empty once forgotten."""
    sku: str = ""
    title: str = ""
    quantity: int | None = None
    """How many of what the line names, packs already multiplied; None where nobody can tell."""
    per_piece: int = 1000
    """Thousandths of the item that one of `quantity` is: 1000, but where a customer's own word
    (via alias) means another quantity. What is asked for is `quantity` times this."""
    unit: str = ""
    price: str = ""
    """Of one piece, as it was written."""
    item: str = ""
    """The code of the item (or the SKU as the catalogue writes it); empty: nobody knows."""
    via: str = ""
    """What says so: sku | alias | pack | barcode."""
    problem: str = ""
    """A reason of review_reasons; empty where the line was understood."""
    suggestions: tuple[Suggested, ...] = ()
    part: str = ""
    start: int = 0
    end: int = 0
    """Where it stands, as mapping.letter.Place says it."""


def to_json(lines: Sequence[ReadLine]) -> list[object]:
    """Write lines for `Review.lines`."""
    return [_plain(line) for line in lines]


def from_json(stored: Sequence[object]) -> list[ReadLine]:
    """Read `Review.lines` back; what is no line is left out."""
    return [_line(each) for each in stored if isinstance(each, Mapping)]


def without_words(lines: Sequence[ReadLine]) -> list[ReadLine]:
    """Forget what the sender wrote, and keep what it meant."""
    return [replace(line, text="", title="") for line in lines]


def _plain(line: ReadLine) -> dict[str, object]:
    return {
        "position": line.position,
        "text": line.text,
        "sku": line.sku,
        "title": line.title,
        "quantity": line.quantity,
        "per_piece": line.per_piece,
        "unit": line.unit,
        "price": line.price,
        "item": line.item,
        "via": line.via,
        "problem": line.problem,
        "suggestions": [{"item": s.item, "why": s.why} for s in line.suggestions],
        "part": line.part,
        "start": line.start,
        "end": line.end,
    }


def _line(stored: Mapping[str, object]) -> ReadLine:
    return ReadLine(
        position=_number(stored, "position") or 0,
        text=_text(stored, "text"),
        sku=_text(stored, "sku"),
        title=_text(stored, "title"),
        quantity=_number(stored, "quantity"),
        per_piece=_number(stored, "per_piece") or 1000,
        unit=_text(stored, "unit"),
        price=_text(stored, "price"),
        item=_text(stored, "item"),
        via=_text(stored, "via"),
        problem=_text(stored, "problem"),
        suggestions=_suggestions(stored.get("suggestions")),
        part=_text(stored, "part"),
        start=_number(stored, "start") or 0,
        end=_number(stored, "end") or 0,
    )


def _suggestions(stored: object) -> tuple[Suggested, ...]:
    several = stored if isinstance(stored, list) else []
    return tuple(
        Suggested(item=str(each.get("item", "")), why=str(each.get("why", "")))
        for each in several
        if isinstance(each, Mapping)
    )


def _text(stored: Mapping[str, object], name: str) -> str:
    value = stored.get(name)
    return value if isinstance(value, str) else ""


def _number(stored: Mapping[str, object], name: str) -> int | None:
    value = stored.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
