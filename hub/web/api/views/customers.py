"""Customers: who orders by mail, where from, in which words, and what they ask of what is sent."""

from collections.abc import Sequence

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from sqlalchemy.orm import Session

from hub.flow.mail.aliases import Alias, Pack, Price
from hub.flow.mail.customers import add_customer, change_customer, customer_of, set_words
from hub.models.mail.customer_views import customer_cards, find_customers
from hub.web.api.door import Asked, Door
from hub.web.api.named import id_in_path, item_named
from hub.web.api.paging import cursor, window
from hub.web.api.quantities import money, thousandths
from hub.web.api.schemas.customers import (
    AliasIn,
    CustomerChange,
    CustomerNew,
    CustomerOut,
    CustomersQuery,
    show_customer,
)
from hub.web.api.shapes import Page, Path

TAG = Tag(name="Customers", description="Who orders by mail, and what buyers ask for.")
WORDS = {"aliases", "packs", "prices"}


class CustomerPath(Path):
    """Which customer."""

    customer_id: str


def add_routes(api: APIBlueprint, door: Door) -> None:
    """Add the routes of customers."""

    @api.get("/customers", tags=[TAG], responses={"200": Page[CustomerOut]})
    def list_customers(query: CustomersQuery) -> Response:
        """List who orders by mail; buyers that only a shop names are not among them."""
        return door.read(lambda asked: _page(asked, query))

    @api.post("/customers", tags=[TAG], responses={"201": CustomerOut})
    def create_customer(body: CustomerNew) -> Response:
        """Write down somebody who orders by mail, and whose mail is theirs."""
        return door.write(lambda asked: _add(asked, body), show=_show, status=201)

    @api.get("/customers/<customer_id>", tags=[TAG], responses={"200": CustomerOut})
    def get_customer(path: CustomerPath) -> Response:
        """Show one customer."""
        customer_id = id_in_path(path.customer_id, what="customer")
        return door.read(lambda asked: _show(asked, customer_id))

    @api.patch("/customers/<customer_id>", tags=[TAG], responses={"200": CustomerOut})
    def patch_customer(path: CustomerPath, body: CustomerChange) -> Response:
        """Change what is known of a customer, and what they ask of what is sent to them."""
        customer_id = id_in_path(path.customer_id, what="customer")
        return door.write(lambda asked: _change(asked, customer_id, body), show=_show)


def _page(asked: Asked, query: CustomersQuery) -> Page[CustomerOut]:
    found = find_customers(asked.session, text=query.q, window=window(query))
    cards = customer_cards(asked.session, customers=found.rows)
    return Page(items=[show_customer(card) for card in cards], next=cursor(found.next))


def _show(asked: Asked, customer_id: int) -> CustomerOut:
    customer = customer_of(asked.session, customer_id=customer_id)
    return show_customer(customer_cards(asked.session, customers=[customer])[0])


def _add(asked: Asked, body: CustomerNew) -> int:
    return add_customer(
        asked.session,
        **body.model_dump(exclude={"aliases"}),
        aliases=_aliases(asked.session, body.aliases),
        who=asked.who,
        now=asked.now,
    )


def _change(asked: Asked, customer_id: int, body: CustomerChange) -> int:
    change_customer(
        asked.session,
        customer_id=customer_id,
        **body.model_dump(exclude=WORDS),
        who=asked.who,
        now=asked.now,
    )
    set_words(
        asked.session,
        customer_id=customer_id,
        aliases=None if body.aliases is None else _aliases(asked.session, body.aliases),
        packs=None if body.packs is None else [Pack(**p.model_dump()) for p in body.packs],
        prices=_prices(body),
        who=asked.who,
        now=asked.now,
    )
    return customer_id


def _aliases(session: Session, given: Sequence[AliasIn]) -> list[Alias]:
    return [
        _alias(session, alias, field=f"aliases.{place}")
        for place, alias in enumerate(given)
    ]


def _alias(session: Session, given: AliasIn, *, field: str) -> Alias:
    item = item_named(session, given.item, field=f"{field}.item")
    return Alias(
        text=given.text,
        item_id=item.id,
        quantity=thousandths(given.quantity, item=item, field=f"{field}.quantity"),
    )


def _prices(body: CustomerChange) -> list[Price] | None:
    if body.prices is None:
        return None
    return [
        Price(sku=each.sku, price=money(each.price, field=f"prices.{place}.price"))
        for place, each in enumerate(body.prices)
    ]
