"""GET /invariants: everything that must hold among the records, checked now."""

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from hub.invariants import check
from hub.web.api.door import Asked, Door
from hub.web.api.shapes import Out

TAG = Tag(name="Invariants", description="Whether the books are right.")


class ViolationOut(Out):
    """Something that must not be."""

    code: str
    what: str
    subject: str
    subject_id: str


class InvariantsOut(Out):
    """What is wrong with the books; nothing, when all is well."""

    violations: list[ViolationOut]


def add_routes(api: APIBlueprint, door: Door) -> None:
    """Add the route."""

    @api.get("/invariants", tags=[TAG], responses={"200": InvariantsOut})
    def list_invariants() -> Response:
        """Check everything that must hold among the records. It reads all of them: be patient."""
        return door.read(_check)


def _check(asked: Asked) -> InvariantsOut:
    return InvariantsOut(
        violations=[
            ViolationOut(
                code=each.code,
                what=each.what,
                subject=each.subject,
                subject_id=str(each.subject_id),
            )
            for each in check(asked.session)
        ]
    )
