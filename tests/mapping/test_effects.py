"""An effect survives its wait in the outbox unchanged."""

import json
from datetime import UTC, date, datetime

import pytest

from mapping.effects import (
    KINDS,
    AmendTracking,
    Delivered,
    Effect,
    Fulfil,
    Hold,
    LineQuantity,
    Mail,
    Progress,
    Promised,
    ReleaseHold,
    SetStock,
    StockRef,
    Tracking,
    from_payload,
    kind_of,
    to_payload,
)

TRACKING = Tracking(carrier="Correos", number="PQ4F6H", url="https://example.com/PQ4F6H")
EFFECTS: list[Effect] = [
    Fulfil(
        order_id="820982911946154508",
        lines=(
            LineQuantity(line_id="1", quantity=2),
            LineQuantity(line_id="2", quantity=1),
        ),
        tracking=TRACKING,
        known_refs=("7", "8"),
    ),
    AmendTracking(order_id="1", fulfilment_refs=("7",), tracking=TRACKING, notify=False),
    Hold(order_id="1", handle="hornada-3", reason="out_of_stock", note="Lavender oil"),
    ReleaseHold(order_id="1", handle="hornada-3"),
    Progress(order_id="1", note="In the mould"),
    Delivered(
        order_id="1",
        fulfilment_refs=("7",),
        at=datetime(2026, 11, 22, 10, 0, 0, 5, tzinfo=UTC),
    ),
    Promised(order_id="1", on=date(2026, 12, 4)),
    SetStock(
        ref=StockRef(product_id="7", inventory_id="8", place_id="9", sku="SOAP"),
        quantity=12,
        expected=14,
        is_ours=True,
        key="stock:3:1",
    ),
    Mail(
        notification=7,
        to="ana@sol.example",
        subject="Tu pedido H-0007",
        text="Hola, Ana",
        html="<p>Hola, Ana</p>",
        language="es",
        message_id="7@cera.example",
        references=("po-7@sol.example",),
        written_at=datetime(2026, 11, 23, 9, tzinfo=UTC),
    ),
]


def test_every_kind_of_effect_is_told_here() -> None:
    assert {kind_of(effect) for effect in EFFECTS} == KINDS.keys()


@pytest.mark.parametrize("effect", EFFECTS, ids=kind_of)
def test_an_effect_is_the_same_after_a_trip_through_json(effect: Effect) -> None:
    waiting = json.dumps(to_payload(effect))

    assert from_payload(kind_of(effect), json.loads(waiting)) == effect


def test_a_kind_nobody_knows_is_refused() -> None:
    with pytest.raises(KeyError):
        from_payload("levitate", {})
