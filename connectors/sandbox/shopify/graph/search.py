"""Shopify's search syntax, the part of it that finds orders, fulfilment orders and variants.

A filter nobody knows is ignored, with a warning beside the answer: so does the real thing, and
whoever misspells `updated_at` reads every order there is.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Generic, TypeVar

Record = TypeVar("Record")
Test = Callable[[Record], bool]
Field = Callable[[Record], object]

_WORD = re.compile(
    r"""\(|\)|(?:[^\s()'":]+:)?(?:<=|>=|<|>)?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^\s()]+)"""
)
_TERM = re.compile(
    r"""(?P<not>-)?(?:(?P<name>[\w.]+):)?(?P<op><=|>=|<|>)?(?P<value>.*)""", re.S
)


@dataclass(slots=True)
class Search(Generic[Record]):
    """A query read against the filters one noun knows."""

    fields: Mapping[str, Field[Record]]
    warnings: list[dict[str, str]] = field(default_factory=list)
    _words: list[str] = field(default_factory=list)

    def read(self, query: str | None) -> Test[Record]:
        """Turn a query into a test; no query finds everything."""
        self._words = _WORD.findall(query or "")
        if not self._words:
            return lambda _: True
        return self._either()

    def _either(self) -> Test[Record]:
        tests = [self._all()]
        while self._words and self._words[0] == "OR":
            self._words.pop(0)
            tests.append(self._all())
        return lambda record: any(test(record) for test in tests)

    def _all(self) -> Test[Record]:
        tests: list[Test[Record]] = []
        while self._words and self._words[0] not in {"OR", ")"}:
            if self._words[0] == "AND":
                self._words.pop(0)
                continue
            tests.append(self._one())
        return lambda record: all(test(record) for test in tests)

    def _one(self) -> Test[Record]:
        word = self._words.pop(0)
        if word == "NOT" and self._words:
            inner = self._one()
            return lambda record: not inner(record)
        if word == "(":
            inside = self._either()
            if self._words:
                self._words.pop(0)
            return inside
        return self._term(word)

    def _term(self, word: str) -> Test[Record]:
        found = _TERM.fullmatch(word)
        name = found["name"] if found else None
        if found is None or name is None or name not in self.fields:
            self.warnings.append(
                {
                    "field": name or "default",
                    "message": "Invalid search field for this query.",
                    "code": "invalid_field",
                }
            )
            return lambda _: True
        value = _unquoted(found["value"])
        look, compare = self.fields[name], _OPERATORS[found["op"] or ""]
        wanted = not found["not"]
        return lambda record: _matches(look(record), value, compare) == wanted


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] in "'\"" and value[-1] == value[0]
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if quoted else value


def _matches(have: object, wanted: str, compare: Callable[[int], bool]) -> bool:
    if isinstance(have, (set, frozenset, list, tuple)):
        return any(_matches(each, wanted, compare) for each in have)
    if have is None:
        return False
    if isinstance(have, datetime):
        limit = _moment(wanted)
        return limit is not None and compare(_order(have, limit))
    if isinstance(have, int) and not isinstance(have, bool):
        return wanted.isdigit() and compare(_order(have, int(wanted)))
    return compare(_order(str(have).lower(), wanted.lower()))


Ordered = TypeVar("Ordered", int, str, datetime)


def _order(left: Ordered, right: Ordered) -> int:
    return (left > right) - (left < right)


def _moment(written: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


_OPERATORS: dict[str, Callable[[int], bool]] = {
    "": lambda sign: sign == 0,
    "<": lambda sign: sign < 0,
    ">": lambda sign: sign > 0,
    "<=": lambda sign: sign <= 0,
    ">=": lambda sign: sign >= 0,
}
