"""What a text says about an order beside its lines: number, day, total, where to send it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from connectors.email.extract.address import LABEL as SHIP_TO
from connectors.email.extract.address import read_block
from connectors.email.extract.totals import Kind, includes_tax, kind_of
from connectors.email.extract.words import currency_in
from mapping.calendar_words import MONTHS, SHORT_WEEKDAYS, WEEKDAYS
from mapping.letter import DraftAddress

LONGEST = 300
"""Characters of a line that are looked at; what a form says of an order is shorter."""
MOST_LINES = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What was found, each as it was written."""

    po_number: str = ""
    requested: str = ""
    """Several different days are joined by " / ": nobody can say which of them is meant."""
    total: str = ""
    currency: str = ""
    ship_to: DraftAddress | None = None
    other_numbers: tuple[str, ...] = ()
    """Further numbers written like that of the order: which one it is, is not clear."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Characters of a line that say something other than what is ordered."""

    start: int
    end: int
    value: str


def _any(words: Iterable[str]) -> str:
    """Write a choice of words, the longer ones first."""
    return "|".join(sorted(words, key=lambda word: (-len(word), word)))


_DATE = (
    r"(?:[0-9]{1,2}[/.-][0-9]{1,2}(?:[/.-][0-9]{2,4})?"
    r"|[0-9]{1,2}(?: de)? (?:MONTH)\b(?:,?(?: del?)? [0-9]{4})?)"
)
_DAY = (
    r"(?:[0-9]{1,4}[/.-][0-9]{1,2}[/.-][0-9]{2,4}|[0-9]{1,2}[/-][0-9]{1,2}(?![0-9])"
    r"|[0-9]{1,2}(?:st|nd|rd|th)?(?: de| of)? {1,2}(?:MONTH)\b(?:,?(?: de[l]?)? [0-9]{4})?"
    r"|(?:MONTH) [0-9]{1,2}(?:st|nd|rd|th)?\b(?:,? [0-9]{4})?"
    r"|(?:(?:el |the )?(?:proximo|próximo|next|this|este) )?(?:WEEKDAY)\b"
    r"(?: (?:que viene|proximo|próximo)|,? {1,2}NUMBERS)?"
    r"|(?:SHORTDAY)\b\.?,? {1,2}NUMBERS"
    r"|(?:la |the )?(?:proxima|próxima|next|this|esta) (?:semana|week|month)"
    r"|(?:la )?(?:semana|week) [0-9]{1,2}|pasado mañana|mañana|tomorrow|hoy|today"
    r"|(?:fin|final|finales|end|principios|mediados) (?:de|of) (?:MONTH|mes|month|semana|week))"
)
_A_DAY = (
    _DAY.replace("NUMBERS", _DATE)
    .replace("MONTH", _any(MONTHS))
    .replace("SHORTDAY", _any(SHORT_WEEKDAYS))
    .replace("WEEKDAY", _any(WEEKDAYS))
)
_REQUESTED = re.compile(
    r"\b(?:(?:fecha|dia|día|plazo)(?: de)?(?: la)? (?:entrega|recogida|envio|envío|servicio)"
    r"(?: solicitada| deseada| prevista)?|fecha solicitada|fecha deseada"
    r"|(?:requested |required |desired )?(?:delivery|ship|shipping|due|need[- ]by) (?:date|day)"
    r"|(?:date|day) (?:required|requested|needed|wanted)|(?:requested|required) (?:date|day)"
    r"|(?:needed|required|wanted|need (?:it|them)|deliver(?:y|ed)?(?: it| them)?|ship|due|arrive"
    r"|arrival)"
    r"(?: is)?(?: (?:by|on|before|for|no later than|latest))"
    r"|(?:entregar|entrega|servir|recibir(?:lo|los)?|recoger(?:lo|los)?|enviar|necesit[a-z]{1,8}"
    r"|hace falta|que llegue|tenerlos?|tenerlas?)(?: (?:todo|lo|el pedido))?"
    r"(?: (?:para|antes de|no mas tarde de|no más tarde de|como tarde))?"
    r"|(?:para|antes de|before|by|for))"
    r"\s{0,3}[:.]?\s{0,4}(?:antes del |before )?(?:(?:del|el|de|the|on)\s)?\s{0,2}"
    rf"(?P<day>{_A_DAY})",
    re.IGNORECASE,
)
_REQUESTED_FIELD = re.compile(
    r"^\W{0,3}(?:fecha(?: de)? (?:entrega|recogida|servicio)(?: solicitada| deseada)?"
    r"|fecha solicitada|entrega"
    r"|(?:requested |required )?delivery date|(?:requested|required|need[- ]by|due|ship) date"
    r"|needed by|required by|deliver by)\s{0,3}:\s{0,4}(?P<day>\S[^\n]{0,59})",
    re.IGNORECASE,
)
_ORDER_NUMBER = r"(?P<number>(?=[\w./-]{0,29}[0-9])\w[\w./-]{0,29})(?!\w)"
_PO = re.compile(
    r"(?<!\w)(?:(?:customer |your |our )?(?:purchase order|PO|P\.O\.|order)\s{0,2}"
    r"(?:number|num\b\.?|no\b\.?|nr\b\.?|n[º°o]\.?|ref\b\.?|reference|id\b|#)"
    r"|purchase order|PO|P\.O\.?|O\.?C\.?|orden de compra|order\s{0,2}#|pedido\s{0,2}#"
    r"|(?:su |nuestro |vuestro |mi )?(?:pedido|orden)(?: de compra| de cliente| cliente)?\s{0,2}"
    r"(?:n[º°o]\b\.?|n[º°]\.?|n\.º|n\.o\b|num\b\.?|núm\b\.?|numero|número|ref\b\.?|referencia)"
    r"|(?:n[º°]\.?|n\.º|no\.|num\.?|núm\.?|numero|número|ref\.?|referencia) ?"
    r"(?:de |del |su |nuestro )?(?:pedido|orden de compra|orden))"
    rf"\s{{0,3}}[:#.=-]?\s{{0,3}}#?{_ORDER_NUMBER}",
    re.IGNORECASE,
)
_PO_ALONE = re.compile(
    r"^\W{0,3}(?:(?:nuestro |our |mi |my )?(?:pedido|order|orden))\s{0,2}:?\s{0,2}#?"
    r"(?P<number>[A-Z]{0,4}[-/]?[0-9][0-9A-Z/-]{2,19})\s{0,3}[.:]?\s{0,3}$",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"https?://\S{1,300}|www\.\S{1,300}|[\w.+-]{1,64}@[\w.-]{1,255}"
    r"|(?:tel|tfno|tlf|telf|telefono|teléfono|phone|fax|movil|móvil|mobile|whatsapp)"
    r"\b[.:]{0,2}\s{0,3}[+(]?[0-9][0-9 ().-]{5,20}"
    r"|\b(?:nif|cif|dni|vat no|vat number|vat|iban|swift|bic|nie)\b[.:]{0,2}\s{0,3}"
    r"[A-Z]{0,2}[0-9][0-9A-Z -]{6,34}"
    r"|\b(?:nif|cif)\b[.:]{0,2}\s{0,3}[A-Z]-?[0-9]{7,8}[0-9A-Z]?"
    r"|\b[0-9]{1,2}:[0-9]{2}(?: ?h\b| ?[ap]m\b)?|[0-9]{1,3}(?:[.,][0-9]{1,2})? ?%",
    re.IGNORECASE,
)
_A_DATE = re.compile(
    r"\b(?:(?:fecha|date|dated|del|de|a|el|on)\s{0,2}:?\s{0,2})?"
    r"[0-9]{1,4}[/.-][0-9]{1,2}[/.-][0-9]{2,4}\b",
    re.IGNORECASE,
)
_TOTAL = re.compile(
    r"^\W{0,4}(?P<name>[^\W\d_][^\d€$£:=\n]{1,40}?)\s{0,3}[:=]?\s{0,20}"
    r"(?P<value>(?:[€$£]|EUR|USD|GBP)?\s{0,2}[0-9][0-9.,' ]{0,15}"
    r"\s{0,2}(?:€|\$|£|EUR|euros?|USD|GBP)?)\W{0,3}$",
    re.IGNORECASE,
)


