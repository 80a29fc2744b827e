"""Who may see an order by its link, and what the page tells nobody."""

from flask import Flask
from sqlalchemy import event, select

from hub.domain.people.roles import Role
from hub.models.records.history import History
from hub.ports import Ports, links_of
from tests.web.pages.buyer.buyer_links import link, send
from tests.web.pages.goods import order_of
from tests.web.pages.visitor import Visitor, visit


def test_one_letter_of_a_link_changed_opens_nothing(
    ports: Ports, stranger: Visitor, an_order: int
) -> None:
    path = link(ports, an_order)
    wrong = path[:-1] + ("A" if path[-1] != "A" else "B")

    assert stranger.open(path).status_code == 200
    answers = [stranger.open(each) for each in (wrong, "/o/" + "a" * 40, "/o/x")]

    assert [each.status_code for each in answers] == [404, 404, 404]
    assert len({each.text for each in answers}) == 1
    assert stranger.open(path.upper()).status_code == 404


def test_a_wrong_link_costs_the_database_nothing(
    ports: Ports, stranger: Visitor, an_order: int
) -> None:
    asked = statements(ports)

    stranger.open("/o/" + "a" * 40)
    stranger.open(link_changed(ports, an_order))

    assert asked == []


def link_changed(ports: Ports, order_id: int) -> str:
    """Return a link to one order more, with the proof of the other."""
    own = links_of(ports).token(order_id=order_id, turn=0)
    other = links_of(ports).token(order_id=order_id + 1, turn=0)
    return f"/o/{other[:16]}{own[16:]}"


def statements(ports: Ports) -> list[str]:
    """Write down what the database is asked from now on."""
    asked: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            asked.append(statement)

    event.listen(ports.database.engine, "before_cursor_execute", note)
    return asked


def test_a_page_is_two_questions_whatever_was_bought(
    ports: Ports, stranger: Visitor, an_order: int
) -> None:
    send(ports, an_order)
    path = link(ports, an_order)
    asked = statements(ports)

    stranger.see(path)

    assert len(asked) == 2


def test_made_anew_the_link_before_is_dead_and_it_is_written_down(
    app: Flask, ports: Ports, stranger: Visitor, owner: Visitor, an_order: int
) -> None:
    before, renew = link(ports, an_order), f"/orders/{an_order}/buyer-link"
    assert f'action="{renew}"' in owner.see(f"/orders/{an_order}")

    owner.press(renew)

    after = link(ports, an_order)
    assert stranger.open(before).status_code == 404
    assert stranger.open(before).text == stranger.open("/o/x").text
    assert stranger.open(after).status_code == 200
    with ports.database.reading() as session:
        assert "order.link_renewed" in session.scalars(select(History.what)).all()
    packer = visit(app, ports, role=Role.PACKER)
    assert packer.press(f"/orders/{an_order}/buyer-link").status_code == 403


def test_every_answer_tells_nobody_and_sets_nothing(
    ports: Ports, stranger: Visitor, an_order: int
) -> None:
    for path in (link(ports, an_order), "/o/x"):
        answer = stranger.open(path)

        assert answer.headers["X-Robots-Tag"].startswith("noindex")
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "private, max-age=60"
        assert "Set-Cookie" not in answer.headers
        assert '<meta name="robots" content="noindex' in answer.text
        assert "<script" not in answer.text
        assert "style=" not in answer.text


def test_somebody_logged_in_is_not_looked_for(
    ports: Ports, owner: Visitor, an_order: int
) -> None:
    path = link(ports, an_order)
    asked = statements(ports)

    owner.see(path)

    assert len(asked) == 2


def test_two_orders_have_two_links(ports: Ports, an_order: int) -> None:
    with ports.database.begin() as session:
        other = order_of(session, pieces=1)

    assert link(ports, an_order) != link(ports, other)
