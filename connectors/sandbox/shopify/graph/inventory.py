"""Stock written over GraphQL: with an idempotency key and the quantity it was read as."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypedDict

from graphql import GraphQLError
from graphql.execution import get_directive_values

from connectors.sandbox.shopify.graph.node import Info, Node, numbered, stamp
from connectors.sandbox.shopify.graph.nodes import Nodes
from connectors.sandbox.shopify.graph.payload import payload
from connectors.sandbox.shopify.graph.visit import Visit
from connectors.sandbox.shopify.ids import gid
from connectors.sandbox.shopify.records import Refused, Variant
from connectors.sandbox.shopify.stock import quantity, set_available

REASONS = frozenset(
    {
        "correction",
        "cycle_count_available",
        "damaged",
        "other",
        "promotion",
        "received",
        "restock",
        "shrinkage",
    }
)
_MOST = 1_000_000_000


class SetInput(TypedDict, total=False):
    """InventoryQuantityInput."""

    change_from_quantity: int | None
    inventory_item_id: str
    location_id: str
    quantity: int


class SetAllInput(TypedDict, total=False):
    """InventorySetQuantitiesInput."""

    name: str
    quantities: Sequence[SetInput]
    reason: str
    reference_document_uri: str | None


class ChangeInput(TypedDict, total=False):
    """InventoryChangeInput."""

    change_from_quantity: int | None
    delta: int
    inventory_item_id: str
    ledger_document_uri: str | None
    location_id: str


class ChangeAllInput(TypedDict, total=False):
    """InventoryAdjustQuantitiesInput."""

    changes: Sequence[ChangeInput]
    name: str
    reason: str
    reference_document_uri: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    variant: Variant
    location_id: int
    before: int
    after: int


def inventory_roots(visit: Visit, show: Nodes) -> Node:
    """List the mutations that write stock."""

    def set_all(info: Info, input: SetAllInput) -> Node:
        visit.need("inventorySetQuantities", "write_inventory")

        def act() -> Node:
            _check(input["name"], {"available", "on_hand"}, input["reason"], "INVALID_NAME")
            steps = [_set_step(visit, input["name"], at, q) for at, q in _each(input)]
            return _apply(visit, show, steps, input)

        return _once(visit, info, input, act)

    def change_all(info: Info, input: ChangeAllInput) -> Node:
        visit.need("inventoryAdjustQuantities", "write_inventory")

        def act() -> Node:
            _check(input["name"], {"available"}, input["reason"], "INVALID_QUANTITY_NAME")
            steps = [_change_step(visit, at, c) for at, c in enumerate(input["changes"])]
            return _apply(visit, show, steps, input)

        return _once(visit, info, input, act)

    return {"inventorySetQuantities": set_all, "inventoryAdjustQuantities": change_all}


def _once(visit: Visit, info: Info, given: object, act: Callable[[], Node]) -> Node:
    """Perform a write once per key; the same key with other arguments is refused.

    The key is required at run time since 2026-04, not by the schema.
    """
    directive = info.schema.get_directive("idempotent")
    values = None
    if directive is not None:
        values = get_directive_values(directive, info.field_nodes[0], info.variable_values)
    key = str(values["key"]).strip() if values else ""
    if not key:
        raise GraphQLError(
            "The @idempotent directive is required for this mutation but was not provided.",
            extensions={"code": "BAD_REQUEST"},
        )
    asked = json.dumps(given, sort_keys=True, default=str)
    place = (info.field_name, key)
    known = visit.shop.written.get(place)
    if known is None:
        made = payload(act)
        visit.shop.written[place] = (asked, made)
        return made
    if known[0] != asked:
        return payload(_mismatch)
    failed = bool(known[1]["userErrors"])
    return payload(_failed_before) if failed else known[1]


def _mismatch() -> Node:
    raise Refused(
        "The idempotency key was used with different parameters.",
        field=["input"],
        code="IDEMPOTENCY_KEY_PARAMETER_MISMATCH",
    )


def _failed_before() -> Node:
    raise Refused(
        "A previous attempt with this idempotency key failed.",
        field=["input"],
        code="IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED",
    )


def _check(name: str, names: set[str], reason: str, code: str) -> None:
    if name not in names:
        raise Refused(
            "The specified quantity name is invalid.", field=["input", "name"], code=code
        )
    if reason not in REASONS:
        raise Refused(
            "The specified reason is invalid.",
            field=["input", "reason"],
            code="INVALID_REASON",
        )


def _document(given: SetAllInput | ChangeAllInput) -> str | None:
    uri = given.get("reference_document_uri")
    if uri is not None and "://" not in uri:
        raise Refused(
            "The specified reference document is invalid.",
            field=["input", "referenceDocumentUri"],
            code="INVALID_REFERENCE_DOCUMENT",
        )
    return uri


def _each(given: SetAllInput) -> list[tuple[int, SetInput]]:
    seen = {(q["inventory_item_id"], q["location_id"]) for q in given["quantities"]}
    if len(seen) < len(given["quantities"]):
        raise Refused(
            "The combination of inventoryItemId and locationId must be unique.",
            field=["input", "quantities"],
            code="NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR",
        )
    return list(enumerate(given["quantities"]))


def _set_step(visit: Visit, name: str, at: int, given: SetInput) -> _Step:
    where = ["input", "quantities", str(at)]
    if "change_from_quantity" not in given:
        raise Refused(
            "The changeFromQuantity argument is required; pass null to skip the check.",
            field=[*where, "changeFromQuantity"],
            code="COMPARE_QUANTITY_REQUIRED",
        )
    variant, place = _stocked(
        visit, given["inventory_item_id"], given["location_id"], where
    )
    before = quantity(variant, place, name)
    _check_before(given["change_from_quantity"], before, where)
    wanted = given["quantity"]
    if not 0 <= wanted <= _MOST:
        low = "INVALID_QUANTITY_NEGATIVE" if wanted < 0 else "INVALID_QUANTITY_TOO_HIGH"
        raise Refused("The quantity is out of range.", field=[*where, "quantity"], code=low)
    return _Step(variant=variant, location_id=place, before=before, after=wanted)


def _change_step(visit: Visit, at: int, given: ChangeInput) -> _Step:
    where = ["input", "changes", str(at)]
    variant, place = _stocked(
        visit, given["inventory_item_id"], given["location_id"], where
    )
    before = quantity(variant, place, "available")
    _check_before(given.get("change_from_quantity"), before, where)
    return _Step(
        variant=variant, location_id=place, before=before, after=before + given["delta"]
    )


def _check_before(expected: int | None, before: int, where: list[str]) -> None:
    if expected is not None and expected != before:
        raise Refused(
            "The changeFromQuantity argument does not match the persisted quantity.",
            field=[*where, "changeFromQuantity"],
            code="CHANGE_FROM_QUANTITY_STALE",
        )


def _stocked(
    visit: Visit, item_id: str, location_id: str, where: list[str]
) -> tuple[Variant, int]:
    variant = visit.shop.by_inventory_item(numbered(item_id, "InventoryItem"))
    place = numbered(location_id, "Location")
    if variant is None:
        raise Refused(
            "The specified inventory item could not be found.",
            field=[*where, "inventoryItemId"],
            code="INVALID_INVENTORY_ITEM",
        )
    if variant.components:
        raise Refused(
            "The quantity of a bundle cannot be set.",
            field=[*where, "inventoryItemId"],
            code="NON_MUTABLE_INVENTORY_ITEM",
        )
    if place not in visit.shop.locations:
        raise Refused(
            "The specified location could not be found.",
            field=[*where, "locationId"],
            code="INVALID_LOCATION",
        )
    return variant, place


def _apply(
    visit: Visit, show: Nodes, steps: Sequence[_Step], given: SetAllInput | ChangeAllInput
) -> Node:
    document = _document(given)
    for step in steps:
        available = quantity(step.variant, step.location_id, "available")
        set_available(
            visit.shop, step.variant, step.location_id, available + step.after - step.before
        )
    changes = [_change_node(visit, show, step, given["name"]) for step in steps]
    return {
        "inventoryAdjustmentGroup": {
            "__typename": "InventoryAdjustmentGroup",
            "id": gid(
                "InventoryAdjustmentGroup", visit.shop.ids.next("InventoryAdjustmentGroup")
            ),
            "changes": lambda _info, **_: changes,
            "createdAt": stamp(visit.shop.now()),
            "reason": given["reason"],
            "referenceDocumentUri": document,
        }
    }


def _change_node(visit: Visit, show: Nodes, step: _Step, name: str) -> Node:
    place = visit.shop.locations[step.location_id]
    return {
        "delta": step.after - step.before,
        "item": lambda _info: show.item(step.variant),
        "ledgerDocumentUri": None,
        "location": lambda _info: show.location(place),
        "name": name,
        "quantityAfterChange": None,
    }
