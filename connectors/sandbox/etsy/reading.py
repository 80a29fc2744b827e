"""JSON bodies read as strictly as Etsy reads them, with its words for what is wrong."""

from collections.abc import Collection, Mapping
from decimal import Decimal

from connectors.sandbox.etsy.records import Refused

Json = dict[str, object]
_PHP = {
    dict: "array",
    list: "array",
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "double",
}


def known(given: Mapping[str, object], names: Collection[str]) -> None:
    """Make sure that nothing unknown is sent.

    :raises Refused: there is.
    """
    for name in given:
        if name not in names:
            raise Refused(400, f"Unknown parameter: {name}")


def need(given: Mapping[str, object], *names: str) -> None:
    """Make sure that everything required is sent.

    :raises Refused: something is missing.
    """
    missing = [name for name in names if name not in given]
    if missing:
        raise Refused(400, f"Missing Input Parameter: [{', '.join(missing)}]")


def listed(given: Mapping[str, object], name: str) -> list[Json]:
    """Read a list of objects; missing is empty.

    :raises Refused: it is something else.
    """
    value = given.get(name, [])
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise wrong(given, name, "array")
    return [{str(key): item for key, item in each.items()} for each in value]


def decimal(given: Mapping[str, object], name: str) -> Decimal:
    """Read a number.

    :raises Refused: it is something else.
    """
    value = given.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise wrong(given, name, "float")
    return Decimal(str(value))


def whole(given: Mapping[str, object], name: str) -> int:
    """Read a whole number.

    :raises Refused: it is something else.
    """
    value = given.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong(given, name, "int")
    return value


def boolean(given: Mapping[str, object], name: str) -> bool:
    """Read true or false.

    :raises Refused: it is something else.
    """
    value = given.get(name)
    if not isinstance(value, bool):
        raise wrong(given, name, "boolean")
    return value


def text(given: Mapping[str, object], name: str) -> str:
    """Read a text.

    :raises Refused: it is something else.
    """
    value = given.get(name)
    if not isinstance(value, str):
        raise wrong(given, name, "string")
    return value


def ids(given: Mapping[str, object], name: str) -> tuple[int, ...]:
    """Read a list of ids.

    :raises Refused: it is something else.
    """
    value = given.get(name)
    if not isinstance(value, list):
        raise wrong(given, name, "array")
    return tuple(whole({name: each}, name) for each in value)


def texts(given: Mapping[str, object], name: str) -> tuple[str, ...]:
    """Read a list of texts.

    :raises Refused: it is something else.
    """
    value = given.get(name)
    if not isinstance(value, list):
        raise wrong(given, name, "array")
    return tuple(text({name: each}, name) for each in value)


def wrong(given: Mapping[str, object], name: str, wanted: str) -> Refused:
    """Say what was expected and what came, as Etsy does (open-api issue 385)."""
    value = given.get(name)
    got = "NULL" if value is None else _PHP.get(type(value), "unknown")
    return Refused(400, f"Expected {wanted} value for '{name}' (got {got}).")
