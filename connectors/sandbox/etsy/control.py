"""The back door: play with the pretend Etsy shops over JSON, or look at them in a browser."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import ParamSpec

from flask import Blueprint, Response, jsonify, render_template, request

from connectors.sandbox import asking
from connectors.sandbox.etsy import asking as etsy_asking
from connectors.sandbox.etsy.ordering import Ordering, keep_ordering
from connectors.sandbox.etsy.records import Refused
from connectors.sandbox.etsy.shop import EtsyShop
from connectors.sandbox.etsy.webhooks import TOPICS
from connectors.sandbox.wire import json_object

Json = dict[str, object]
Result = tuple[Response, int] | Response
Given = ParamSpec("Given")


def control(shops: Mapping[str, EtsyShop]) -> Blueprint:
    """Make the back door of these shops; `?shop=<id>` picks one, else it is the first."""
    door = Blueprint("sandbox_etsy", __name__, template_folder="templates")

    def shop() -> EtsyShop:
        named = request.args.get("shop")
        if named is not None and named not in shops:
            raise asking.Misasked(f"no shop {named}")
        return shops[named] if named else next(iter(shops.values()))

    _looks(door, shop)
    _orders(door, shop)
    _seeds(door, shop)
    _weather(door, shop)
    _key(door, shop)
    _buyers(door, shop)
    return door


def _safe(act: Callable[Given, Result]) -> Callable[Given, Result]:
    """Turn what the shop will not do into its status, and what nobody understands into 400."""

    @wraps(act)
    def acted(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        try:
            return act(*args, **kwargs)
        except Refused as refused:
            return jsonify(error=refused.message), refused.status
        except (asking.Misasked, ValueError, KeyError, ArithmeticError) as mistake:
            return jsonify(error=str(mistake)), 400

    return acted


def _asked() -> Json:
    return json_object(request.get_data())


def _looks(door: Blueprint, shop: Callable[[], EtsyShop]) -> None:
    @door.get("/")
    def page() -> str:
        store = shop()
        return render_template(
            "etsy.html",
            shop=store,
            orders=list(reversed(store.orders()))[:200],
            listings=store.listings(),
            mails=len(store.mails()),
            webhooks=store.webhooks.stats(),
        )

    @door.get("/state")
    @_safe
    def state() -> Result:
        store = shop()
        stats = store.webhooks.stats()
        return jsonify(
            shop_id=store.shop_id,
            tracking=store.rules.tracking,
            addresses=store.showing.addresses,
            refreshed=store.grants.refreshed,
            subscriptions=[
                {"topic": s.topic, "url": s.uri}
                for s in store.webhooks.subscriptions.values()
            ],
            faults=store.faults.standing(),
            webhooks={key: value for key, value in stats.items() if key != "deliveries"},
            mails=len(store.mails()),
            orders=len(store.books.receipts),
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
        timeout = asking.number(_asked(), "timeout", 5.0)
        return jsonify(drained=shop().webhooks.drain(timeout))

    @door.post("/deliveries/<event_id>/redeliver")
    @_safe
    def redeliver(event_id: str) -> Result:
        shop().webhooks.redeliver(event_id)
        return jsonify(redelivered=event_id)


def _orders(door: Blueprint, shop: Callable[[], EtsyShop]) -> None:
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
        wanted, how = etsy_asking.lines(given, "lines"), etsy_asking.checkout(given)
        return shown(shop().place_order(wanted, how), 201)

    @door.post("/phantoms")
    @_safe
    def phantom() -> Result:
        return jsonify(id=shop().add_phantom(etsy_asking.lines(_asked(), "lines"))), 201

    @door.get("/orders/<order_id>")
    @_safe
    def one(order_id: str) -> Result:
        return shown(order_id)

    @door.post("/orders/<order_id>/<verb>")
    @_safe
    def changed(order_id: str, verb: str) -> Result:
        if verb not in _VERBS:
            raise asking.Misasked(f"orders cannot be asked to {verb}")
        _VERBS[verb](shop(), order_id, _asked())
        return shown(order_id)


def _seeds(door: Blueprint, shop: Callable[[], EtsyShop]) -> None:
    @door.get("/listings")
    @_safe
    def listings() -> Result:
        return jsonify(shop().listings())

    @door.post("/listings")
    @_safe
    def add_listing() -> Result:
        given = _asked()
        made = shop().add_listing(
            title=asking.text(given, "title"),
            sku=asking.text(given, "sku", ""),
            price=asking.text(given, "price", "10.00"),
            quantity=int(asking.number(given, "quantity", 500)),
            vary_by=etsy_asking.properties(given),
            products=etsy_asking.products(given),
            digital=given.get("digital") is True,
            personalizable=given.get("personalizable") is True,
        )
        return jsonify(made), 201

    @door.delete("/listings/<listing_id>")
    @_safe
    def delete_listing(listing_id: str) -> Result:
        shop().delete_listing(listing_id)
        return jsonify(deleted=listing_id)

    @door.get("/listings/<listing_id>/inventory")
    @_safe
    def inventory(listing_id: str) -> Result:
        return jsonify(shop().inventory(listing_id))

    @door.post("/listings/<listing_id>/stock")
    @_safe
    def edit_stock(listing_id: str) -> Result:
        shop().edit_stock(listing_id, asking.counts(_asked(), "quantities"))
        return jsonify(shop().inventory(listing_id))

    @door.post("/subscriptions")
    @_safe
    def subscribe() -> Result:
        given, store = _asked(), shop()
        url = asking.text(given, "url")
        topics = asking.texts(given, "topics") or TOPICS
        return jsonify(ids=[store.subscribe(topic, url) for topic in topics]), 201


def _weather(door: Blueprint, shop: Callable[[], EtsyShop]) -> None:
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

    @door.post("/clock")
    @_safe
    def skew() -> Result:
        seconds = asking.number(_asked(), "seconds", 0.0)
        shop().skew_clock(seconds)
        return jsonify(seconds=seconds)

    @door.post("/rates")
    @_safe
    def rates() -> Result:
        given, now = _asked(), shop().rates
        now.per_second = int(asking.number(given, "per_second", now.per_second))
        now.per_day = int(asking.number(given, "per_day", now.per_day))
        return jsonify(per_second=now.per_second, per_day=now.per_day)


def _key(door: Blueprint, shop: Callable[[], EtsyShop]) -> None:
    @door.post("/tokens/revoke")
    @_safe
    def revoke() -> Result:
        shop().revoke_tokens()
        return jsonify(revoked=True)

    @door.post("/tokens/scopes")
    @_safe
    def scopes() -> Result:
        wanted = asking.texts(_asked(), "scopes")
        shop().narrow_scopes(wanted)
        return jsonify(scopes=wanted)

    @door.post("/deny")
    @_safe
    def deny() -> Result:
        given = _asked()
        tracking = given.get("tracking") is not False
        addresses = given.get("addresses") is not False
        shop().deny(tracking=tracking, addresses=addresses)
        return jsonify(denied={"tracking": tracking, "addresses": addresses})


def _buyers(door: Blueprint, shop: Callable[[], EtsyShop]) -> None:
    buyers: dict[str, Ordering] = {}

    @door.post("/ordering")
    @_safe
    def start_ordering() -> Result:
        store, given = shop(), _asked()
        if store.shop_id in buyers:
            buyers.pop(store.shop_id).stop()
        buyers[store.shop_id] = keep_ordering(
            store,
            every_seconds=asking.number(given, "every_seconds", 5.0),
            seed=int(asking.number(given, "seed", 1)),
            skus=asking.texts(given, "skus"),
        )
        return jsonify(ordering=True), 201

    @door.delete("/ordering")
    @_safe
    def stop_ordering() -> Result:
        gone = buyers.pop(shop().shop_id, None)
        if gone:
            gone.stop()
        return jsonify(ordering=False, placed=gone.placed if gone else [])


def _refund(store: EtsyShop, order_id: str, given: Json) -> None:
    reason = asking.text(given, "reason", "Item was damaged")
    store.refund(order_id, asking.maybe(given, "amount"), reason=reason)


def _ship(store: EtsyShop, order_id: str, given: Json) -> None:
    store.ship_by_hand(
        order_id,
        carrier_name=asking.text(given, "carrier_name", ""),
        tracking_code=asking.text(given, "tracking_code", ""),
    )


def _dispatch(store: EtsyShop, order_id: str, given: Json) -> None:
    to = datetime.fromisoformat(asking.text(given, "to"))
    if to.tzinfo is None:
        raise asking.Misasked("to must say its time zone")
    store.change_dispatch_date(order_id, to)


_VERBS: Mapping[str, Callable[[EtsyShop, str, Json], object]] = {
    "pay": lambda store, order_id, _: store.mark_paid(order_id),
    "cancel": lambda store, order_id, _: store.cancel_order(order_id),
    "deliver": lambda store, order_id, _: store.deliver(order_id),
    "refund": _refund,
    "ship": _ship,
    "dispatch": _dispatch,
}
