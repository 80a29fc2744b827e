"""Telling Shopify the day an order is promised for: a date on the order that themes can show.

It is a metafield of the app's own namespace, so no other app can write it and ours is found again
whatever the shop calls it. Setting it says the whole truth: said twice it is the same.
"""

from connectors.errors import NotFound
from connectors.protocol import Pushed
from connectors.shopify.answers import Node, UserError
from connectors.shopify.client import AdminApi
from connectors.shopify.ids import gid, number
from mapping.effects import Promised

NAMESPACE = "$app:hornada"
KEY = "promised_on"
TYPE = "date"


class _Metafield(Node):
    id: str
    value: str


class _Order(Node):
    metafield: _Metafield | None = None


class _Shown(Node):
    order: _Order | None = None


class _SetAnswer(Node):
    metafields: list[_Metafield] | None = None
    user_errors: list[UserError] = []


class _Set(Node):
    metafields_set: _SetAnswer


def push(api: AdminApi, effect: Promised) -> Pushed:
    """Make the order show the promised day.

    :raises NotFound: Shopify has no such order.
    """
    there = _shown(api, effect)
    if there is not None and there.value == _written(effect):
        return Pushed(remote_ref=number(there.id), outcome="already_there")
    wanted = {
        "ownerId": gid("Order", effect.order_id),
        "namespace": NAMESPACE,
        "key": KEY,
        "type": TYPE,
        "value": _written(effect),
    }
    said = api.ask("promise_set", {"metafields": [wanted]}, into=_Set, write=True)
    answer = said.metafields_set
    if answer.user_errors:
        raise api.refusal(answer.user_errors, doing="show the promised day")
    made = answer.metafields or []
    return Pushed(remote_ref=number(made[0].id) if made else "", outcome="created")


def look_up(api: AdminApi, effect: Promised) -> Pushed | None:
    """See whether the order shows this day already."""
    there = _shown(api, effect)
    if there is None or there.value != _written(effect):
        return None
    return Pushed(remote_ref=number(there.id), outcome="already_there")


def _shown(api: AdminApi, effect: Promised) -> _Metafield | None:
    variables = {"id": gid("Order", effect.order_id), "namespace": NAMESPACE, "key": KEY}
    order = api.ask("promise", variables, into=_Shown).order
    if order is None:
        raise NotFound("Shopify has no such order (any more)")
    return order.metafield


def _written(effect: Promised) -> str:
    return effect.on.isoformat()
