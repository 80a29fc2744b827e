"""Customers: PATCH /customers/{id}, what one buyer asks of everything sent to them."""

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from hub.flow.freshness import ask_of_customer
from hub.models.orders import Customer
from hub.web.api.door import Asked, Door
from hub.web.api.named import id_in_path
from hub.web.api.schemas.customers import CustomerChange, CustomerOut, show_customer
from hub.web.api.shapes import Path

TAG = Tag(name="Customers", description="What a buyer asks of everything sent to them.")


class CustomerPath(Path):
    """Which customer."""

    customer_id: str


def add_routes(api: APIBlueprint, door: Door) -> None:
    """Add the routes of customers."""

    @api.patch("/customers/<customer_id>", tags=[TAG], responses={"200": CustomerOut})
    def change_customer(path: CustomerPath, body: CustomerChange) -> Response:
        """Say for how many days goods must still be good when they leave for this buyer."""
        customer_id = id_in_path(path.customer_id, what="customer")
        return door.write(
            lambda asked: ask_of_customer(
                asked.session,
                customer_id=customer_id,
                days=body.min_remaining_days,
                who=asked.who,
                now=asked.now,
            ),
            show=lambda asked, _: _show(asked, customer_id),
        )


def _show(asked: Asked, customer_id: int) -> CustomerOut:
    return show_customer(asked.session.get_one(Customer, customer_id))
