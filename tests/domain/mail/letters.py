"""Letters and a small catalogue for tests of the rule: what is read is stated, not extracted."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from hub.domain.mail.mail_known import Known, KnownCustomer, Pack, PastOrder, Sold
from hub.domain.mail.mail_words import fold
from hub.domain.mail.review_rule import ForReview, Taken, decide
from mapping.letter import (
    Draft,
    DraftLine,
    Intent,
    Letter,
    Place,
    Proof,
    Sender,
    Source,
    Table,
    Text,
)
from mapping.listing import sku_key

TODAY = date(2026, 11, 23)
ITEMS = {
    "LAV-100ML": (1, "Lavender oil 100 ml"),
    "LAV-10ML": (2, "Lavender oil 10 ml"),
    "JAB-100G": (3, "Olive soap 100 g"),
    "JAB-250G": (4, "Olive soap 250 g"),
}
CATALOGUE = {
    sku_key(sku): Sold(sku=sku, holds=((item, 1000),), title=title)
    for sku, (item, title) in ITEMS.items()
}
CUSTOMER = KnownCustomer(
    id=7,
    locale="es",
    orders=12,
    aliases={
        sku_key("aceite grande"): Sold(sku="LAV-100ML", holds=((1, 1000),)),
        sku_key("dúo jabones"): Sold(sku="JAB-100G", holds=((3, 2000),)),
    },
    packs=(Pack(unit="caja", sku_key="", pieces=12),),
    prices={(sku_key("LAV-100ML"), "EUR"): 650},
)
KNOWN = Known(customer=CUSTOMER, catalogue=CATALOGUE)
BODY = "1.1"


def text_letter(
    *lines: str, drafts: Sequence[Draft] | None = None, **more: object
) -> Letter:
    """Write a letter of lines such as `12 x LAV-100ML`, each read as the extractor would."""
    text = "\n".join(lines)
    read = [one for one in (read_line(line, text) for line in lines) if one is not None]
    given = (Draft(source=Source.TEXT, part=BODY, lines=tuple(read)),) if read else ()
    return letter(
        texts=(Text(part=BODY, text=text),),
        drafts=tuple(drafts) if drafts is not None else given,
        **more,
    )


def read_line(line: str, text: str) -> DraftLine | None:
    """Read `12 x LAV-100ML` or `12 cajas LAV-100ML a 6,50`; None of anything else."""
    words = line.split()
    if len(words) < 3 or not words[0].isdigit():
        return None
    unit = "" if fold(words[1]) == "x" else words[1]
    price = words[-1] if len(words) > 4 and words[-2] == "a" else ""
    start = text.index(line)
    return DraftLine(
        text=line,
        place=Place(part=BODY, start=start, end=start + len(line)),
        quantity=words[0],
        unit=unit,
        sku=words[2],
        price=price,
    )


def table_letter(
    *rows: Sequence[str], source: Source = Source.SHEET, **more: object
) -> Letter:
    """Write a letter with a table of code, quantity and perhaps price under a heading."""
    heading = ("Ref", "Cantidad", "Precio")[: len(rows[0])]
    lines = tuple(
        DraftLine(
            text=" ".join(row),
            place=Place(part="2", start=number, end=number + 1),
            sku=row[0],
            quantity=row[1],
            price=row[2] if len(row) > 2 else "",
        )
        for number, row in enumerate(rows, start=1)
    )
    return letter(
        tables=(Table(part="2", source=source, rows=(heading, *map(tuple, rows))),),
        drafts=(Draft(source=source, part="2", lines=lines),),
        **more,
    )


def letter(**more: object) -> Letter:
    """Write a letter of a proven customer, with what is given."""
    given: dict[str, object] = {
        "message_id": "a@elbosque.example",
        "our_id": "",
        "content_hash": "c",
        "size": 900,
        "sender": Sender(address="compras@elbosque.example", proof=Proof.YES),
        "subject": "Pedido",
        "intent": Intent.ORDER,
        **more,
    }
    return Letter(**given)  # type: ignore[arg-type]


def past(**more: object) -> PastOrder:
    """Return an order of 12 LAV-100ML that is there already."""
    given: dict[str, object] = {
        "id": 40,
        "number": "H-0040",
        "po": "EB-1",
        "goods": frozenset({("1", 12_000)}),
        "lines": (("LAV-100ML", 12),),
        **more,
    }
    return PastOrder(**given)  # type: ignore[arg-type]


def pieces(letter: Letter, known: Known = KNOWN) -> dict[str, int | None]:
    """Return what a letter was taken for, or fail with the reason it was not."""
    decided = decide(letter, known, today=TODAY)
    assert isinstance(decided, Taken), decided
    return {line.item: line.quantity for line in decided.lines}


def reason(letter: Letter, known: Known = KNOWN) -> str:
    """Return why a person must look at a letter, or fail."""
    decided = decide(letter, known, today=TODAY)
    assert isinstance(decided, ForReview), decided
    return decided.reason.value


def with_draft(letter: Letter, **more: object) -> Letter:
    return replace(letter, drafts=(replace(letter.drafts[0], **more),))  # type: ignore[arg-type]
