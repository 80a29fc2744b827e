"""A program that uses the API, and the worker that plans when it is asked to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from hub.flow.planning.plan import replan
from hub.models.records.schema import metadata
from hub.ports import Ports

Json = dict[str, object]

SHOP: Json = {
    "channel": "shopify",
    "name": "Cera y Sal",
    "settings": {"shop": "cera-y-sal.myshopify.com", "base_url": "http://127.0.0.1:9999"},
    "credentials": {"access_token": "shpat_0123456789abcdef"},
    "webhook_secrets": ["a-secret-of-the-shop"],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An answer: its status, its JSON and its headers."""

    status: int
    json: Json
    headers: Mapping[str, str]
    text: str

    @property
    def fields(self) -> list[str]:
        """The fields a problem names."""
        errors = cast("list[dict[str, str]]", self.json.get("errors", []))
        return [each["field"] for each in errors]

    @property
    def items(self) -> list[Json]:
        """The entries of a list."""
        return cast("list[Json]", self.json["items"])

    @property
    def id(self) -> str:
        """The id of what was answered."""
        return cast(str, self.json["id"])


def entries(of: Json, name: str) -> list[Json]:
    """Return the objects of a list inside an answer."""
    return cast("list[Json]", of[name])


class Program:
    """Calls the API with one token."""

    def __init__(self, client: FlaskClient, *, token: str, ports: Ports) -> None:
        self.client = client
        self.token = token
        self.ports = ports

    def call(self, method: str, path: str, body: object = None, **headers: str) -> Told:
        """Make one call; header names are written with underscores."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        response: TestResponse = self.client.open(
            "/api/v1" + path,
            method=method,
            json=body,
            headers={"Authorization": f"Bearer {self.token}"} | sent,
        )
        return told(response)

    def get(self, path: str) -> Told:
        """Ask for something that is there."""
        answer = self.call("GET", path)
        assert answer.status == 200, answer.text
        return answer

    def post(self, path: str, body: object = None, **headers: str) -> Told:
        """Send something that is right."""
        answer = self.call("POST", path, {} if body is None else body, **headers)
        assert answer.status in {200, 201, 202}, answer.text
        return answer

    def plan(self) -> None:
        """Do what the worker does when it is woken."""
        now = self.ports.clock.now()
        self.ports.database.run(lambda session: replan(session, now=now))

    def rows(self) -> dict[str, int]:
        """Count the rows of every table."""
        with self.ports.database.reading() as session:
            return count_rows(session)


def told(response: TestResponse) -> Told:
    """Read an answer."""
    read: object = response.get_json(silent=True)
    return Told(
        status=response.status_code,
        json=read if isinstance(read, dict) else {},
        headers=dict(response.headers),
        text=response.get_data(as_text=True),
    )


def count_rows(session: Session) -> dict[str, int]:
    """Count the rows of every table."""
    return {
        table.name: session.execute(select(func.count()).select_from(table)).scalar_one()
        for table in metadata.sorted_tables
    }


def make_soap(program: Program) -> None:
    """Write down how soap is made: ten a batch of 1 kg lye and 2 l oil."""
    program.post(
        "/items", {"code": "SOAP", "name": "Soap", "kind": "product", "unit": "each"}
    )
    program.post("/items", {"code": "LYE", "name": "Lye", "kind": "material", "unit": "g"})
    oil = {
        "code": "OIL",
        "name": "Oil",
        "kind": "material",
        "unit": "ml",
        "density": "0.92",
    }
    program.post("/items", oil)
    recipe = {
        "item": "SOAP",
        "batch_size": {"amount": "10", "unit": "each"},
        "lines": [
            {"item": "LYE", "quantity": {"amount": "1", "unit": "kg"}},
            {"item": "OIL", "quantity": {"amount": "2", "unit": "l"}},
        ],
    }
    program.post("/recipes", recipe)


def order_of(pieces: int = 4, *, number: str = "", sku: str = "SOAP") -> Json:
    """Write an order for soap by Ana."""
    return {
        "number": number,
        "customer": {"name": "Ana Gil", "email": "ana@example.com"},
        "lines": [{"sku": sku, "quantity": pieces}],
    }


def stock_up(program: Program) -> None:
    """Receive enough lye and oil for one batch, and plan."""
    lye = {"item": "LYE", "quantity": {"amount": "1.5", "unit": "kg"}, "code": "LYE-A"}
    program.post("/lots", lye)
    oil = {"item": "OIL", "quantity": {"amount": "3", "unit": "l"}, "code": "OIL-A"}
    program.post("/lots", oil)
    program.plan()
