"""Where a sender wants it sent: the few lines below "Enviar a:", as they were written."""

import re
from collections.abc import Sequence

from connectors.email.extract.words import fold, listed
from mapping.letter import DraftAddress

LABEL = re.compile(
    r"^\W{0,3}(?:direcci[oó]n(?: de)? (?:entrega|env[ií]o)|lugar de entrega|domicilio de entrega"
    r"|(?:enviar|entregar|env[ií]o|entrega|mandar)(?: el pedido)? (?:a|en)"
    r"|(?:ship|deliver|send|delivery|shipping)(?: it)? to|(?:delivery|shipping|ship[- ]to) address)"
    r"(?:\s{0,2}:|\s{1,3}(?=[A-ZÁÉÍÓÚÑ0-9])|\s*$)",
    re.IGNORECASE,
)
MOST_LINES = 8

_PHONE = re.compile(
    r"^(?:tel|tfno|tlf|telf|tel[eé]fono|phone|m[oó]vil|mobile|t)?\W{0,3}"
    r"(\+?[0-9][0-9 ().-]{7,20})$",
    re.IGNORECASE,
)
_CODE_AND_CITY = re.compile(
    r"^(?:[A-Z]{1,2}-)?([0-9]{4,5}(?:-[0-9]{3,4})?)\s{1,3}([^\d]{2,60})$"
)
_CITY_AND_CODE = re.compile(
    r"^([^\d,]{2,60}),?\s{1,3}([A-Z]{1,2}[0-9][0-9A-Z]?\s?[0-9][A-Z]{2}|[0-9]{5})$"
)
_CITY_STATE_ZIP = re.compile(
    r"^([^\d,]{2,60}),\s{0,3}([A-Z]{2})\s{1,3}([0-9]{5}(?:-[0-9]{4})?)$"
)
_CODE = re.compile(r"^([0-9]{5}|[A-Z]{1,2}[0-9][0-9A-Z]?\s?[0-9][A-Z]{2})$")
_REGION = re.compile(r"^([^()]{2,60}?)\s{0,3}\(([^()]{2,40})\)$")
_FIELD = re.compile(r"^\s*[^\W\d_][\w ./º°ª]{1,30}:")

_COUNTRIES = listed(
    "espana|spain|portugal|francia|france|italia|italy|alemania|germany|reino unido|uk|"
    "united kingdom|estados unidos|usa|united states|irlanda|ireland|belgica|belgium|"
    "paises bajos|netherlands|andorra|austria|suiza|switzerland|mexico",
    mark="|",
)


def read_block(lines: Sequence[str]) -> DraftAddress | None:
    """Read what stands behind the label and the lines below, up to an empty line or a field."""
    chunks = _chunks(lines)
    if not chunks:
        return None
    found: dict[str, str] = {}
    words: list[str] = []
    for chunk in chunks:
        if not _take(found, chunk):
            words.append(chunk)
    street = next(
        (i for i, each in enumerate(words) if any(c.isdigit() for c in each)), None
    )
    names = words[:street] if street is not None else words[:1]
    if street is None and not found:
        names = []  # "Entregar en: Valencia": where it goes was said, and not all of it
    rest = words[len(names) :]
    found |= dict(zip(("name", "company"), names, strict=False))
    found["line1"] = rest[0] if rest else ""
    found["line2"] = ", ".join([*names[2:], *rest[1:]])
    return DraftAddress(**found)


def block_length(lines: Sequence[str]) -> int:
    """Say how many of the lines behind a label belong to its block."""
    length = 0
    for line in lines[:MOST_LINES]:
        if not line.strip() or (_FIELD.match(line) and not _PHONE.match(line.strip())):
            break
        length += 1
    return length


def _chunks(lines: Sequence[str]) -> list[str]:
    first, below = lines[0].strip(" :.\t"), lines[1:]
    while not first and below and not below[0].strip():
        below = below[1:]
    block = [first, *below[: block_length(below)]]
    pieces = [piece.strip(" .\t") for line in block for piece in _split(line)]
    return [piece[:120] for piece in pieces if piece][:12]


def _split(line: str) -> list[str]:
    """Part a line at its commas, but keep "Mayor 5, 2º" and "Springfield, IL 62701" whole."""
    line = line.strip(" ,")
    if _CITY_STATE_ZIP.match(line):
        return [line]
    joined: list[str] = []
    for piece in re.split(r"[,;]|\s{3,}", line[:300]):
        bare = piece.strip()
        is_number = (
            bool(bare) and len(bare) <= 8 and bare[0].isdigit() and not _CODE.match(bare)
        )
        if joined and is_number:
            joined[-1] += f", {bare}"
        else:
            joined.append(bare)
    return joined


def _take(found: dict[str, str], chunk: str) -> bool:
    """Take a chunk that says by its form what it is; False for names and streets."""
    read = _by_form(chunk)
    if not read and "postcode" in found and not any(c.isdigit() for c in chunk):
        read = {"region": chunk} if "city" in found else {"city": chunk}
    if not read or read.keys() & found.keys():
        return False
    found |= read
    return True


def _by_form(chunk: str) -> dict[str, str]:
    read: dict[str, str] = {}
    if phone := _PHONE.match(chunk):
        read = {"phone": phone[1].strip()}
    elif both := _CODE_AND_CITY.match(chunk):
        region = _REGION.match(both[2])
        read = {"postcode": both[1], "city": region[1] if region else both[2]}
        read |= {"region": region[2]} if region else {}
    elif state := _CITY_STATE_ZIP.match(chunk):
        read = {"city": state[1], "region": state[2], "postcode": state[3]}
    elif both := _CITY_AND_CODE.match(chunk):
        read = {"city": both[1].strip(), "postcode": both[2]}
    elif _CODE.match(chunk):
        read = {"postcode": chunk}
    elif fold(chunk) in _COUNTRIES:
        read = {"country": chunk}
    return read
