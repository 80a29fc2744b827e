"""JSON from the back door: what is asked for, read strictly."""

from collections.abc import Collection, Mapping
from dataclasses import fields

from connectors.sandbox.faults import Fault

Json = Mapping[str, object]


class Misasked(Exception):
    """The JSON is not what this door takes."""


def text(given: Json, key: str, default: str | None = None) -> str:
    """Read a string.

    :raises Misasked: it is missing without default, or no string.
    """
    value = given.get(key, default)
    if not isinstance(value, str):
        raise Misasked(f"{key} must be a string")
    return value


def number(given: Json, key: str, default: float) -> float:
    """Read a number.

    :raises Misasked: it is none.
    """
    value = given.get(key, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Misasked(f"{key} must be a number")
    return value


def texts(given: Json, key: str) -> tuple[str, ...]:
    """Read a list of strings; missing is empty.

    :raises Misasked: it is something else.
    """
    value = given.get(key) or []
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise Misasked(f"{key} must be a list of strings")
    return tuple(value)


def counts(given: Json, key: str) -> dict[str, int]:
    """Read counts by id; missing is empty.

    :raises Misasked: it is something else.
    """
    value = given.get(key) or {}
    if not isinstance(value, dict) or not all(isinstance(n, int) for n in value.values()):
        raise Misasked(f"{key} must map ids to whole numbers")
    return {str(name): count for name, count in value.items()}


def fault(given: Json) -> Fault:
    """Read a fault to set.

    :raises Misasked: no such kind, or a key no fault has.
    """
    only(given, {f.name for f in fields(Fault)})
    plain = Fault(kind="slow")
    times, seconds = given.get("times", 1), given.get("seconds")
    try:
        return Fault(
            kind=text(given, "kind"),
            operation=maybe(given, "operation"),
            times=int(number(given, "times", 1)) if times is not None else None,
            after=int(number(given, "after", 0)),
            chance=number(given, "chance", 1.0),
            seconds=number(given, "seconds", 0) if seconds is not None else None,
            status=int(number(given, "status", plain.status)),
            message=text(given, "message", plain.message),
            code=text(given, "code", plain.code),
            version=text(given, "version", plain.version),
            copies=int(number(given, "copies", plain.copies)),
        )
    except ValueError as unknown:
        raise Misasked(str(unknown)) from unknown


def maybe(given: Json, key: str) -> str | None:
    """Read a string that may be missing.

    :raises Misasked: it is something else.
    """
    return text(given, key) if given.get(key) is not None else None


def only(given: Json, known: Collection[str]) -> None:
    """Make sure that nothing unknown is asked.

    :raises Misasked: there is.
    """
    if unknown := set(given) - set(known):
        raise Misasked(f"unknown: {', '.join(sorted(unknown))}")
