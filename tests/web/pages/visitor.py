"""Somebody at a browser: logs in, opens pages, presses their buttons."""

import re
from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from hub.domain.people.roles import Role
from hub.flow.people.entrance import add_user
from hub.flow.people.sessions import open_session
from hub.ports import Ports

PASSWORD = "seven candles in a row"
TOKEN = re.compile(r'name="csrf" value="([0-9a-f]{64})"')
COOKIE = "hornada"


@dataclass(frozen=True, slots=True)
class Visitor:
    """One browser."""

    client: FlaskClient

    def open(self, path: str, **headers: str) -> TestResponse:
        """Open a page."""
        return self.client.get(path, headers=headers)

    def see(self, path: str) -> str:
        """Open a page that must be there, and return what is on it."""
        response = self.open(path)
        assert response.status_code == 200, (path, response.status_code, response.text)
        return response.text

    def token(self, path: str = "/") -> str:
        """Return the token of the forms of a page."""
        found = TOKEN.search(self.client.get(path, follow_redirects=True).text)
        assert found is not None
        return found[1]

    def press(self, path: str, *, page: str = "/", **form: str) -> TestResponse:
        """Send a form as the page it is on would."""
        data = {"csrf": self.token(page), **form}
        return self.client.post(path, data=data, headers={"Sec-Fetch-Site": "same-origin"})

    def did(self, path: str, **form: str) -> str:
        """Send a form that must work, and return the page it leads to."""
        response = self.press(path, **form)
        assert response.status_code == 303, (path, response.status_code, response.text)
        return self.see(response.location)


def email_of(role: Role) -> str:
    """Return the address of the person with a role."""
    return f"{role}@cerysal.example"


def visit(app: Flask, ports: Ports, *, role: Role, locale: str = "en") -> Visitor:
    """Open a browser of somebody new with a role, logged in."""
    now = ports.clock.now()

    with ports.database.begin() as session:
        user_id = add_user(
            session,
            email=email_of(role),
            name=role.capitalize(),
            password=PASSWORD,
            role=role,
            who="test",
            now=now,
            locale=locale,
        )
        secret = open_session(session, user_id=user_id, now=now)
    client = app.test_client()
    client.set_cookie(COOKIE, secret)
    return Visitor(client)
