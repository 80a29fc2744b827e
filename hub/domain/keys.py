"""What the planner calls those who want something, and the order in which it takes equals."""

from typing import TypedDict

DEMAND, NEED = "demand", "need"
Turn = tuple[str, int, str]


def demand_key(demand_id: int) -> str:
    """Name an order line's demand."""
    return f"{DEMAND}:{demand_id}"


def need_key(need_id: int) -> str:
    """Name a run's need."""
    return f"{NEED}:{need_id}"


def is_demand(key: str) -> bool:
    """Say whether a key names an order line's demand; else it is a run's need."""
    return key.startswith(f"{DEMAND}:")


def number_of(key: str) -> int:
    """Read the id of the row that a key names."""
    return int(key.partition(":")[2])


class Owner(TypedDict, total=False):
    """The owner columns of a reservation, link or shortage: one of the two."""

    demand_id: int
    need_id: int


def key_of(*, demand_id: int | None, need_id: int | None) -> str:
    """Name the owner of a row."""
    return demand_key(demand_id) if demand_id is not None else need_key(need_id or 0)


def owner_of(key: str) -> Owner:
    """Turn a key back into the owner column of a row."""
    number = number_of(key)
    return {"demand_id": number} if is_demand(key) else {"need_id": number}


def in_turn(key: str) -> Turn:
    """Say where a key comes among equals: by its kind, then by its number, as a number.

    As text, 10 would come before 9, and one plan would differ from another only because the
    ids of its rows have another number of digits.
    """
    kind, _, number = key.rpartition(":")
    if number.removeprefix("-").isdecimal():
        return (kind, int(number), key)
    return (key, 0, key)
