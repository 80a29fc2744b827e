"""The first page: what needs a person now, each with its one button."""

from flask import Response

from hub.models.today import beginning
from hub.models.today import today as what_today_needs
from hub.web.decision_words import questions
from hub.web.page_door import PageDoor, Routes, show_live


def today(door: PageDoor) -> Response:
    """Show what needs a person now; a workshop that is still empty sees its first three steps."""
    with door.reading() as session:
        begun = beginning(session)
        needed = what_today_needs(session)
        return show_live(
            "today/today.html",
            "today/_today.html",
            today=needed,
            questions=questions(needed.decisions),
            begun=begun,
        )


ROUTES: Routes = (("GET", "/", today),)
