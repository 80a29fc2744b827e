"""The words of a line of text, each with what it may be on the line of an order."""

import re
from dataclasses import dataclass

from connectors.email.extract.codes import NUMBER_WORDS, is_code
from connectors.email.extract.words import MEASURES, UNITS, fold, listed

BARCODES = (8, 12, 13, 14)
"""Digits of GTINs: a number as long as that is no quantity."""
LONGEST = 300
"""Characters of a line that can be one of an order; longer ones are prose."""

SPACES = str.maketrans(
    {"\u00a0": " ", "\u202f": " ", "\u2009": " ", "×": "x", "✕": "x", "✖": "x", "Х": "x",
     "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "’": "'", "：": ":", "•": "*", "·": "*",
     "▪": "*", "●": "*", "◦": "*", "✓": "*", "✔": "*", "☐": "*", "☑": "*", "➤": "*", "→": ">"}
)  # fmt: skip
"""One character for one, so that every place stays where it is."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a line; its kind is one letter, so that a line is a string of kinds.

    N number, X times, U unit, G number and measure in one, D de/of, C code, A capitals,
    W word, M money, R ref/sku, Q the word quantity, L words that ask for goods, P politeness,
    V at/a before a price, S a mark that parts, B a bullet, ( ) brackets, . an end, ! unclear.
    """

    kind: str
    text: str
    start: int
    end: int


_TOKEN = re.compile(
    r"(?P<M>[€$£] ?[0-9][0-9.,]*|(?<![\w.,-])[0-9][0-9.,]* ?(?:€|\$|£|(?:EUR|euros?|USD|GBP)\b)"
    r"(?:/ ?\w{1,6})?)"
    r"|(?P<odd>[0-9]+(?:[.,][0-9]+)*(?:[kK]|[eE]\+?[0-9]+)(?![\w]))"
    r"|(?P<range>(?<![\w-])[0-9]+ ?(?:-|/| o | or | ó | a ) ?[0-9]+(?![\w.,/-]))"
    r"|(?P<joined>(?<![\w-])[0-9]{1,6}x(?=[A-Za-z][\w-]*[0-9-]))"
    r"|(?P<after>(?<![\w-])x ?(?=[0-9]+(?![\w-])))"
    r"|(?P<spaced>(?<![\w.,-])[0-9]{1,3}(?: [0-9]{3}){1,3}(?![\w.,-]))"
    r"|(?P<N>(?<![^\Wx])[-+]?[0-9]+(?:[.,][0-9]+)*(?![\w/-]))"
    r"|(?P<G>(?<![\w-])[0-9]+(?:[.,][0-9]+)?[^\W\d_]{1,9}\b(?![-/]))"
    r"|(?P<word>\w[\w./+'-]*)"
    r"|(?P<mark>[^\s\w])"
)
_LEAD = listed(
    "quiero queremos quisiera quisieramos querria querriamos necesito necesitamos "
    "necesitaria necesitariamos deseo deseamos deseariamos pido pedimos pedir hacer "
    "envia enviad enviame enviadme enviadnos envienos envienme enviar envien mandad mandame "
    "mandadnos mandadme mandar manda poned ponme ponednos ponnos ponedme apunta apuntad apuntame "
    "apuntanos me nos os le les podeis podrias podriais puede puedes pueden podrian "
    "encargar encargo "
    "encargamos comprar "
    "el la los las lo siguiente siguientes pedido tambien ademas y e and i we want need would d "
    "like to order please send us me could can you buy get have the following also plus ll id "
    "wed take ship serve servir servidme servidnos servirnos enviarnos enviarme mandarnos "
    "mandarme solicito solicitamos nuevo new a an es is our nuestro mi my reponer reposicion "
    "hola buenas buenos dias tardes hi hello hey dear good morning afternoon"
)
_POLITE = listed("por favor gracias please thanks thank you muchas many cheers saludos")
_REFS = listed("ref refs referencia sku art articulo cod codigo code item article")
_COUNTS = listed("cantidad cant qty quantity ctd")
_OF = listed("de del of")
_AT = listed("at precio price")
NOT_GOODS = listed(
    "si no if not pero but o or en vez instead solo solamente only mejor better cancel cancelar "
    "cancelad anular anulad sin without cuando when max maximo min minimo hasta until up aprox "
    "aproximadamente about unos unas around cada every mas more menos less otro otra otros otras "
    "another que that than para for ya already except excepto salvo semana semanas week weeks dia "
    "dias day days mes meses month months ano anos year years hora horas hour hours minutos "
    "minutes personas people veces times euros eur quiza quizas maybe perhaps urgente luego then "
    "despues after antes before hoy today ayer yesterday manana tomorrow cambiar change quitar "
    "remove anadir add sumar restar tal vez pendiente pendientes pending devolver return roto "
    "rotos "
    "rota rotas broken falta faltan missing llego llegaron recibido received sobran sobra gratis "
    "free muestra muestras sample samples regalo both ambos cualquier any algun some varios tel "
    "telefono phone calle street km avda avenida pedidos orders facturas factura invoice"
)
"""Words that make of goods a sentence about goods, which nobody but a person can read."""
_UNDOING = ("cancel", "anul", "devol", "devuel", "elimin", "quit", "borr", "delet", "remov")


