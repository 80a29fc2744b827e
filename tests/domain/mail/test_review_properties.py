"""Whatever a letter says, the rule answers; and what it takes fulfils every condition."""

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.domain.mail.mail_known import Known, PastOrder
from hub.domain.mail.review_reasons import PRECEDENCE
from hub.domain.mail.review_rule import ForReview, LetAlone, Taken, decide
from mapping.letter import (
    Attached,
    Draft,
    DraftAddress,
    DraftLine,
    Forwarded,
    Intent,
    Letter,
    Place,
    Proof,
    Sender,
    Source,
    Table,
    Text,
    Trouble,
)
from mapping.listing import sku_key
from tests.domain.mail.letters import CATALOGUE, CUSTOMER, ITEMS, KNOWN, TODAY, letter, past

SKUS = st.sampled_from(
    [*ITEMS, "lav 100ml", "LAV_10ML", "LAV100ML", "LAV-1000ML", "LAV-500ML", "aceite grande",
     "dúo jabones", "", "x"]
)  # fmt: skip
QUANTITIES = st.sampled_from(
    ["1", "12", "999999", "0", "1.5", "1,000", "-3", "", "dos", "1000000"]
)
UNITS = st.sampled_from(["", "uds", "EA", "C62", "caja", "cajas", "palet", "kg", "dozen"])
PRICES = st.sampled_from(["", "6,50", "6.50", "7,00", "1.500", "gratis"])
WORDS = st.sampled_from(
    ["", "Gracias", "12 x LAV-100ML", "¿Os queda LAV-10ML?", "lo de siempre", "JAB-100G"]
)
DAYS = st.sampled_from(["", "2026-12-05", "2020-01-01", "03/04/2027", "el martes"])

lines = st.builds(
    DraftLine,
    text=st.sampled_from(["12 x LAV-100ML", "LAV-100ML 12", "", "?"]),
    place=st.builds(
        Place,
        part=st.sampled_from(["1", "2"]),
        start=st.integers(0, 30),
        end=st.integers(0, 40),
    ),
    sku=SKUS,
    quantity=QUANTITIES,
    unit=UNITS,
    title=st.sampled_from(["", "aceite grande", "Caja de regalo"]),
    price=PRICES,
    amount=PRICES,
    barcode=st.sampled_from(["", "8412345678905"]),
)
drafts = st.builds(
    Draft,
    source=st.sampled_from(Source),
    part=st.sampled_from(["1", "2"]),
    lines=st.lists(lines, max_size=3).map(tuple),
    unread=st.lists(st.builds(Place, part=st.just("2")), max_size=1).map(tuple),
    po_number=st.sampled_from(["", "EB-1", "EB-2"]),
    currency=st.sampled_from(["", "EUR", "$", "USD"]),
    total=PRICES,
    requested=DAYS,
    ship_to=st.sampled_from([None, DraftAddress(city="Vigo")]),
    is_exact=st.booleans(),
    faults=st.sampled_from([(), ("R008: the lines do not add up",)]),
)
letters = st.builds(
    Letter,
    message_id=st.just("a@b.example"),
    our_id=st.sampled_from(["", "", "", "ours"]),
    content_hash=st.just("c"),
    size=st.just(1),
    sender=st.builds(
        Sender, address=st.sampled_from(["", "a@b.example"]), proof=st.sampled_from(Proof)
    ),
    subject=WORDS,
    intent=st.sampled_from(Intent),
    forwarded=st.sampled_from([None, None, Forwarded(address="a@b.example")]),
    texts=st.lists(
        st.builds(Text, part=st.just("1"), text=WORDS, is_quoted=st.booleans()), max_size=2
    ).map(tuple),
    tables=st.lists(
        st.builds(
            Table,
            part=st.just("2"),
            source=st.just(Source.SHEET),
            rows=st.lists(st.tuples(SKUS, QUANTITIES), max_size=3).map(tuple),
        ),
        max_size=1,
    ).map(tuple),
    attached=st.lists(
        st.builds(
            Attached,
            part=st.just("2"),
            name=st.just("x"),
            media_type=st.just("x/y"),
            size=st.just(1),
            trouble=st.sampled_from([None, *Trouble]),
            may_be_order=st.booleans(),
        ),
        max_size=1,
    ).map(tuple),
    drafts=st.lists(drafts, max_size=2).map(tuple),
    order_numbers=st.sampled_from([(), ("EB-1",), ("1", "2")]),
    is_cut=st.booleans(),
)
EB_1 = past()
knowns = st.builds(
    Known,
    customer=st.sampled_from([None, CUSTOMER, replace(CUSTOMER, orders=1)]),
    is_staff=st.booleans(),
    trusts_forwards=st.booleans(),
    catalogue=st.just(CATALOGUE),
    barcodes=st.just({"08412345678905": sku_key("JAB-100G")}),
    orders=st.sampled_from([{}, {sku_key("EB-1"): EB_1}]),
    recent=st.sampled_from([(), (EB_1,)]),
    about=st.sampled_from([None, None, EB_1]),
)
near = st.builds(
    Known,
    customer=st.just(CUSTOMER),
    catalogue=st.just(CATALOGUE),
    orders=st.sampled_from([{}, {sku_key("EB-1"): EB_1}]),
    recent=st.sampled_from([(), (EB_1,)]),
)
good = st.builds(
    lambda rows, po, requested: letter(
        tables=(Table(part="2", source=Source.SHEET, rows=tuple(rows)),),
        drafts=(
            Draft(
                source=Source.SHEET,
                part="2",
                po_number=po,
                requested=requested,
                lines=tuple(
                    DraftLine(
                        text=" ".join(row),
                        place=Place(part="2", start=at, end=at + 1),
                        sku=row[0],
                        quantity=row[1],
                        unit=row[2],
                    )
                    for at, row in enumerate(rows)
                ),
            ),
        ),
    ),
    st.lists(
        st.tuples(
            st.sampled_from([*ITEMS]) | SKUS,
            st.integers(1, 40).map(str) | QUANTITIES,
            st.sampled_from(["", "uds", "cajas"]) | UNITS,
        ),
        min_size=1,
        max_size=3,
    ),
    st.sampled_from(["", "EB-1", "EB-2", "EB-3"]),
    st.just("") | DAYS,
)
"""Letters that come close: a proven sender and a table that was read row by row."""


