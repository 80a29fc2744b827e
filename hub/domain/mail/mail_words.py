"""Words that make a line of a mail more than an order line, and the pieces a line is made of."""

import re
import unicodedata
from collections.abc import Iterable

_HEDGES = re.compile(
    r"""\b(?:
    no|not|don'?t|never|nunca|sin|without|except|excepto|salvo|menos|less|
    o|or|either|bien|maybe|perhaps|quizas?|tal\ vez|acaso|
    unos|unas|about|approx\w*|aprox\w*|around|circa|alrededor|mas\ o\ menos|
    al\ menos|como\ minimo|minimo|at\ least|minimum|up\ to|hasta|maximo|maximum|
    si|if|cuando|when|instead|en\ lugar|en\ vez|replace|sustitu\w*|cambi\w*|change\w*|
    cancel\w*|anul\w*|quita\w*|remove\w*|
    cuanto\w*|how\ (?:much|many)|precio\ de|cuesta\w*|costar\w*|cost|
    ultima\ vez|last\ time|anterior|previous|ya\ (?:pedi|recibi)\w*|already|received|
    devol\w*|return\w*|rot[oa]s?|broken|falta\w*|missing|gratis|free|muestras?|samples?
    )\b""",
    re.VERBOSE,
)
"""On a line that orders something these make it doubtful what is ordered."""

_NO_ORDER = re.compile(
    r"""\b(?:
    presupuesto|cotizacion|cotiza\w*|pro-?forma|quote|quotation|rfq|price\ request|
    no\ es\ un\ pedido|esto\ no\ es|this\ is\ not|not\ an\ order|no\ order|
    borrador|draft|ejemplo|example|simulacion|
    do\ not\ (?:ship|send|process)|don'?t\ (?:ship|send|process)|
    no\ (?:lo\ |los\ |la\ |las\ )?(?:envi|mand|sirv|tramit|prepar|proces)\w*
    )\b""",
    re.VERBOSE,
)
"""Anywhere in a mail these say that its lines are not to be made as they stand."""

_AS_EVER = re.compile(
    r"""\b(?:
    lo\ (?:de\ siempre|mismo|habitual|de\ costumbre)|como\ (?:siempre|la\ ultima|el\ ultimo)|
    igual\ que|ademas\ de|same\ as|as\ usual|the\ usual|as\ last|like\ last|
    plus\ the|on\ top\ of|rest(?:o)?\ (?:como|as)
    )\b""",
    re.VERBOSE,
)
"""Goods these ask for stand nowhere in the mail."""

_WORD_COUNT = (
    "(?:una?|dos|tres|cuatro|cinco|seis|diez|doce|one|two|three|four|five|six|ten)"
)
_UNIT = (
    r"(?:uds?|unid\w*|pcs|pieces?|piezas?|units?|caj(?:a|as)|box(?:es)?|cases?|packs?"
    r"|docenas?|dozen|palets?|pallets?|botes?|botellas?|jars?|bottles?)"
)
_SEEMS_ORDERED = re.compile(
    rf"\b[0-9]{{1,6}}\s*(?:{_UNIT}|ea|mas|more|extra)\b|\b{_WORD_COUNT}\s+{_UNIT}\b"
    r"|\b[0-9]{1,6}\s*[x*×]\s*[^\W\d]|[^\W\d]\s*[x×]\s?[0-9]{1,6}\b"
    r"|\b(?:qty|cant|cantidad|quantity)\b\W*[0-9]"
)
_ENUMERATED = re.compile(r"^\s*(?:[0-9]{1,3}\s?[.)\]]\s|[-*•·–]+\s*)")
_SIZE = re.compile(r"(?i)\b([0-9]{1,5})\s?(?:ml|cl|l|g|gr|kg|cm|mm)\b")
_TOKEN = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """Return a text in small letters, without accents, each run of blanks one."""
    plain = text.casefold()
    if not plain.isascii():
        bare = unicodedata.normalize("NFKD", plain)
        plain = "".join(c for c in bare if not unicodedata.combining(c)).replace("’", "'")
    return " ".join(plain.split())


def words_of(text: str) -> list[str]:
    """Return the words and numbers of a text as they follow each other, folded."""
    return _TOKEN.findall(fold(text))


def tokens(text: str) -> frozenset[str]:
    """Return the words and numbers of a text, folded."""
    return frozenset(words_of(text))


def squash(text: str) -> str:
    """Return the letters and digits of a text, folded, with nothing between them."""
    return "".join(words_of(text))


def is_doubtful(rest: str) -> bool:
    """Say whether what stands beside an order on its line makes it doubtful."""
    return "?" in rest or "¿" in rest or _HEDGES.search(fold(rest)) is not None


def has_numbers(rest: str, *, beside: str) -> bool:
    """Say whether there is a number beside an order on its line that could be a quantity.

    "1." before it is none, nor is a size such as 100 ml that its code (`beside`) says as well.
    """
    sizes = frozenset(re.findall(r"[0-9]+", beside))
    bare = _SIZE.sub(
        lambda found: "" if found[1] in sizes else found[0], _ENUMERATED.sub("", rest)
    )
    return re.search(r"[0-9]", bare) is not None


def is_no_order(texts: Iterable[str]) -> str:
    """Find words that say that nothing is ordered; empty where there are none."""
    return _find(_NO_ORDER, texts)


def is_as_ever(texts: Iterable[str]) -> str:
    """Find words that order what stands elsewhere; empty where there are none."""
    return _find(_AS_EVER, texts)


def seems_ordered(line: str) -> bool:
    """Say whether a line looks as if it ordered something, whatever that is."""
    return _SEEMS_ORDERED.search(fold(line)) is not None


def _find(pattern: re.Pattern[str], texts: Iterable[str]) -> str:
    for text in texts:
        found = pattern.search(fold(text))
        if found:
            return found[0]
    return ""