def tokens_of(line: str) -> list[Token]:
    """Take a line apart; `line` is already translated by `SPACES` and not too long."""
    found: list[Token] = []
    for each in _TOKEN.finditer(line):
        found += _tokens(each)
    return found


def _tokens(found: re.Match[str]) -> list[Token]:
    name, text, start = str(found.lastgroup), found[0], found.start()
    match name:
        case "N" if text.isdigit() and len(text) in BARCODES:
            return [Token("C", text, start, found.end())]
        case "M" | "N":
            return [Token(name, text, start, found.end())]
        case "odd" | "range" | "spaced":
            return [Token("N", text, start, found.end())]
        case "joined":
            return [
                Token("N", text[:-1], start, found.end() - 1),
                Token("X", "x", found.end() - 1, found.end()),
            ]
        case "after":
            return [Token("X", "x", start, start + 1)]
        case "G":
            return _number_and_unit(text, start)
        case "word":
            return [_word(text, start)]
        case _:
            return [Token(_mark(text), text, start, found.end())]


def _number_and_unit(text: str, start: int) -> list[Token]:
    length = next(place for place, char in enumerate(text) if char not in "0123456789.,")
    number, unit = text[:length], fold(text[length:])
    if unit == "x":
        middle = start + length
        return [
            Token("N", number, start, middle),
            Token("X", text[length:], middle, start + len(text)),
        ]
    if unit in MEASURES:
        return [Token("G", text, start, start + len(text))]
    if unit in UNITS:
        middle = start + length
        return [
            Token("N", number, start, middle),
            Token("U", text[length:], middle, start + len(text)),
        ]
    return [_word(text, start)]


def _word(text: str, start: int) -> Token:
    bare = text.rstrip("./+'-") or text
    return Token(_kind(bare), bare, start, start + len(bare))


def _kind(word: str) -> str:
    if is_code(word):
        return "C"
    folded = fold(word)
    if folded == "x":
        return "X"
    if folded.startswith(_UNDOING):
        return "!"
    kinds = (
        ("D", _OF), ("U", UNITS), ("R", _REFS), ("Q", _COUNTS), ("V", _AT),
        ("!", NOT_GOODS), ("P", _POLITE), ("L", _LEAD), ("!", NUMBER_WORDS),
    )  # fmt: skip
    for kind, words in kinds:
        if folded in words:
            return kind
    is_capital = word.upper() == word and any(c.isalpha() for c in word)
    return "A" if is_capital and word.isalnum() and len(word) >= 2 else "W"


_MARKS = {
    **dict.fromkeys("([", "("),
    **dict.fromkeys(")]", ")"),
    **dict.fromkeys("*\"'", "B"),
    **dict.fromkeys(":-=|>", "S"),
    **dict.fromkeys(",;+&", ","),
    **dict.fromkeys(".!", "."),
    "#": "#",
    "@": "V",
}


def _mark(mark: str) -> str:
    """Return the kind of a mark: emoji say nothing, anything else something nobody knows."""
    return _MARKS.get(mark) or ("B" if ord(mark) > 0x2000 else "!")
