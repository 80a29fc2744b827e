"""The ways people write one line of an order, over the kinds of its words (`tokens`).

Every way is matched whole: what is not understood to its last word is no line.
"""

import re
from collections.abc import Sequence

from connectors.email.extract.codes import is_code
from connectors.email.extract.tokens import BARCODES, Token
from mapping.letter import DraftLine, Place

_UNIT = r"U(?:[DX]?NU?|[DX]?G)?|U\([DX]?NU?\)"
_CODE = r"(?:R[S.]?)?#?C|\(#?C\)|R[S.]?#?[NA]|#N"
_CAPITALS = r"A[ACG]{0,3}"
_NAME = r"[WAG(U][WACGDUL(),-]{0,9}"
_MORE = r"(?:S?[(W][WACDGULS)N]{0,11}|S[WACGDUL()]{1,11})"
_BEHIND = r"(?P<dash>S)(?P<t>[WA(][WAD()]{0,9})"
_PRICE = r"(?:S?[VLP]?S?M(?:SM)?|\([VLP]?M\)|S[VLPS]M)?"

_WAYS = tuple(
    re.compile(way)
    for way in (
        # 6 x LAV-100ML, 12 uds LAV-100ML, 2 cajas de 12 LAV-100ML, 5 units of LAV-100ML
        rf"(?P<n>N)X?(?:(?P<u>{_UNIT})X?)?S?D?(?P<c>{_CODE})(?P<t>{_MORE})?(?P<m>{_PRICE})",
        rf"(?P<n>N)(?:X|(?P<u>{_UNIT}))D?(?P<c>{_CAPITALS})(?P<m>{_PRICE})",
        # LAV-100ML x 6, LAV-100ML: 6 uds, LAV-100ML 6, LAV-100ML (soap) x 6, Soap (#LAV) x 6
        rf"(?P<c>{_CODE})(?:[SX,]S?)?(?:Q[S.]?)?(?P<n>N)(?P<u>{_UNIT})?(?P<m>{_PRICE})",
        # LAV-100ML x 6 - Lavender oil
        rf"(?P<c>{_CODE})(?:[SX,]S?)?(?:Q[S.]?)?(?P<n>N)(?P<u>{_UNIT})?{_BEHIND}",
        rf"(?P<c>{_CODE})\((?:X|Q[S.]?)?(?P<n>N)(?P<u>{_UNIT})?\)(?P<m>{_PRICE})",
        rf"(?P<c>{_CODE})(?P<t>{_MORE})(?:[SX,]S?)(?:Q[S.]?)?(?P<n>N)(?P<u>{_UNIT})?(?P<m>{_PRICE})",
        rf"(?P<c>{_CODE})(?P<t>{_MORE})(?:Q[S.]?)?(?P<n>N)(?P<u>{_UNIT})(?P<m>{_PRICE})",
        rf"(?P<c>{_CAPITALS})(?:X|S)(?P<n>N)(?P<u>{_UNIT})?(?P<m>{_PRICE})",
        rf"(?P<c>{_CAPITALS})S?(?P<n>N)(?P<u>{_UNIT})(?P<m>{_PRICE})",
        rf"(?P<t>{_NAME})(?P<c>\(#?C\)|SC)[SX]?S?(?P<n>N)(?P<u>{_UNIT})?(?P<m>{_PRICE})",
        rf"(?P<c>{_CODE}),(?:Q[S.]?)(?P<n>N)(?P<u>{_UNIT})?",
        # 6 x lavender soap, 6 uds de jabón de lavanda, lavender soap x 6, jabón: 6 uds
        rf"(?P<n>N)X?(?:(?P<u>{_UNIT})X?)?D?(?P<t>{_NAME})(?P<m>{_PRICE})",
        rf"(?P<t>{_NAME})(?:X)(?P<n>N)(?P<u>{_UNIT})?(?P<m>{_PRICE})",
        rf"(?P<t>{_NAME})S?(?P<n>N)(?P<u>{_UNIT})(?P<m>{_PRICE})",
        rf"(?P<t>{_NAME})S(?P<n>N)(?P<m>{_PRICE})",
    )
)
_ONLY_NAMES = 11
"""From here on the ways name goods by words alone."""

_FRONT = re.compile(r"[BLPQ,.S#]*")


def read_line(
    tokens: Sequence[Token], *, line: str, part: str, offset: int, names_too: bool = True
) -> DraftLine | None:
    """Read the words of one line, None where they are no line of an order.

    `offset` is where `line` stands in the part's text. Without `names_too` only codes count.
    """
    kinds = "".join(token.kind for token in tokens)
    front = _front(kinds)
    back = len(kinds) - len(_tail(kinds[front:]))
    body = kinds[front:back]
    ways = _WAYS if names_too else _WAYS[:_ONLY_NAMES]
    for way in ways:
        found = way.fullmatch(body)
        if found is not None:
            return _line(found, tokens[front:back], line=line, part=part, offset=offset)
    return None


def _front(kinds: str) -> int:
    found = _FRONT.match(kinds)
    front = found.end() if found else 0
    # The mark before a number in brackets or a # belongs to what follows.
    return front - 1 if front and kinds[front - 1] == "#" else front


def _tail(kinds: str) -> str:
    # Backwards, since a search for what reaches the end begins anew at every word.
    length = len(kinds) - len(kinds.rstrip("BPL,."))
    return kinds[len(kinds) - length :] if length else ""


def _line(
    found: re.Match[str], tokens: Sequence[Token], *, line: str, part: str, offset: int
) -> DraftLine | None:
    def words(group: str) -> str:
        """Return what stands in a group, from its first to its last word."""
        if group not in found.re.groupindex or found[group] is None or not found[group]:
            return ""
        first, last = tokens[found.start(group)], tokens[found.end(group) - 1]
        return line[first.start : last.end]

    named = _within(found, "t", tokens)
    if words("c") and named and named[0].kind == "W" and named[0].text[0].islower():
        # A name that follows a code begins with a capital; what does not is a sentence going on.
        return None
    if words("dash") not in {"", "-"}:
        return None
    start, end = tokens[0].start, tokens[-1].end
    sku, title = _named(words("c"), words("t"))
    if not sku and not title:
        return None
    money = [each for each in _within(found, "m", tokens) if each.kind == "M"]
    is_amount = bool(money) and words("m").startswith("=")
    return DraftLine(
        text=line.strip(),
        place=Place(part=part, start=offset + start, end=offset + end),
        sku=sku,
        quantity=words("n"),
        unit=words("u"),
        title=title,
        price=money[0].text if money and not is_amount else "",
        amount=money[-1].text if is_amount or len(money) > 1 else "",
        barcode=sku if sku.isdigit() and len(sku) in BARCODES else "",
    )


def _within(found: re.Match[str], group: str, tokens: Sequence[Token]) -> Sequence[Token]:
    if group not in found.re.groupindex or found[group] is None:
        return ()
    return tokens[found.start(group) : found.end(group)]


def _named(code: str, title: str) -> tuple[str, str]:
    sku = code.strip(" ()[]#-:")
    for label in ("ref", "sku", "art", "cod", "code", "item", "código", "codigo", "referencia",
                  "artículo", "articulo", "article", "refs"):  # fmt: skip
        if not is_code(sku) and sku.casefold().startswith(label) and len(sku) > len(label):
            rest = sku[len(label) :]
            if not rest[0].isalpha():
                sku = rest.strip(" .:#-")
    return sku, title.strip(" ()[]-:=|,")
