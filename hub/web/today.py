"""The first page: what needs a person now, each with its one button."""

from flask import Response

from hub.models.today import beginning
from hub.models.today import today as what_today_needs
from hub.web.page_door import PageDoor, Routes, show_live


def today(door: PageDoor) -> Response:
    """Show what needs a person now; a workshop that is still empty sees its first three steps."""
    with door.reading() as session:
        begun = beginning(session)
        return show_live(
            "today/today.html",
            "today/_today.html",
            today=what_today_needs(session),
            begun=begun,
        )


ROUTES: Routes = (("GET", "/", today),)
