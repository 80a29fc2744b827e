"""Customers who order by mail: whose mail is theirs, and what they call what."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.mail.senders import NoSuchPlace, address_of, domain_of
from hub.flow.mail.aliases import Alias, MeansAnother, Pack, forget, learn_alias, learn_pack
from hub.flow.mail.customers import (
    OfAShop,
    SomebodyElses,
    add_customer,
    change_customer,
)
from hub.flow.mail.teach import line_form, teach, unteach
from hub.flow.refusal import Invalid, Missing
from hub.models.records.correspondents import (
    CustomerAlias,
    CustomerPack,
    CustomerSender,
    ReadingForm,
)
from hub.models.records.history import History
from hub.models.records.orders import Customer
from tests.factories import NOW, PIECE, make_account, make_item

WHO = "user:1"


def add(session: Session, name: str = "Sol", **stated: object) -> int:
    return add_customer(session, name=name, who=WHO, now=NOW, **stated)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "written, kept",
    [
        (" Ana@Sol.Example ", "ana@sol.example"),
        ("ana@viñas.example", "ana@xn--vias-hqa.example"),
    ],
)
def test_an_address_is_kept_as_mail_writes_it(written: str, kept: str) -> None:
    assert address_of(written) == kept


@pytest.mark.parametrize(
    "written", ["", "ana", "ana@", "@sol.example", "a b@sol.example", "ana@sol", "a@b@c.es"]
)
def test_what_is_no_address_is_none(written: str) -> None:
    with pytest.raises(NoSuchPlace):
        address_of(written)


@pytest.mark.parametrize(
    "written", ["gmail.com", "@GMAIL.com", "com", "co.uk", "es", "a b"]
)
def test_a_domain_of_everybody_is_nobodys(written: str) -> None:
    with pytest.raises(NoSuchPlace):
        domain_of(written)


def test_an_address_is_one_customers(session: Session) -> None:
    add(session, emails=["ana@sol.example"])
    luna = add(session, name="Luna")

    with pytest.raises(SomebodyElses) as refused:
        change_customer(
            session, customer_id=luna, emails=["ANA@sol.example"], who=WHO, now=NOW
        )

    assert "Sol" in refused.value.message


def test_an_address_given_up_can_be_anothers(session: Session) -> None:
    sol = add(session, emails=["ana@sol.example"])

    change_customer(session, customer_id=sol, emails=[], who=WHO, now=NOW)
    luna = add(session, name="Luna", emails=["ana@sol.example"])

    assert session.scalars(select(CustomerSender.customer_id)).all() == [luna]


def test_another_address_takes_mail_again(session: Session) -> None:
    sol = add(session, emails=["ana@sol.example"])
    customer = session.get_one(Customer, sol)
    customer.bounces, customer.mail_bad_at = 2, NOW

    change_customer(session, customer_id=sol, emails=["luis@sol.example"], who=WHO, now=NOW)

    session.expire(customer)
    assert session.scalars(select(Customer.mail_bad_at)).one() is None
    assert (customer.email, customer.bounces) == ("luis@sol.example", 0)


def test_who_a_shops_buyer_is_says_the_shop(session: Session) -> None:
    buyer = Customer(account_id=make_account(session).id, name="Eva", notify={})
    session.add(buyer)
    session.flush()

    with pytest.raises(OfAShop):
        change_customer(
            session, customer_id=buyer.id, emails=["eva@x.example"], who=WHO, now=NOW
        )
    change_customer(session, customer_id=buyer.id, always_review=True, who=WHO, now=NOW)

    assert buyer.always_review


def test_what_was_learned_is_told_once_and_can_be_taken_back(session: Session) -> None:
    soap = make_item(session, code="SOAP")
    sol = add(session)
    alias = Alias(text="Jabón  grande", item_id=soap.id)

    news = [
        learn_alias(session, customer_id=sol, alias=alias, who=WHO, now=NOW)
        for _ in range(2)
    ]
    kept = session.scalars(select(CustomerAlias)).one()
    forget(session, customer_id=sol, kind="alias", row_id=kept.id, who=WHO, now=NOW)

    assert news == [True, False]
    told = select(History.what).filter_by(subject="customer", subject_id=sol)
    assert session.scalars(told.order_by(History.id)).all() == [
        "customer.added",
        "customer.alias",
        "customer.alias_gone",
    ]
    assert session.scalars(select(CustomerAlias)).all() == []


def test_the_code_of_an_item_names_no_other(session: Session) -> None:
    make_item(session, code="LAV-10ML")
    other = make_item(session, code="LAV-100ML")
    sol = add(session)

    alias = Alias(text="lav 10ml", item_id=other.id)

    with pytest.raises(MeansAnother):
        learn_alias(session, customer_id=sol, alias=alias, who=WHO, now=NOW)


def test_a_pack_of_one_code_stands_beside_that_of_all(session: Session) -> None:
    sol = add(session)

    for pack in (Pack(unit="Cajas.", pieces=12), Pack(unit="cajas", pieces=6, sku="SOAP")):
        learn_pack(session, customer_id=sol, pack=pack, who=WHO, now=NOW)

    kept = session.scalars(select(CustomerPack).order_by(CustomerPack.pieces)).all()
    assert [(each.unit, each.sku_key, each.pieces) for each in kept] == [
        ("cajas", "soap", 6),
        ("cajas", "", 12),
    ]


def test_what_is_anothers_cannot_be_taken_back(session: Session) -> None:
    soap = make_item(session, code="SOAP")
    sol, luna = add(session), add(session, name="Luna")
    alias = Alias(text="jabón", item_id=soap.id, quantity=3 * PIECE)
    learn_alias(session, customer_id=sol, alias=alias, who=WHO, now=NOW)
    kept = session.scalars(select(CustomerAlias)).one()

    with pytest.raises(Missing):
        forget(session, customer_id=luna, kind="alias", row_id=kept.id, who=WHO, now=NOW)


def test_a_form_shown_again_is_a_new_version(session: Session) -> None:
    sol = add(session)
    known = {"customer_id": sol, "kind": "text", "name": "lines", "who": WHO, "now": NOW}

    teach(session, definition={"line": "{sku} - {quantity} uds"}, **known)  # type: ignore[arg-type]
    newest = teach(session, definition={"line": "{sku}: {quantity}"}, **known)  # type: ignore[arg-type]

    forms = session.scalars(select(ReadingForm).order_by(ReadingForm.version)).all()
    assert [(each.version, each.is_active) for each in forms] == [(1, False), (2, True)]
    unteach(session, customer_id=sol, form_id=newest, who=WHO, now=NOW)
    assert not any(each.is_active for each in session.scalars(select(ReadingForm)))


def test_a_form_that_reads_nothing_is_refused(session: Session) -> None:
    sol = add(session)

    with pytest.raises(Invalid):
        teach(
            session,
            customer_id=sol,
            kind="table",
            definition={"columns": {"sku": "Ref"}},
            name="x",
            who=WHO,
            now=NOW,
        )


def test_a_line_shows_where_its_words_are() -> None:
    words = {"quantity": "12", "sku": "LAV-12"}

    assert line_form("12 x LAV-12 (uds)", words=words) == "{quantity} x {sku} (uds)"


@pytest.mark.parametrize("quantity", ["2", "13", ""])
def test_words_that_are_not_there_as_such_are_refused(quantity: str) -> None:
    with pytest.raises(Invalid):
        line_form("LAV - 12 uds", words={"sku": "LAV", "quantity": quantity})