def days_in(line: str) -> list[Span]:
    """Return where a line says when the goods are wanted."""
    line = line[:LONGEST]
    field = _REQUESTED_FIELD.search(line)
    found = [_span(each, "day") for each in _REQUESTED.finditer(line)]
    if field and not found:
        value = re.split(r"\s{2,}", field["day"])[0]
        end = field.start("day") + len(value)
        return [Span(start=field.start(), end=end, value=value.rstrip(" .;,"))]
    return found


def numbers_in(line: str) -> list[Span]:
    """Return where a line gives the sender's number of the order."""
    line = line[:LONGEST]
    if not _has_digit(line):
        return []
    alone = _PO_ALONE.search(line)
    found = [_span(each, "number") for each in _PO.finditer(line)]
    return [_span(alone, "number")] if alone and not found else found


def aside_in(line: str) -> list[Span]:
    """Return what else is no goods: telephones, tax numbers, addresses of the web, dates."""
    line = line[:LONGEST]
    if not _has_digit(line):
        return []
    found = [*_CONTACT.finditer(line), *_A_DATE.finditer(line)]
    return [Span(start=each.start(), end=each.end(), value=each[0]) for each in found]


def total_in(line: str) -> tuple[Kind, str] | None:
    """Return what a line adds up, for lines such as "Total: 48,00 €"."""
    found = _TOTAL.search(line) if len(line) <= LONGEST and _has_digit(line) else None
    if found is None:
        return None
    kind = kind_of(found["name"])
    if kind is None:
        return None
    return kind, "" if includes_tax(found["name"]) else found["value"].strip()


