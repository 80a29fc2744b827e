"""What a buyer is told when goods are called back: a draft in their language, for a person to send.

It says what a notice of recall must say (Regulation (EU) 2023/988 on general product safety,
article 36): what it is and its lots, what is wrong with it, to stop using it, what to do, and that
the buyer chooses the remedy. Nothing in it makes the risk smaller than it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """So many pieces of something a buyer has, and the lots they are of."""

    title: str
    pieces: int
    lots: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a letter is about."""

    name: str
    """Of the buyer; empty when they asked to be forgotten."""
    order: str
    """The number they know it by."""
    shop: str
    """Who signs; empty when nobody said."""
    reason: str
    sold: Sequence[Sold]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A draft."""

    language: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    subject: str
    hello: str
    hello_nobody: str
    stop: str
    piece: str
    why: str
    what_to_do: str
    end: str


WORDS: Mapping[str, _Words] = {
    "en": _Words(
        subject="Product safety recall: {titles}",
        hello="Hello {name},",
        hello_nobody="Hello,",
        stop="Please stop using the following from your order {order}:",
        piece="- {pieces} × {title} (lot {lots})",
        why="What is wrong: {reason}",
        what_to_do=(
            "Do not use it, give it away or sell it. Answer this message and say what you"
            " prefer: your money back or a replacement. Either costs you nothing."
        ),
        end="We are sorry.\n{shop}",
    ),
    "es": _Words(
        subject="Recuperación de un producto por seguridad: {titles}",
        hello="Hola, {name}:",
        hello_nobody="Hola:",
        stop="Deja de usar lo siguiente de tu pedido {order}:",
        piece="- {pieces} × {title} (lote {lots})",
        why="Qué ocurre: {reason}",
        what_to_do=(
            "No lo uses, no lo regales y no lo vendas. Responde a este mensaje y dinos qué"
            " prefieres: que te devolvamos el dinero o que te enviemos otro. Nada de ello te"
            " cuesta nada."
        ),
        end="Lo sentimos.\n{shop}",
    ),
}
"""By language. Letters are in the buyer's, whatever the page is in, so they are not gettext's."""

SPANISH_SPOKEN = "AR BO CL CO CR CU DO EC ES GQ GT HN MX NI PA PE PR PY SV UY VE"
"""Countries whose buyers are written to in Spanish when nothing else is known (ISO 3166)."""


def language_of(*, locale: str, country: str, otherwise: str) -> str:
    """Choose the language to write to a buyer in.

    What their channel says of them comes first, if we have a letter in it, then where their parcel
    went. When nothing is known of either it is `otherwise`, the workshop's own.
    """
    spoken = locale.replace("_", "-").partition("-")[0].lower()
    if spoken in WORDS:
        return spoken
    if country:
        return "es" if country.upper() in SPANISH_SPOKEN.split() else "en"
    return otherwise if otherwise in WORDS and not spoken else "en"


def write_letter(about: About, *, language: str) -> Letter:
    """Write the draft; `language` is one of WORDS."""
    words = WORDS[language]
    pieces = [
        words.piece.format(pieces=each.pieces, title=each.title, lots=", ".join(each.lots))
        for each in about.sold
    ]
    hello = words.hello.format(name=about.name) if about.name else words.hello_nobody
    parts = [
        hello,
        "\n".join([words.stop.format(order=about.order), *pieces]),
        words.why.format(reason=about.reason) if about.reason else "",
        words.what_to_do,
        words.end.format(shop=about.shop).rstrip(),
    ]
    titles = ", ".join(dict.fromkeys(each.title for each in about.sold))
    return Letter(
        language=language,
        subject=words.subject.format(titles=titles),
        body="\n\n".join(part for part in parts if part),
    )
