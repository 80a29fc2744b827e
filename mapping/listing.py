"""The key of a listing: how a thing sold is known again the next time it is sold."""

import re
import unicodedata
from functools import lru_cache
from hashlib import sha256

from mapping.canonical import Line, ListingRef

_SEPARATORS = re.compile(r"[\s_\-‐-―−﹘﹣－]+")
_MEANS_NOTHING = re.compile(r"(?<!\d)-|-(?!\d)")
_WORD = re.compile(r"[^\W_]+")
_INVISIBLE = frozenset({"Cc", "Cf"})


def listing_ref(line: Line) -> ListingRef:
    """Name what a line sold, in the same words whenever it is sold again.

    The variant says it best. A product whose variant is gone is told apart by SKU or
    variant title, because its sizes are different things; then the SKU; then the title.
    """
    return ListingRef(
        key=_key(line),
        sku=line.sku,
        title=line.title,
        variant_title=line.variant_title,
        extra={"product_id": line.product_id} if line.product_id else {},
    )


@lru_cache(maxsize=16_384)
def sku_key(sku: str) -> str:
    """Fold a SKU to what people mean by it: case, spaces, dashes and width aside.

    "LAV-100ML", "lav_100ml" and "LAV100ML" are the same; a dash between two digits stays,
    because A-1-11 is not A-11-1. Empty stays empty, and is nobody's SKU.
    """
    visible = "".join(
        c if unicodedata.category(c) not in _INVISIBLE or c.isspace() else "" for c in sku
    )
    narrow = unicodedata.normalize("NFKC", visible).casefold()
    joined = _SEPARATORS.sub("-", unicodedata.normalize("NFKC", narrow))
    # Again, because an accent may have lost the space it stood on.
    return unicodedata.normalize("NFKC", _MEANS_NOTHING.sub("", joined))


def search_words(title: str, variant_title: str, sku: str) -> str:
    """Fold what a listing is found by: small letters without accents, single blanks.

    The SKU is in it twice, also as `sku_key` folds it, so that CNDLAV6 finds CND-LAV-6.
    """
    said = fold_words(f"{title} {variant_title} {sku}")
    key = fold_words(sku_key(sku)).replace(" ", "")
    return f"{said} {key}".strip() if key and key not in said.split() else said


def fold_words(words: str) -> str:
    """Fold words as they are searched for: small letters and digits without accents."""
    parts = unicodedata.normalize("NFKD", words)
    plain = "".join(each for each in parts if not unicodedata.combining(each))
    return " ".join(_WORD.findall(plain.casefold()))


def barcode_key(barcode: str) -> str:
    """Fold a barcode to the thing it names: a UPC is the EAN that begins with a zero.

    What is no GTIN (8, 12, 13 or 14 digits, not all zeros) is only a word that somebody typed, and
    nobody's barcode: empty.
    """
    digits = "".join(barcode.split()).replace("-", "")
    is_gtin = digits.isascii() and digits.isdigit() and len(digits) in {8, 12, 13, 14}
    return digits.zfill(14) if is_gtin and digits.strip("0") else ""


def _key(line: Line) -> str:
    sku = sku_key(line.sku)
    if line.variant_id:
        return f"variant:{line.variant_id}"
    if line.product_id:
        which = sku or _words(line.variant_title)
        return f"product:{line.product_id}" + (f":{which}" if which else "")
    if sku:
        return f"sku:{sku}"
    return f"title:{_words(line.title, line.variant_title)}"


def _words(*titles: str) -> str:
    """Shorten titles to a few hex digits, empty when there is nothing to shorten."""
    plain = "\n".join(" ".join(title.casefold().split()) for title in titles).strip()
    return sha256(plain.encode(errors="replace")).hexdigest()[:16] if plain else ""