def read_facts(lines: Sequence[str]) -> Facts:
    """Read what lines outside of the ordered ones say about the order."""
    looked_at = lines[:MOST_LINES]
    numbers = list(dict.fromkeys(s.value for each in looked_at for s in numbers_in(each)))
    days = list(dict.fromkeys(s.value for each in looked_at for s in days_in(each)))
    totals = {
        kind: value
        for kind, value in filter(None, map(total_in, reversed(looked_at)))
        if value
    }
    total = _total(totals)
    return Facts(
        po_number=next(iter(numbers), ""),
        requested=" / ".join(days[:4]),
        total=total,
        currency=currency_in(total),
        ship_to=_ship_to(looked_at),
        other_numbers=tuple(numbers[1:]),
    )


def _total(totals: dict[Kind, str]) -> str:
    """Pick what the lines alone add up to, before taxes."""
    if Kind.LINES in totals:
        return totals[Kind.LINES]
    if totals.keys() & {Kind.FEE, Kind.DISCOUNT}:
        return ""
    if Kind.NET in totals:
        return totals[Kind.NET]
    return "" if Kind.TAX in totals else totals.get(Kind.WHOLE, "")


def _ship_to(lines: Sequence[str]) -> DraftAddress | None:
    for number, line in enumerate(lines):
        found = SHIP_TO.search(line[:LONGEST])
        if found:
            return read_block(
                [line[found.end() : LONGEST], *lines[number + 1 : number + 9]]
            )
    return None


def _has_digit(line: str) -> bool:
    return any(char.isdigit() for char in line)


def _span(found: re.Match[str], group: str) -> Span:
    value = found[group].strip(" .;,-/")
    return Span(start=found.start(), end=found.end(), value=value)
