"""The back door: play with the pretend shops over JSON, or look at them in a browser."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import wraps
from typing import ParamSpec

from flask import Blueprint, Response, jsonify, render_template, request

from connectors.sandbox import asking
from connectors.sandbox.shopify import asking as shopify_asking
from connectors.sandbox.shopify.ordering import Ordering, keep_ordering
from connectors.sandbox.shopify.records import Refused
from connectors.sandbox.shopify.storefront import Storefront
from connectors.sandbox.shopify.webhooks import HUB_TOPICS
from connectors.sandbox.wire import json_object

Json = dict[str, object]
Result = tuple[Response, int] | Response
Given = ParamSpec("Given")


def control(shops: Mapping[str, Storefront]) -> Blueprint:
    """Make the back door of these shops; `?shop=<domain>` picks one, else it is the first."""
    door = Blueprint("sandbox", __name__, template_folder="templates")

    def shop() -> Storefront:
        named = request.args.get("shop")
        if named is not None and named not in shops:
            raise asking.Misasked(f"no shop {named}")
        return shops[named] if named else next(iter(shops.values()))

    _looks(door, shop)
    _orders(door, shop)
    _seeds(door, shop)
    _weather(door, shop)
    _buyers(door, shop)
    return door


def _safe(act: Callable[Given, Result]) -> Callable[Given, Result]:
    """Turn what the shop will not do into 409, and what nobody understands into 400."""

    @wraps(act)
    def acted(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        try:
            return act(*args, **kwargs)
        except Refused as refused:
            missing = refused.message.endswith("does not exist")
            return jsonify(error=refused.message), 404 if missing else 409
        except (asking.Misasked, ValueError, KeyError) as mistake:
            return jsonify(error=str(mistake)), 400

    return acted


def _asked() -> Json:
    return json_object(request.get_data())


def _looks(door: Blueprint, shop: Callable[[], Storefront]) -> None:
    @door.get("/")
    def page() -> str:
        store = shop()
        return render_template(
            "shop.html",
            shop=store,
            orders=list(reversed(store.orders()))[:200],
            mails=len(store.mails()),
            webhooks=store.webhooks.stats(),
        )

    @door.get("/state")
    @_safe
    def state() -> Result:
        store = shop()
        stats = store.webhooks.stats()
        return jsonify(
            domain=store.domain,
            scopes=sorted(store.scopes),
            subscriptions=[
                {"topic": s.topic, "url": s.uri, "owner": s.owner}
                for s in store.webhooks.subscriptions.values()
            ],
            faults=store.faults.standing(),
            webhooks={key: value for key, value in stats.items() if key != "deliveries"},
            mails=len(store.mails()),
            orders=len(store.shop.orders),
        )

    @door.get("/mails")
    @_safe
    def mails() -> Result:
        return jsonify(shop().mails())

    @door.get("/requests")
    @_safe
    def calls() -> Result:
        return jsonify(shop().requests())

    @door.get("/deliveries")
    @_safe
    def deliveries() -> Result:
        return jsonify(shop().webhooks.stats())

    @door.post("/deliveries/drain")
    @_safe
    def drain() -> Result:
        return jsonify(
            drained=shop().webhooks.drain(asking.number(_asked(), "timeout", 5.0))
        )


def _orders(door: Blueprint, shop: Callable[[], Storefront]) -> None:
    def shown(order_id: str, status: int = 200) -> Result:
        return jsonify(shop().order(order_id)), status

    @door.get("/orders")
    @_safe
    def listed() -> Result:
        return jsonify(shop().orders())

    @door.post("/orders")
    @_safe
    def placed() -> Result:
        given = _asked()
        made = shop().place_order(
            shopify_asking.lines(given, "lines"), shopify_asking.checkout(given)
        )
        return shown(made, 201)

    @door.get("/orders/<order_id>")
    @_safe
    def one(order_id: str) -> Result:
        return shown(order_id)

    @door.delete("/orders/<order_id>")
    @_safe
    def deleted(order_id: str) -> Result:
        shop().delete_order(order_id)
        return jsonify(deleted=order_id)

    @door.post("/orders/<order_id>/<verb>")
    @_safe
    def changed(order_id: str, verb: str) -> Result:
        if verb not in _VERBS:
            raise asking.Misasked(f"orders cannot be asked to {verb}")
        _VERBS[verb](shop(), order_id, _asked())
        return shown(order_id)


def _seeds(door: Blueprint, shop: Callable[[], Storefront]) -> None:
    @door.get("/variants")
    @_safe
    def variants() -> Result:
        return jsonify(shop().variants())

    @door.post("/variants")
    @_safe
    def add_variant() -> Result:
        given = _asked()
        made = shop().add_variant(
            sku=asking.text(given, "sku"),
            title=asking.text(given, "title"),
            price=asking.text(given, "price", "10.00"),
            stock=asking.counts(given, "stock") or None,
        )
        return jsonify(made), 201

    @door.post("/variants/<sku>/stock")
    @_safe
    def set_stock(sku: str) -> Result:
        given, store = _asked(), shop()
        units = int(asking.number(given, "units", 0))
        store.set_stock(sku, units, location=asking.text(given, "location"))
        return jsonify(store.variants())

    @door.delete("/variants/<variant_id>")
    @_safe
    def delete_variant(variant_id: str) -> Result:
        shop().delete_variant(variant_id)
        return jsonify(deleted=variant_id)

    @door.get("/locations")
    @_safe
    def locations() -> Result:
        return jsonify(shop().locations())

    @door.post("/locations")
    @_safe
    def add_location() -> Result:
        name = asking.text(_asked(), "name")
        return jsonify(id=shop().add_location(name), name=name), 201

    @door.post("/subscriptions")
    @_safe
    def subscribe() -> Result:
        given, store = _asked(), shop()
        url, topics = asking.text(given, "url"), asking.texts(given, "topics") or HUB_TOPICS
        owner = "hand" if given.get("by_hand") is True else "app"
        made = [store.subscribe(topic, url, owner=owner) for topic in topics]
        return jsonify(ids=made), 201


def _weather(door: Blueprint, shop: Callable[[], Storefront]) -> None:
    @door.get("/faults")
    @_safe
    def faults() -> Result:
        return jsonify(shop().faults.standing())

    @door.post("/faults")
    @_safe
    def add_fault() -> Result:
        store = shop()
        store.faults.add(asking.fault(_asked()))
        return jsonify(store.faults.standing()), 201

    @door.delete("/faults")
    @_safe
    def clear_faults() -> Result:
        shop().faults.clear()
        return jsonify([])

    @door.post("/index-lag")
    @_safe
    def lag() -> Result:
        late = timedelta(seconds=asking.number(_asked(), "seconds", 0.0))
        shop().lag_index(lambda: late)
        return jsonify(seconds=late.total_seconds())

    @door.post("/token/revoke")
    @_safe
    def revoke() -> Result:
        shop().revoke_token()
        return jsonify(revoked=True)

    @door.post("/uninstall")
    @_safe
    def uninstall() -> Result:
        shop().uninstall()
        return jsonify(uninstalled=True)

    @door.post("/redact")
    @_safe
    def redact() -> Result:
        shop().erase_shop()
        return jsonify(redacted=True)


def _buyers(door: Blueprint, shop: Callable[[], Storefront]) -> None:
    buyers: dict[str, Ordering] = {}

    @door.post("/ordering")
    @_safe
    def start_ordering() -> Result:
        store, given = shop(), _asked()
        if store.domain in buyers:
            buyers.pop(store.domain).stop()
        buyers[store.domain] = keep_ordering(
            store,
            every_seconds=asking.number(given, "every_seconds", 5.0),
            seed=int(asking.number(given, "seed", 1)),
            skus=asking.texts(given, "skus"),
        )
        return jsonify(ordering=True), 201

    @door.delete("/ordering")
    @_safe
    def stop_ordering() -> Result:
        gone = buyers.pop(shop().domain, None)
        if gone:
            gone.stop()
        return jsonify(ordering=False, placed=gone.placed if gone else [])


def _edit(store: Storefront, order_id: str, given: Json) -> None:
    quantities, add = asking.counts(given, "quantities"), shopify_asking.lines(given, "add")
    store.edit_order(order_id, quantities=quantities, add=add)


def _refund(store: Storefront, order_id: str, given: Json) -> None:
    restock = given.get("restock") is not False
    store.refund(order_id, asking.counts(given, "lines"), restock=restock)


def _cancel(store: Storefront, order_id: str, given: Json) -> None:
    keep = given.get("give_back") is False
    reason = asking.text(given, "reason", "CUSTOMER")
    store.cancel_order(order_id, reason=reason, give_back=not keep)


def _fulfil(store: Storefront, order_id: str, given: Json) -> None:
    number = asking.text(given, "tracking_number", "") or None
    store.fulfil_by_hand(order_id, tracking_number=number)


_VERBS: Mapping[str, Callable[[Storefront, str, Json], object]] = {
    "edit": _edit,
    "pay": lambda store, order_id, _: store.mark_paid(order_id),
    "cancel": _cancel,
    "refund": _refund,
    "fulfil": _fulfil,
    "hold": lambda store, order_id, given: store.hold_by_hand(
        order_id, reason=asking.text(given, "reason", "OTHER")
    ),
    "release": lambda store, order_id, _: store.release_by_hand(order_id),
    "erase": lambda store, order_id, _: store.erase_customer(order_id),
    "data-request": lambda store, order_id, _: store.ask_for_data(order_id),
}