@settings(max_examples=200)
@given(letter=letters | good, known=knowns)
def test_every_letter_gets_one_answer(letter: Letter, known: Known) -> None:
    decided = decide(letter, known, today=TODAY)

    assert isinstance(decided, Taken | ForReview | LetAlone)
    if isinstance(decided, ForReview):
        assert decided.reason in PRECEDENCE
        assert decided.kind in {"order", "change", "cancel"}
        positions = [line.position for line in decided.lines]
        assert positions == sorted(set(positions))


@settings(max_examples=250)
@given(letter=letters | good, known=knowns | near)
def test_what_is_taken_fulfils_every_condition(letter: Letter, known: Known) -> None:
    decided = decide(letter, known, today=TODAY)

    if isinstance(decided, Taken):
        check(letter, known, decided)


@settings(max_examples=200)
@given(letter=good)
def test_a_good_customers_table_is_read_by_the_letter(letter: Letter) -> None:
    decided = decide(letter, KNOWN, today=TODAY)

    if isinstance(decided, Taken):
        check(letter, KNOWN, decided)
        wanted = {row.item: row.quantity for row in decided.lines}
        assert len(wanted) == len(letter.drafts[0].lines)


def check(letter: Letter, known: Known, taken: Taken) -> None:
    """Ask again, without the rule, whether this may be an order by itself."""
    customer = known.customer
    assert customer is not None
    assert letter.sender.proof is Proof.YES
    assert letter.sender.address
    assert letter.intent is Intent.ORDER
    assert not letter.is_cut
    assert known.about is None
    assert letter.forwarded is None or (known.is_staff and known.trusts_forwards)
    assert customer.orders >= 3
    assert not any(file.trouble for file in letter.attached if file.may_be_order)
    assert not any(draft.unread for draft in letter.drafts)
    assert taken.lines
    check_lines(letter, taken)
    assert taken.requested_on is None or taken.requested_on >= TODAY
    check_new(known, taken)


def check_lines(letter: Letter, taken: Taken) -> None:
    names = {sku_key("aceite grande"): "LAV-100ML", sku_key("dúo jabones"): "JAB-100G"}
    names |= {sku_key(sku): sku for sku in ITEMS}
    items = [line.item for line in taken.lines]
    assert len(set(items)) == len(items)
    written = [
        (each.quantity, each.unit) for draft in letter.drafts for each in draft.lines
    ]
    for line in taken.lines:
        assert line.problem == ""
        by_barcode = "JAB-100G" if line.via == "barcode" else ""
        assert line.item in {
            names.get(sku_key(line.sku)),
            names.get(sku_key(line.title)),
            by_barcode,
        }
        assert line.quantity is not None
        packs = {unit for quantity, unit in written if unit in {"caja", "cajas"}}
        assert str(line.quantity) in {q for q, _ in written} or (
            packs and not line.quantity % 12
        )


def check_new(known: Known, taken: Taken) -> None:
    assert sku_key(taken.po) not in known.orders or not taken.po
    total: dict[str, int] = {}
    for line in taken.lines:
        item = str(ITEMS[line.item][0])
        total[item] = total.get(item, 0) + (line.quantity or 0) * line.per_piece
    same: list[PastOrder] = [
        each for each in known.recent if each.goods == frozenset(total.items())
    ]
    assert not same or (taken.po and all(each.po for each in same))


@settings(max_examples=300)
@given(
    written=st.text(alphabet="LAVlav10 -_‐–ML", min_size=1, max_size=14),
    quantity=st.integers(1, 999).map(str),
)
def test_a_code_is_ours_letter_by_letter_or_not_at_all(written: str, quantity: str) -> None:
    mail = letter(
        tables=(Table(part="2", source=Source.SHEET, rows=((written, quantity),)),),
        drafts=(
            Draft(
                source=Source.SHEET,
                part="2",
                lines=(
                    DraftLine(
                        text=f"{written} {quantity}",
                        place=Place(part="2", start=0, end=1),
                        sku=written,
                        quantity=quantity,
                    ),
                ),
            ),
        ),
    )

    decided = decide(mail, KNOWN, today=date(2026, 11, 23))

    if isinstance(decided, Taken):
        bare = "".join(c for c in written.upper() if c.isalnum())
        assert bare == decided.lines[0].item.replace("-", "")
