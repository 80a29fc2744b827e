"""Buyers who keep ordering, the same way every time."""

import time

from connectors.sandbox.shopify.ordering import Ordering, keep_ordering
from tests.connectors.sandbox.taller import Taller


def a_day(seed: int) -> list[tuple[object, ...]]:
    taller = Taller()
    buyers = Ordering(taller.store, every_seconds=1, seed=seed)
    for _ in range(120):
        buyers.once()
        taller.move(60)
    return [
        (
            order["name"],
            order["email"],
            order["total"],
            order["cancelled_at"],
            order["edited"],
        )
        for order in taller.store.orders()
    ]


def test_a_seed_lives_the_same_day_and_another_seed_another() -> None:
    assert a_day(1) == a_day(1)
    assert a_day(1) != a_day(2)


def test_a_day_has_odd_orders_too() -> None:
    taller = Taller()
    buyers = Ordering(taller.store, every_seconds=1, seed=1)
    for _ in range(200):
        buyers.once()

    skus = {
        line["sku"]
        for order in taller.store.orders()
        for line in taller.lines(str(order["id"]))
    }
    assert skus == {"SOAP", "CANDLE", None, "NEW-LINE-01"}
    orders = taller.store.orders()
    assert any(order["cancelled_at"] for order in orders)
    assert any(order["edited"] for order in orders)
    assert any(order["refunds"] and not order["cancelled_at"] for order in orders)


def test_buyers_order_only_what_they_are_offered() -> None:
    taller = Taller()
    buyers = keep_ordering(taller.store, every_seconds=0.001, seed=5, skus=["CANDLE"])
    while len(buyers.placed) < 5:
        time.sleep(0.01)

    taller.store.close()

    count = len(taller.store.orders())
    assert count >= 5
    plain = {
        line["sku"] for o in taller.store.orders() for line in taller.lines(str(o["id"]))
    }
    assert "SOAP" not in plain
