"""What looks like the code of an article, and lines that look ordered without being read."""

import re

from connectors.email.extract.words import UNITS, listed

_CHUNK = re.compile(r"[^\s,;:()\[\]<>\"“”«»!?¿¡|=*]+")
_MEASURE = re.compile(r"[0-9]+(?:[.,][0-9]+)?([a-zA-Zº%]+)")
_NUMBER = re.compile(r"(?:[x×])?[-+~]?\d+(?:[.,]\d+)*[kKmM]?(?:[eE]\d+)?(?:[x×])?")
_LETTER_AND_DIGIT = re.compile(r"(?=[^\d]*\d)(?=[\W\d_]*[^\W\d_])")
_MULTIPLE = re.compile(r"[0-9]+[x×][0-9]+")
_SHAPE = re.compile(r"\w[\w./+#-]*")
_SHORTEST = 4
"""Letters and digits of a code that makes a line suspicious: A4 and 24h are everywhere."""

NUMBER_WORDS = listed(
    "un una uno dos tres cuatro cinco seis siete ocho nueve diez once doce quince veinte "
    "treinta cincuenta cien docena docenas media decena one two three four five six seven "
    "eight nine ten eleven twelve fifteen twenty thirty fifty hundred thousand dozen half "
    "ciento mil couple par"
)
_ORDINALS = listed("st nd rd th h hs o a º ª am pm min d")


def is_code(chunk: str) -> bool:
    """Say whether a word is written like a code: letters with digits, or capitals with dashes."""
    word = chunk.strip(".-/+#_")
    if not 2 <= len(word) <= 60 or not _SHAPE.fullmatch(word) or _MULTIPLE.fullmatch(word):
        return False
    measure = _MEASURE.fullmatch(word)
    if measure and measure[1].casefold() in UNITS | _ORDINALS:
        return False
    if _LETTER_AND_DIGIT.match(word):
        return _NUMBER.fullmatch(word) is None
    is_joined = any(mark in word for mark in "-_/")
    return is_joined and word.upper() == word and any(c.isalpha() for c in word)


def looks_ordered(text: str) -> bool:
    """Say whether a text has a number beside a code, so that it may be a line of an order."""
    has_code = has_number = False
    for found in _CHUNK.finditer(text):
        chunk = found[0].strip(".'’-–—_+/…")
        if is_code(chunk):
            has_code = has_code or sum(c.isalnum() for c in chunk) >= _SHORTEST
        elif _NUMBER.fullmatch(chunk) or _is_counted(chunk):
            has_number = True
        if has_code and has_number:
            return True
    return False


def _is_counted(chunk: str) -> bool:
    """Say whether a chunk is a number word, or a number with a unit written to it."""
    measure = _MEASURE.fullmatch(chunk)
    if measure:
        return measure[1].casefold() in UNITS
    return chunk.casefold() in NUMBER_WORDS or _MULTIPLE.fullmatch(chunk) is not None
