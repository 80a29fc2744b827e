"""The first person of a fresh workshop: a link, once, to set it up."""

from sqlalchemy import select

from hub.flow.people.entrance import make_setup_link
from hub.models.records.people import User
from hub.ports import Ports
from tests.factories import NOW
from tests.web.pages.visitor import PASSWORD, Visitor


def setup_link(ports: Ports) -> str:
    """Make the link a fresh workshop prints."""
    with ports.database.begin() as session:
        return f"/setup/{make_setup_link(session, now=NOW)}"


def test_a_fresh_workshop_sends_people_to_the_link(stranger: Visitor) -> None:
    page = stranger.client.get("/", follow_redirects=True).text

    assert "This workshop has no owner yet" in page
    assert 'type="password"' not in page


def test_the_first_with_the_link_becomes_owner_in_their_language(
    ports: Ports, stranger: Visitor
) -> None:
    link = setup_link(ports)
    spanish = stranger.client.get(link, headers={"Accept-Language": "es-ES,es"})
    assert "Prepara este taller" in spanish.text

    response = stranger.client.post(
        link,
        data={
            "csrf": stranger.token(link),
            "name": "Ana",
            "email": "ana@cerysal.example",
            "password": PASSWORD,
        },
        headers={"Accept-Language": "es-ES,es"},
    )

    assert response.location == "/welcome"
    assert "Tres pasos hasta la primera hornada" in stranger.see("/welcome")


def test_the_workshop_is_set_up_once(
    ports: Ports, stranger: Visitor, other: Visitor
) -> None:
    link = setup_link(ports)
    form = {"name": "Ana", "email": "ana@cerysal.example", "password": PASSWORD}
    token = other.token(link)
    assert stranger.press(link, page=link, **form).status_code == 303

    second = other.client.post(
        link, data={"csrf": token, **form, "email": "eve@cerysal.example"}
    )

    assert second.status_code == 403
    assert other.open(link).status_code == 403
    with ports.database.reading() as session:
        assert session.scalars(select(User.email)).all() == ["ana@cerysal.example"]


def test_a_setup_link_nobody_made_opens_nothing(ports: Ports, stranger: Visitor) -> None:
    form = {"name": "Eve", "email": "eve@cerysal.example", "password": PASSWORD}

    response = stranger.press("/setup/guess", page="/setup/guess", **form)

    assert response.status_code == 403
    with ports.database.reading() as session:
        assert session.scalar(select(User)) is None


def test_a_password_anybody_would_try_is_refused_beside_the_form(
    ports: Ports, stranger: Visitor
) -> None:
    link = setup_link(ports)

    response = stranger.press(
        link, page=link, name="Ana", email="ana@cerysal.example", password="hornada12345"
    )

    assert response.status_code == 422
    assert "one of the first anybody would try" in response.text
    assert 'value="ana@cerysal.example"' in response.text
    assert (
        stranger.press(
            link, page=link, name="Ana", email="ana@cerysal.example", password=PASSWORD
        ).location
        == "/welcome"
    )
