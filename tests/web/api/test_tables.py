"""CSV in and out by the API: dry run, all or none, or what can be."""

from tests.web.api.program import Program, Told, entries, told

GOOD = "code,name,kind,unit\nWAX,Soy wax,material,g\n"
MIXED = GOOD + "OIL,,material,ml\n"


def send(program: Program, path: str, text: str, **headers: str) -> Told:
    return told(
        program.client.post(
            "/api/v1" + path,
            data=text.encode(),
            content_type="text/csv",
            headers={"Authorization": f"Bearer {program.token}"} | headers,
        )
    )


def codes(program: Program) -> list[object]:
    return [item["code"] for item in program.get("/items").items]


def test_a_table_is_taken_in(owner: Program) -> None:
    answer = send(owner, "/imports/items", GOOD)

    assert answer.status == 200
    assert answer.json == {
        "rows": 1,
        "created": 1,
        "updated": 0,
        "unchanged": 0,
        "errors": [],
        "left_out": [],
        "notes": [],
    }
    assert codes(owner) == ["WAX"]


def test_a_dry_run_says_what_would_become_of_it_and_changes_nothing(owner: Program) -> None:
    answer = send(owner, "/imports/items?dry_run=1", MIXED)

    assert answer.status == 200
    assert (answer.json["created"], len(entries(answer.json, "errors"))) == (1, 1)
    assert codes(owner) == []


def test_one_refused_row_keeps_all_out_and_is_named(owner: Program) -> None:
    answer = send(owner, "/imports/items", MIXED)

    assert answer.status == 422
    assert (answer.json["rows"], answer.json["created"]) == (2, 0)
    assert entries(answer.json, "errors") == [
        {"row": 3, "field": "name", "message": "This cannot be empty."}
    ]
    assert codes(owner) == []


def test_what_can_be_is_kept_where_that_is_wanted(owner: Program) -> None:
    answer = send(owner, "/imports/items?partial=1", MIXED)

    assert (answer.status, answer.json["created"]) == (200, 1)
    assert codes(owner) == ["WAX"]


def test_the_same_key_takes_a_table_in_once(owner: Program) -> None:
    key = {"Idempotency-Key": "once"}
    send(owner, "/imports/items", GOOD, **key)

    again = send(owner, "/imports/items", GOOD, **key)

    assert (again.status, again.json["created"]) == (200, 1)


def test_a_table_goes_out_as_it_came_in(owner: Program) -> None:
    send(owner, "/imports/items", GOOD)

    out = owner.client.get(
        "/api/v1/exports/items", headers={"Authorization": f"Bearer {owner.token}"}
    )

    assert out.content_type == "text/csv; charset=utf-8"
    assert out.text.splitlines()[1].startswith("WAX,Soy wax,material,g,make_to_order")
    assert send(owner, "/imports/items", out.text).json["updated"] == 0


ORDERS = "order,customer,sku,quantity,unit_price,currency\nT-1,Ana Gil,SOAP,2,6.50,EUR\n"
STRANGE = "Nr,Ding,Zahl,Farbe\n77,SOAP,2,rot\n"
SAID = "map=Nr:order&map=Ding:sku&map=Zahl:quantity&map=Farbe:"


def numbers(program: Program) -> list[object]:
    return [order["number"] for order in program.get("/orders").items]


def test_orders_come_in_once_by_their_number(owner: Program) -> None:
    looked = send(owner, "/imports/orders?dry_run=1", ORDERS)
    before = owner.rows()
    first = send(owner, "/imports/orders", ORDERS)
    again = send(owner, "/imports/orders", ORDERS)

    assert (looked.json["created"], before["sales_order"]) == (1, 0)
    assert (first.json["created"], first.json["unchanged"]) == (1, 0)
    assert (again.json["created"], again.json["unchanged"]) == (0, 1)
    assert numbers(owner) == ["T-1"]


def test_columns_are_explained_by_map_and_remembered(owner: Program) -> None:
    unknown = send(owner, "/imports/orders", STRANGE)
    first = send(owner, f"/imports/orders?{SAID}", STRANGE)
    again = send(owner, "/imports/orders", STRANGE.replace("77", "78"))

    assert (unknown.status, unknown.fields) == (422, ["Nr", "Ding", "Zahl", "Farbe"])
    assert (first.status, again.status) == (200, 200)
    assert numbers(owner) == ["78", "77"]


def test_a_map_that_says_nothing_is_refused(owner: Program) -> None:
    for path in (
        "/imports/orders?map=Nr",
        "/imports/orders?map=Nr:colour",
        "/imports/orders?map=:order",
        "/imports/items?map=Nr:order",
    ):
        answer = send(owner, path, ORDERS)

        assert (answer.status, answer.fields) == (422, ["map"]), path


def test_a_dry_run_remembers_no_columns(owner: Program) -> None:
    send(owner, f"/imports/orders?dry_run=1&{SAID}", STRANGE)

    assert owner.rows()["column_words"] == 0
