"""The API of customers: who orders by mail, and what they call what."""

from collections.abc import Callable

from hub.domain.people.roles import Role
from tests.web.api.program import Json, Program, entries

SOL: Json = {
    "name": "Tienda Sol",
    "emails": ["Ana@Sol.example"],
    "domains": ["@sol-shops.example"],
    "auto_accept": True,
    "locale": "es",
    "aliases": [
        {"text": "Jabón grande", "item": "SOAP"},
        {"text": "sosa 2", "item": "LYE", "quantity": {"amount": "2", "unit": "kg"}},
    ],
}


def test_a_customer_is_written_down_with_their_addresses_and_words(
    soap_maker: Program,
) -> None:
    made = soap_maker.call("POST", "/customers", SOL)

    assert made.status == 201
    assert made.json == soap_maker.get(f"/customers/{made.id}").json
    assert made.json["emails"] == ["ana@sol.example"]
    assert made.json["domains"] == ["sol-shops.example"]
    assert made.json["email"] == "ana@sol.example"
    assert made.json["auto_accept"] is True
    said = [(each["item"], each["quantity"]) for each in entries(made.json, "aliases")]
    assert said == [
        ("SOAP", {"amount": "1", "unit": "each"}),
        ("LYE", {"amount": "2000", "unit": "g"}),
    ]


def test_a_number_is_so_many_pieces_of_the_item(soap_maker: Program) -> None:
    alias = {"text": "caja de jabón", "item": "SOAP", "quantity": 12}

    made = soap_maker.call("POST", "/customers", {"name": "Sol", "aliases": [alias]})

    assert entries(made.json, "aliases")[0]["quantity"] == {"amount": "12", "unit": "each"}


def test_an_address_or_domain_of_another_customer_is_said_to_be_theirs(
    soap_maker: Program,
) -> None:
    soap_maker.call("POST", "/customers", SOL)

    for field, value in (("emails", "ANA@sol.example"), ("domains", "sol-shops.example")):
        refused = soap_maker.call("POST", "/customers", {"name": "B", field: [value]})

        assert refused.status == 409
        assert "Tienda Sol" in refused.text
        assert refused.fields == [f"{field}.0"]
    assert len(soap_maker.get("/customers").items) == 1


def test_customers_are_found_by_name_address_and_domain(soap_maker: Program) -> None:
    soap_maker.call("POST", "/customers", SOL)
    soap_maker.call("POST", "/customers", {"name": "Bazar Luna"})

    def names(q: str) -> list[object]:
        return [each["name"] for each in soap_maker.get(f"/customers?q={q}").items]

    assert names("") == ["Bazar Luna", "Tienda Sol"]
    assert names("luna") == ["Bazar Luna"]
    assert names("sol-shops") == names("ana@") == ["Tienda Sol"]


def test_a_change_leaves_what_it_does_not_name(soap_maker: Program) -> None:
    made = soap_maker.call("POST", "/customers", SOL)

    changed = soap_maker.call(
        "PATCH",
        f"/customers/{made.id}",
        {
            "always_review": True,
            "min_remaining_days": 90,
            "notify": {"shipped": False},
            "packs": [{"unit": "Cajas", "pieces": 12, "sku": "SOAP"}],
            "prices": [{"sku": "SOAP", "price": {"amount": "3.50", "currency": "EUR"}}],
        },
    )

    assert changed.status == 200
    left = {"name", "emails", "domains", "auto_accept", "locale", "aliases"}
    assert {key: changed.json[key] for key in left} == {key: made.json[key] for key in left}
    assert changed.json["always_review"] is True
    assert changed.json["min_remaining_days"] == 90
    assert changed.json["notify"] == {"shipped": False}
    assert entries(changed.json, "packs")[0]["pieces"] == 12
    price = entries(changed.json, "prices")[0]["price"]
    assert price == {"amount": "3.50", "currency": "EUR"}


def test_a_list_replaces_the_whole_list(soap_maker: Program) -> None:
    made = soap_maker.call("POST", "/customers", SOL)
    alias = {"text": "jabón grande", "item": "SOAP", "quantity": 3}

    changed = soap_maker.call(
        "PATCH", f"/customers/{made.id}", {"emails": [], "aliases": [alias]}
    )

    assert changed.json["emails"] == []
    assert changed.json["email"] == ""
    (only,) = entries(changed.json, "aliases")
    assert only["quantity"] == {"amount": "3", "unit": "each"}


def test_the_code_of_one_item_never_becomes_the_name_of_another(
    soap_maker: Program,
) -> None:
    alias = {"text": "s-o-a-p", "item": "LYE"}

    refused = soap_maker.call("POST", "/customers", {"name": "Sol", "aliases": [alias]})

    assert refused.status == 409
    assert refused.fields == ["aliases.0.text"]


def test_a_maker_does_not_see_customers(
    program_of: Callable[[Role], Program], soap_maker: Program
) -> None:
    made = soap_maker.call("POST", "/customers", SOL)

    maker = program_of(Role.MAKER)

    assert maker.call("GET", "/customers").status == 403
    assert maker.call("GET", f"/customers/{made.id}").status == 403
