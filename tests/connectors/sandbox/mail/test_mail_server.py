"""The pretend post office's page and back door, and what it posts."""

import time
from collections.abc import Iterator
from random import Random
from typing import cast

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from connectors.sandbox.mail.office import PostOffice
from connectors.sandbox.messages import Signed
from connectors.sandbox.server import create_sandbox
from connectors.sandbox.shopify.storefront import Storefront
from tests.connectors.sandbox.mail.counter import GOODS, MARTA, URL

Json = dict[str, object]
ORDER: Json = {"from": MARTA.sender, "subject": "Pedido", "text": "6 x SOAP-100\n"}


@pytest.fixture
def sent() -> list[Signed]:
    return []


@pytest.fixture
def office(sent: list[Signed]) -> Iterator[PostOffice]:
    def send(message: Signed) -> int:
        sent.append(message)
        return 200

    made = PostOffice(people=[MARTA], goods=GOODS, rng=Random(1), send=send)
    yield made
    made.close()


@pytest.fixture
def inside(office: PostOffice) -> Iterator[FlaskClient]:
    """A way into the sandbox without sockets."""
    store, other = Storefront(rng=Random(3)), PostOffice("two@shop.example")
    yield create_sandbox([store, office, other]).test_client()
    other.close()
    store.close()


def door(
    inside: FlaskClient, method: str, path: str, body: Json | None = None
) -> TestResponse:
    return inside.open(f"/sandbox/mail{path}", method=method, json=body)


def told(answer: TestResponse) -> Json:
    """Read an answer that is an object."""
    return cast(Json, answer.get_json())


def mails(inside: FlaskClient) -> list[Json]:
    """Read the list of what was posted."""
    return cast("list[Json]", door(inside, "GET", "/mails").get_json())


def test_what_is_handed_in_is_posted_and_shown(
    inside: FlaskClient, sent: list[Signed]
) -> None:
    door(inside, "POST", "/subscriptions", {"url": URL})
    made = door(inside, "POST", "/mails", ORDER)
    raw = inside.post("/sandbox/mail/raw", data=b"Subject: Raw\r\n\r\nHi")

    drained = told(door(inside, "POST", "/deliveries/drain"))
    rows = mails(inside)

    assert (made.status_code, raw.status_code, drained) == (201, 201, {"drained": True})
    assert [row["subject"] for row in rows] == ["Pedido", "Raw"]
    assert rows[0]["deliveries"] == ["200"]
    assert [each.url for each in sent] == [URL, URL]
    file = door(inside, "GET", f"/mails/{rows[0]['id']}.eml")
    assert file.data == sent[0].body
    assert file.headers["Content-Disposition"].startswith("attachment")
    again = door(inside, "POST", f"/mails/{rows[0]['id']}/resend")
    door(inside, "POST", "/deliveries/drain")
    assert (again.status_code, sent[2].body) == (200, sent[0].body)
    assert told(door(inside, "GET", "/deliveries"))["delivered"] == 3


def test_a_mail_may_bring_a_table_a_sheet_or_nothing_that_proves_it(
    inside: FlaskClient, office: PostOffice
) -> None:
    rows = [["SKU", "Qty"], ["SOAP-100", 6]]
    for more in ({"table": rows}, {"sheet": rows, "name": "mine"}, {"proven": False}):
        made = door(inside, "POST", "/mails", ORDER | cast(Json, more))
        assert made.status_code == 201

    table, sheet, bare = (office.raw(str(row["id"])) for row in office.posted())

    assert b"SOAP-100</td>" in table
    assert b"<mine@elbosque.example>" in sheet
    assert b"spreadsheetml" in sheet
    assert b"Authentication-Results" not in bare


@pytest.mark.parametrize(
    "method, path, body, status",
    [
        ("POST", "/mails", {}, 400),
        ("POST", "/mails", ORDER | {"colour": "red"}, 400),
        ("POST", "/mails", ORDER | {"table": ["no rows"]}, 400),
        ("POST", "/mails", ORDER | {"sheet": [[True]]}, 400),
        ("POST", "/mails", ORDER | {"from": "A <a@b.example>\r\nBcc: x@y.example"}, 400),
        ("POST", "/subscriptions", {}, 400),
        ("POST", "/faults", {"kind": "hail"}, 400),
        ("POST", "/faults", {"kind": "throttled"}, 400),
        ("POST", "/mails/none/resend", {}, 404),
        ("GET", "/mails/none.eml", None, 404),
        ("GET", "/state?box=who@shop.example", None, 400),
        ("POST", "/writing?box=two@shop.example", {}, 400),
    ],
)
def test_mistakes_at_the_back_door_are_said(
    inside: FlaskClient, method: str, path: str, body: Json | None, status: int
) -> None:
    made = door(inside, method, path, body)

    assert made.status_code == status
    assert told(made)["error"]


def test_the_back_door_changes_the_weather_and_the_clock(
    inside: FlaskClient, office: PostOffice
) -> None:
    door(inside, "POST", "/faults", {"kind": "damaged"})
    door(inside, "POST", "/clock", {"seconds": -900})
    damaged = str(told(door(inside, "POST", "/mails", ORDER))["id"])
    whole = str(told(door(inside, "POST", "/mails", ORDER | {"name": "by-hand-1"}))["id"])
    [standing] = cast("list[Json]", door(inside, "GET", "/faults").get_json())
    door(inside, "DELETE", "/faults")

    state = told(door(inside, "GET", "/state"))

    assert len(office.raw(damaged)) < len(office.raw(whole))
    assert (standing["kind"], standing["struck"]) == ("damaged", 1)
    assert (state["faults"], state["mails"]) == ([], 2)


def test_people_write_until_they_are_told_to_stop(inside: FlaskClient) -> None:
    wish: Json = {"every_seconds": 0, "most": 3}
    first = door(inside, "POST", "/writing", wish | {"every_seconds": 60})
    second = door(inside, "POST", "/writing", wish)
    while len(mails(inside)) < 3:
        time.sleep(0.01)
    stopped = told(door(inside, "DELETE", "/writing"))

    assert (first.status_code, second.status_code) == (201, 201)
    assert len(cast("list[str]", stopped["written"])) == 3
    assert told(door(inside, "DELETE", "/writing"))["written"] == []


def test_every_page_names_the_post_offices(inside: FlaskClient) -> None:
    door(inside, "POST", "/mails", ORDER | {"subject": "<b>Pedido</b>"})

    front = inside.get("/sandbox/").text
    page = door(inside, "GET", "/").text

    assert "/sandbox/mail/?box=two%40shop.example" in front
    assert "orders@shop.example" in front
    assert "&lt;b&gt;Pedido" in page
    assert "Marta Ruiz" in page
    assert "No mails yet" in door(inside, "GET", "/?box=two@shop.example").text


def test_without_shops_the_front_page_is_the_post_offices(office: PostOffice) -> None:
    page = create_sandbox([office]).test_client().get("/sandbox/")

    assert page.status_code == 302
    assert page.headers["Location"] == "/sandbox/mail/"
