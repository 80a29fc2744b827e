"""What a letter to an owner says, in the owner's language."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_decimal

from hub.domain.letters.alerts import NAMED, Kind, Signal
from mapping.units import format_quantity

Say = Callable[[str, str], str]
"""Says what Hornada found, (words, language); what it does not know stays as it is."""

TITLES: Mapping[str, Mapping[Kind, tuple[str, str]]] = {
    "en": {
        Kind.SHORTAGE: ("1 item is short", "{} items are short"),
        Kind.AT_RISK: ("1 order will be late", "{} orders will be late"),
        Kind.RECONNECT: (
            "1 channel must be connected again",
            "{} channels must be connected again",
        ),
        Kind.FAILURE: ("1 message needs you", "{} messages need you"),
        Kind.REVIEW: ("1 mail waits to be looked at", "{} mails wait to be looked at"),
    },
    "es": {
        Kind.SHORTAGE: ("Falta 1 artículo", "Faltan {} artículos"),
        Kind.AT_RISK: ("1 pedido llegará tarde", "{} pedidos llegarán tarde"),
        Kind.RECONNECT: (
            "Hay que volver a conectar 1 canal",
            "Hay que volver a conectar {} canales",
        ),
        Kind.FAILURE: ("1 mensaje te necesita", "{} mensajes te necesitan"),
        Kind.REVIEW: ("1 correo espera tu revisión", "{} correos esperan tu revisión"),
    },
}
NEWS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "fulfil": "parcel sent",
        "amend_tracking": "tracking changed",
        "hold": "order on hold",
        "release_hold": "order no longer on hold",
        "progress": "production started",
        "delivered": "parcel arrived",
        "promised": "day promised",
        "stock": "pieces to sell",
        "mail": "letter",
    },
    "es": {
        "fulfil": "paquete enviado",
        "amend_tracking": "seguimiento cambiado",
        "hold": "pedido retenido",
        "release_hold": "pedido ya no retenido",
        "progress": "producción empezada",
        "delivered": "paquete entregado",
        "promised": "día prometido",
        "stock": "unidades a la venta",
        "mail": "carta",
    },
}
"""What a channel was to be told, by the kind of the message."""
_MORE: Mapping[str, str] = {"en": "and {} more", "es": "y {} más"}
_LATE: Mapping[str, tuple[str, str, str]] = {
    "en": ("{name}: promised for {day}", ", 1 day late", ", {days} days late"),
    "es": ("{name}: prometido para el {day}", ", 1 día tarde", ", {days} días tarde"),
}
_PIECES: Mapping[str, str] = {"en": "pcs", "es": "uds."}


def title_of(kind: Kind, count: int, *, language: str) -> str:
    """Say in one line what the letter is about."""
    one, several = TITLES[language][kind]
    return one if count == 1 else several.format(count)


def lines_of(signals: Sequence[Signal], *, language: str, say: Say) -> list[str]:
    """Name the first few."""
    return [_line(signal, language=language, say=say) for signal in signals[:NAMED]]


def more_of(signals: Sequence[Signal], *, language: str) -> str:
    """Count those that are not named; empty when all are."""
    rest = len(signals) - NAMED
    return _MORE[language].format(rest) if rest > 0 else ""


def _line(signal: Signal, *, language: str, say: Say) -> str:
    if signal.kind is Kind.SHORTAGE:
        return f"{signal.name}: {_quantity(signal, language=language)}"
    if signal.kind is Kind.AT_RISK and signal.detail:
        return _late(signal, language=language)
    what = NEWS[language].get(signal.what, signal.what)
    name = f"{signal.name}, {what}" if what else signal.name
    said = " ".join(_detail(signal, language=language, say=say).split())
    return f"{name}: {said}" if said else name


def _detail(signal: Signal, *, language: str, say: Say) -> str:
    """Say what is wrong; the subject of a mail is its sender's own words."""
    return signal.detail if signal.kind is Kind.REVIEW else say(signal.detail, language)


def _late(signal: Signal, *, language: str) -> str:
    promised, one, several = _LATE[language]
    day = format_date(date.fromisoformat(signal.detail), format="long", locale=language)
    late = one if signal.quantity == 1 else several.format(days=signal.quantity)
    return promised.format(name=signal.name, day=day) + (late if signal.quantity else "")


def _quantity(signal: Signal, *, language: str) -> str:
    shown = format_quantity(signal.quantity, base=signal.unit)
    number = format_decimal(
        Decimal(shown["amount"]), format="#,##0.######", locale=language
    )
    unit = _PIECES[language] if shown["unit"] == "each" else shown["unit"]
    return f"{number} {unit}"
