"""Foreign JSON, read so that nothing in it can break what comes after.

What the standard reader lets through is caught here: other encodings, depth and size that
exhaust, NaN, numbers no column holds, names written twice, NUL and half surrogates, which
no database takes. Our own API refuses them and says where; a shop's message is mended and
flagged, so that no order is lost for a character. Numbers with a fraction become Decimal.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

DEEPEST = 64
MOST_NODES = 50_000
LARGEST_EXPONENT = 300
INT64 = range(-(2**63), 2**63)
INSTEAD = "\N{REPLACEMENT CHARACTER}"

Json = None | bool | int | Decimal | str | list["Json"] | dict[str, "Json"]

_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)', re.DOTALL)
"""A string, or the rest of the text where one is never closed, so that the scan stays linear."""
_EMPTY = re.compile(rb"\[\s*\]|\{\s*\}")
_WHOLE = re.compile(r"-?[0-9]{1,19}")
_FRACTION = re.compile(r"-?[0-9.]{1,400}(?:[eE]([+-]?[0-9]{1,3}))?")
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class JsonRefused(ValueError):
    """A text that is not JSON as we take it: why, and where (a path, or line and column)."""

    def __init__(self, why: str, *, where: str) -> None:
        super().__init__(f"{where}: {why}" if where else why)
        self.why = why
        self.where = where


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """What a shop's message says, and what had to be mended to read it."""

    value: Json
    flags: tuple[str, ...]
    """Where and what, one for each thing mended; never what was written there."""


def read_strict(raw: bytes, *, most_nodes: int = MOST_NODES) -> Json:
    """Read JSON sent to our own API, refusing what could mean two things or break later.

    :raises JsonRefused: it is not such JSON; says where.
    """
    value, faults = _read(raw, most_nodes=most_nodes)
    for fault in faults:
        raise JsonRefused(fault.why, where=fault.where)
    return value


def read_mended(raw: bytes, *, most_nodes: int = MOST_NODES) -> Mended:
    """Read JSON a shop sent, mending what can be mended.

    NUL and half surrogates become U+FFFD, and of a name written twice the last counts, as
    everywhere else; both are flagged.

    :raises JsonRefused: it cannot be read at all.
    """
    value, faults = _read(raw, most_nodes=most_nodes)
    for fault in faults:
        if fault.is_fatal:
            raise JsonRefused(fault.why, where=fault.where)
    flags = tuple(f"{fault.where}: {fault.why}" for fault in faults)
    return Mended(value=_mended(value) if flags else value, flags=flags)


def clean_text(text: str) -> str:
    """Replace what no database takes (NUL, half surrogates) by U+FFFD."""
    return _UNSTORABLE.sub(INSTEAD, text)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fault:
    where: str
    why: str
    is_fatal: bool = False


class _BadNumber(str):
    """A number that cannot be kept, as it was written."""

    __slots__ = ()


class _Twice(dict[str, Json]):
    """An object in which `again` was written more than once."""

    again: str = ""


class _Hooks:
    """What the standard reader calls for objects and numbers; notes whether any was odd."""

    def __init__(self) -> None:
        self.saw_odd = False

    def pairs(self, pairs: list[tuple[str, Json]]) -> dict[str, Json]:
        read = dict(pairs)
        if len(read) == len(pairs):
            return read
        self.saw_odd = True
        twice = _Twice(read)
        twice.again = Counter(name for name, _ in pairs).most_common(1)[0][0]
        return twice

    def whole(self, text: str) -> int | _BadNumber:
        if _WHOLE.fullmatch(text) and int(text) in INT64:
            return int(text)
        return self.bad(text)

    def fraction(self, text: str) -> Decimal | _BadNumber:
        found = _FRACTION.fullmatch(text)
        if found and abs(int(found[1] or 0)) <= LARGEST_EXPONENT:
            return Decimal(text)
        return self.bad(text)

    def bad(self, text: str) -> _BadNumber:
        self.saw_odd = True
        return _BadNumber(text)


def _read(raw: bytes, *, most_nodes: int) -> tuple[Json, list[_Fault]]:
    _measure(raw, most_nodes=most_nodes)
    hooks = _Hooks()
    try:
        value = json.loads(
            raw.decode(),
            object_pairs_hook=hooks.pairs,
            parse_int=hooks.whole,
            parse_float=hooks.fraction,
            parse_constant=hooks.bad,
        )
    except UnicodeDecodeError as e:
        raise JsonRefused("This is not UTF-8.", where=f"byte {e.start}") from e
    except json.JSONDecodeError as e:
        where = f"line {e.lineno}, column {e.colno}"
        raise JsonRefused(f"This is not JSON ({e.msg}).", where=where) from e
    except RecursionError as e:
        raise JsonRefused("This is nested too deeply.", where="") from e
    is_odd = hooks.saw_odd or b"\\u" in raw
    return cast(Json, value), list(_faults(value, where="")) if is_odd else []


def _measure(raw: bytes, *, most_nodes: int) -> None:
    """Refuse depth and size before anything is built."""
    outline = _STRING.sub(b"0", raw)
    depth = 0
    for bracket in outline.translate(None, _NOT_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        if depth > DEEPEST:
            raise JsonRefused(f"This is nested deeper than {DEEPEST}.", where="")
    opened = outline.count(b"[") + outline.count(b"{")
    nodes = 1 + outline.count(b",") + opened - len(_EMPTY.findall(outline))
    if nodes > most_nodes:
        raise JsonRefused(f"This holds more than {most_nodes} values.", where="")


_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


def _faults(value: object, *, where: str) -> Iterator[_Fault]:
    if isinstance(value, _BadNumber):
        yield _Fault(where=where, why="This number cannot be kept.", is_fatal=True)
    elif isinstance(value, str) and _UNSTORABLE.search(value):
        yield _Fault(where=where, why="This text holds NUL or half a character.")
    elif isinstance(value, list):
        for position, part in enumerate(value):
            yield from _faults(part, where=f"{where}[{position}]")
    elif isinstance(value, dict):
        yield from _faults_of_object(value, where=where)


def _faults_of_object(value: dict[object, object], *, where: str) -> Iterator[_Fault]:
    if isinstance(value, _Twice):
        yield _Fault(where=_under(where, value.again), why="This name is written twice.")
    for name, part in value.items():
        yield from _faults(name, where=_under(where, str(name)))
        yield from _faults(part, where=_under(where, str(name)))


def _under(where: str, name: str) -> str:
    shown = clean_text(name[:60])
    return f"{where}.{shown}" if where else shown


def _mended(value: Json) -> Json:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list):
        return [_mended(part) for part in value]
    if isinstance(value, dict):
        return {clean_text(name): _mended(part) for name, part in value.items()}
    return value
