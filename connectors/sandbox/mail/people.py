"""Who writes to a pretend post office, and what about."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who orders by mail."""

    name: str
    sender: str
    """`Name <address>`."""
    language: str
    mark: str
    """What their order numbers begin with."""
    place: tuple[str, ...]
    """Where it is to go, line by line."""
    ways: tuple[str, ...] = ("lines", "table", "sheet")


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """Something that can be ordered."""

    sku: str
    title: str


STRANGER = Person(
    name="Rosa Gil",
    sender="Rosa Gil <rosa@lamercera.example>",
    language="es",
    mark="RG",
    place=("La Mercera", "Calle del Pez 21", "28004 Madrid"),
    ways=("lines",),
)
