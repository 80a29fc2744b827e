"""The steps of a purchase order: placed, received, closed short, called off."""

from collections.abc import Callable, Sequence
from functools import partial

from flask import Response
from flask_openapi3.blueprint import APIBlueprint

from hub.flow.purchasing.purchase import cancel, close, place
from hub.flow.purchasing.purchase_receive import Arrived, receive
from hub.models.records.stock import Lot
from hub.models.stock.lot_views import lot_rows
from hub.web.api.door import Asked, Door
from hub.web.api.named import item_named
from hub.web.api.quantities import thousandths
from hub.web.api.schemas.lots import show_lot
from hub.web.api.schemas.purchases import (
    ArrivedIn,
    CloseIn,
    PlaceIn,
    PurchaseOut,
    ReceivedOut,
    ReceiveIn,
)
from hub.web.api.shapes import ReasonIn
from hub.web.api.views.purchases import (
    PurchasePath,
    one_purchase,
    optional_cost,
    purchase_id,
)
from hub.web.api.views.suppliers import TAG


def add_routes(api: APIBlueprint, door: Door) -> None:
    """Add the routes that take a purchase order on."""
    one = "/purchase-orders/<purchase_order_id>"
    show = partial(one_purchase, door=door)

    @api.post(f"{one}/place", tags=[TAG], responses={"200": PurchaseOut})
    def place_purchase_order(path: PurchasePath, body: PlaceIn) -> Response:
        """Note that it was sent to the supplier; from now on it counts as on its way."""
        return door.write(lambda asked: _place(asked, door, path, body), show=show)

    @api.post(f"{one}/receive", tags=[TAG], responses={"201": ReceivedOut})
    def receive_purchase_order(path: PurchasePath, body: ReceiveIn) -> Response:
        """Take in what came, each part as a lot; less and more than ordered are fine."""
        return door.write(
            lambda asked: _receive(asked, door, path, body),
            show=_show_lots(door),
            status=201,
        )

    @api.post(f"{one}/close", tags=[TAG], responses={"200": PurchaseOut})
    def close_purchase_order(path: PurchasePath, body: CloseIn) -> Response:
        """Expect no more of it: what did not come is short again."""
        return door.write(lambda asked: _close(asked, path, body), show=show)

    @api.post(f"{one}/cancel", tags=[TAG], responses={"200": PurchaseOut})
    def cancel_purchase_order(path: PurchasePath, body: ReasonIn) -> Response:
        """Call off an order of which nothing came."""
        return door.write(lambda asked: _cancel(asked, path, body), show=show)


def _place(asked: Asked, door: Door, path: PurchasePath, body: PlaceIn) -> int:
    found = purchase_id(asked, path)
    place(
        asked.session,
        purchase_order_id=found,
        expected_on=body.expected_on,
        today=door.today(asked.now),
        who=asked.who,
        now=asked.now,
    )
    return found


def _receive(
    asked: Asked, door: Door, path: PurchasePath, body: ReceiveIn
) -> tuple[int, list[int]]:
    found = purchase_id(asked, path)
    lots = receive(
        asked.session,
        purchase_order_id=found,
        arrived=None if body.lines is None else _arrived(asked, body.lines),
        who=asked.who,
        now=asked.now,
        zone=door.zone,
    )
    return found, lots


def _show_lots(door: Door) -> Callable[[Asked, tuple[int, list[int]]], ReceivedOut]:
    def show(asked: Asked, done: tuple[int, list[int]]) -> ReceivedOut:
        purchase_order_id, lot_ids = done
        lots = [asked.session.get_one(Lot, lot_id) for lot_id in lot_ids]
        return ReceivedOut(
            lots=[show_lot(row) for row in lot_rows(asked.session, lots=lots)],
            purchase_order=one_purchase(asked, purchase_order_id, door=door),
        )

    return show


def _arrived(asked: Asked, lines: Sequence[ArrivedIn]) -> list[Arrived]:
    found: list[Arrived] = []
    for position, line in enumerate(lines):
        field = f"lines.{position}"
        item = item_named(asked.session, line.item, field=f"{field}.item")
        found.append(
            Arrived(
                item_id=item.id,
                quantity=thousandths(line.quantity, item=item, field=f"{field}.quantity"),
                code=line.code,
                best_before=line.best_before,
                supplier_lot=line.supplier_lot,
                unit_cost=optional_cost(line.unit_cost, field=f"{field}.unit_cost"),
            )
        )
    return found


def _close(asked: Asked, path: PurchasePath, body: CloseIn) -> int:
    found = purchase_id(asked, path)
    items = [
        item_named(asked.session, code, field=f"items.{position}").id
        for position, code in enumerate(body.items)
    ]
    close(
        asked.session,
        purchase_order_id=found,
        item_ids=items or None,
        reason=body.reason,
        who=asked.who,
        now=asked.now,
    )
    return found


def _cancel(asked: Asked, path: PurchasePath, body: ReasonIn) -> int:
    found = purchase_id(asked, path)
    cancel(
        asked.session,
        purchase_order_id=found,
        reason=body.reason,
        who=asked.who,
        now=asked.now,
    )
    return found
