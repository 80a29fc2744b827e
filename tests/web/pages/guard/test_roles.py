"""Every page for every role: what the table opens is open, all else is shut."""

import pytest
from flask import Flask
from werkzeug.routing import Rule

from hub.domain.people.roles import Role
from hub.ports import Ports
from hub.web.guard.page_guard import FOR_PROGRAMS
from hub.web.guard.page_roles import ALLOWED, OPEN
from tests.web.pages.visitor import Visitor, visit
from tests.web.ports import Woken

NOBODY = 999_999


def routes_of(app: Flask) -> list[tuple[str, str, str]]:
    """Return method, address and view of every route that is not a program's door."""
    return [
        (method, address_of(rule), rule.endpoint)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        if f"{method} {rule.rule}" not in FOR_PROGRAMS and rule.endpoint != "static"
    ]


def address_of(rule: Rule) -> str:
    """Fill a rule with ids of nothing."""
    filled = rule.rule
    for name in rule.arguments:
        for form in (f"<id:{name}>", f"<{name}>", f"<path:{name}>"):
            filled = filled.replace(form, str(NOBODY))
    return filled


def test_every_page_is_in_the_table_and_the_table_names_only_pages(app: Flask) -> None:
    views = {view for _, _, view in routes_of(app)}

    assert views == set(ALLOWED) | (OPEN - {"static"})


def test_no_view_is_both_open_and_guarded() -> None:
    assert not set(ALLOWED) & OPEN


@pytest.mark.parametrize("role", list(Role))
def test_each_role_may_do_what_the_table_says_and_nothing_else(
    app: Flask, ports: Ports, role: Role
) -> None:
    visitor = visit(app, ports, role=role)
    token = visitor.token()
    wrong = []

    for method, address, view in routes_of(app):
        if view in OPEN or view == "pages.log_out":
            continue
        status = visitor.client.open(
            address, method=method, data={"csrf": token}
        ).status_code
        if (status == 403) is (role in ALLOWED[view]) or status >= 500:
            wrong.append((method, address, status))

    assert wrong == []


def test_somebody_not_logged_in_is_sent_to_log_in_from_every_page(
    app: Flask, stranger: Visitor
) -> None:
    wrong = []

    for method, address, view in routes_of(app):
        if view in OPEN:
            continue
        response = stranger.client.open(address, method=method)
        if response.status_code != 303 or not response.location.startswith("/login"):
            wrong.append((method, address, response.status_code))

    assert wrong == []


def test_a_page_nobody_wrote_into_the_table_is_shut(app: Flask, ports: Ports) -> None:
    app.add_url_rule("/secret-plans", "pages.secret_plans", lambda: "all of them")

    owner = visit(app, ports, role=Role.OWNER)

    assert owner.open("/secret-plans").status_code == 403


def test_a_role_without_people_sees_no_names(
    app: Flask, ports: Ports, an_order: int
) -> None:
    maker = visit(app, ports, role=Role.MAKER).see(f"/orders/{an_order}")
    packer = visit(app, ports, role=Role.PACKER).see(f"/orders/{an_order}")

    assert "Maria Ruiz" not in maker
    assert "Calle de la Cera" not in maker
    assert "Maria Ruiz" in packer


def test_pages_that_only_look_wake_nobody(owner: Visitor, woken: Woken) -> None:
    for address in ("/", "/orders", "/production", "/mapping"):
        owner.see(address)

    assert woken.kinds == []
