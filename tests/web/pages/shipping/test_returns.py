"""Goods that came back, on their parcel's page: looked at first, sold again, or thrown away."""

import pytest

from hub.ports import Ports
from tests.web.pages.shipping.test_shipments import a_parcel
from tests.web.pages.stock.test_stock import on_hand
from tests.web.pages.visitor import Visitor


@pytest.mark.parametrize("fate, held", [("restock", 1000), ("inspect", 1000), ("scrap", 0)])
def test_what_came_back_is_taken_in(
    anywhere: Ports, boss: Visitor, fate: str, held: int
) -> None:
    path = f"/shipments/{a_parcel(anywhere)}/return"

    page = boss.did(path, **{"back-1": "1", "fate": fate, "reason": "broken"})
    too_many = boss.press(path, **{"back-1": "2", "fate": fate})

    assert "Taken in again." in page
    assert sum(on_hand(anywhere)) == 3000 + held
    assert too_many.status_code == 409
    assert "can come back" in too_many.text


@pytest.mark.parametrize(
    "form",
    [
        {"fate": "restock"},
        {"back-1": "0", "fate": "restock"},
        {"back-1": "some", "fate": "restock"},
        {"back-1": "1", "fate": "burn"},
        {"back-77": "1", "fate": "restock"},
    ],
)
def test_a_return_that_cannot_be_is_refused_beside_the_form(
    ports: Ports, owner: Visitor, form: dict[str, str]
) -> None:
    response = owner.press(f"/shipments/{a_parcel(ports)}/return", **form)

    assert response.status_code == 422
    assert 'id="trouble-return"' in response.text
    assert sum(on_hand(ports)) == 3000
