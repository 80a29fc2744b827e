"""Etsy's own OpenAPI file as a judge: what in a request or an answer does not agree with it."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast
from urllib.parse import parse_qsl

Json = dict[str, object]

NAME = "openapi-2026-08-17.json"


@dataclass(frozen=True, slots=True)
class Judged:
    """The operation of a path, and its text in the file."""

    id: str
    text: Json

    @property
    def scope(self) -> str | None:
        """The scope a token needs; None when no token is asked for."""
        for way in cast(list[dict[str, list[str]]], self.text.get("security") or []):
            if way.get("oauth2"):
                return way["oauth2"][0]
        return None


class EtsyOas:
    """Judges calls. An unknown field or parameter is a fault, though the file would let it pass."""

    def __init__(self, vendor: Path) -> None:
        self._file = cast(Json, json.loads((vendor / "etsy" / NAME).read_text("utf-8")))
        self._schemas = _at(self._file, "components", "schemas")
        self._paths = {
            re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path))): cast(Json, methods)
            for path, methods in _at(self._file, "paths").items()
        }

    def operation(self, method: str, path: str) -> Judged | None:
        """Find the operation of a path; a path of words before one with an id in its place."""
        found = [
            Judged(
                str(_at(methods, method.lower())["operationId"]),
                _at(methods, method.lower()),
            )
            for pattern, methods in sorted(
                self._paths.items(), key=lambda pair: pair[0].pattern.count("[^/]+")
            )
            if pattern.fullmatch(path) and method.lower() in methods
        ]
        return found[0] if found else None

    def request_faults(
        self, method: str, path: str, *, query: str, content_type: str, body: bytes
    ) -> list[str]:
        """Say what in a request does not agree; an empty list is a good request."""
        operation = self.operation(method, path)
        if operation is None:
            return [f"no operation {method} {path}"]
        return [
            *self._query_faults(operation.text, query),
            *self._body_faults(operation.text, content_type, body),
        ]

    def answer_faults(self, operation_id: str, status: int, body: object) -> list[str]:
        """Say what in an answer does not agree; an empty list is a good answer."""
        for methods in self._paths.values():
            for text in methods.values():
                if isinstance(text, dict) and text.get("operationId") == operation_id:
                    return list(self._answer_faults(text, status, body))
        return [f"no operation {operation_id}"]

    def _answer_faults(self, text: Json, status: int, body: object) -> Iterator[str]:
        answers = _at(text, "responses")
        # The file names no 429 and no 503; every error has one shape.
        named = answers.get(str(status)) or (answers.get("500") if status >= 400 else None)
        if not isinstance(named, dict):
            yield f"no answer {status}"
            return
        schema = _at(named, "content", "application/json", "schema")
        allowed = frozenset({"error_description"} if status in {401, 403} else ())
        yield from self._faults(schema, body, "$", also=allowed)

    def _query_faults(self, text: Json, query: str) -> Iterator[str]:
        takes = {
            str(each["name"]): each
            for each in cast(list[Json], text.get("parameters") or [])
            if each["in"] == "query"
        }
        given = dict(parse_qsl(query, keep_blank_values=True))
        yield from (
            f"?{n} is missing"
            for n, p in takes.items()
            if p.get("required") and n not in given
        )
        for name, value in given.items():
            if name not in takes:
                yield f"?{name} is unknown"
                continue
            schema = _at(takes[name], "schema")
            yield from self._faults(schema, _read(schema, value), f"?{name}")

    def _body_faults(self, text: Json, content_type: str, body: bytes) -> Iterator[str]:
        if "requestBody" not in text:
            yield from (["a body nobody asked for"] if body else [])
            return
        content = _at(text, "requestBody", "content")
        sent = content_type.partition(";")[0].strip().lower()
        if sent not in content:
            yield f"{sent or 'no Content-Type'} is not {' or '.join(content)}"
            return
        schema = _at(content, sent, "schema")
        if sent == "application/json":
            yield from self._faults(schema, json.loads(body), "body")
            return
        properties = _at(schema, "properties")
        pairs = dict(parse_qsl(body.decode(), keep_blank_values=True))
        read = {n: _read(_part(properties, n), v) for n, v in pairs.items()}
        yield from self._faults(schema, read, "body")

    def _faults(
        self,
        schema: Json,
        value: object,
        where: str,
        *,
        also: frozenset[str] = frozenset(),
    ) -> Iterator[str]:
        if "$ref" in schema:
            schema = schema | _at(self._schemas, str(schema["$ref"]).rpartition("/")[2])
        if value is None and schema.get("nullable"):
            return
        for choice in cast(list[Json], schema.get("oneOf") or []):
            yield from self._faults(choice, value, where, also=also)
        if isinstance(value, dict):
            yield from self._object_faults(schema, value, where, also)
        elif isinstance(value, list):
            for number, item in enumerate(value):
                yield from self._faults(_part(schema, "items"), item, f"{where}[{number}]")
        yield from _plain_faults(schema, value, where)

    def _object_faults(
        self, schema: Json, value: Json, where: str, also: frozenset[str]
    ) -> Iterator[str]:
        known = _part(schema, "properties")
        for name in cast(list[str], schema.get("required") or []):
            if name not in value:
                yield f"{where}.{name} is missing"
        for name, item in value.items():
            if name in known:
                yield from self._faults(_at(known, name), item, f"{where}.{name}")
            elif known and name not in also:
                yield f"{where}.{name} is unknown"


def _plain_faults(schema: Json, value: object, where: str) -> Iterator[str]:
    kind = schema.get("type")
    if isinstance(kind, str) and not _is(kind, value):
        yield f"{where}: {value!r} is no {kind}"
    elif "enum" in schema and value not in cast(list[object], schema["enum"]):
        yield f"{where}: {value!r} is none of {schema['enum']}"
    elif isinstance(value, (int, float)) and value < cast(
        float, schema.get("minimum", value)
    ):
        yield f"{where}: {value} is below {schema['minimum']}"


def _at(tree: Mapping[str, object], *steps: str) -> Json:
    found: object = tree
    for step in steps:
        found = cast(Json, found)[step]
    return cast(Json, found)


def _part(tree: Mapping[str, object], name: str) -> Json:
    return cast(Json, tree.get(name) or {})


_KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


def _is(kind: str, value: object) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, _KINDS[kind])


def _read(schema: Mapping[str, object], text: str) -> object:
    """Read a text from a query or a form as the schema means it; itself if it cannot be."""
    kind = schema.get("type")
    if kind == "array":
        return [_read(_part(schema, "items"), each) for each in text.split(",")]
    if kind == "integer" and re.fullmatch(r"-?\d+", text):
        return int(text)
    if kind == "boolean" and text in {"true", "false"}:
        return text == "true"
    return text
