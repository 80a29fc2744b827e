"""Tasks by hand: what only a person can do at a shop, with everything they must type there."""

from flask import Response, url_for

from hub.flow.telling.tasks import close_task, reopen_task
from hub.models.channels.task_views import find_tasks, task_views
from hub.models.newest import Window
from hub.web.page_door import (
    Deed,
    PageDoor,
    Routes,
    Trouble,
    asked,
    asked_id,
    show_live,
    went,
)

ROWS = 50


def list_tasks(door: PageDoor) -> Response:
    """Show what is to be done at shops by hand."""
    return _page(door)


def finish_task(door: PageDoor, task_id: int) -> Response:
    """Note that somebody did it."""

    def change(deed: Deed) -> None:
        close_task(deed.session, task_id=task_id, who=deed.who, now=deed.now)

    return door.press(
        change,
        done=lambda _: went("pages.list_tasks", "task_done"),
        again=lambda trouble: _page(door, trouble=trouble),
        about="task",
        wake=(),
    )


def reopen_finished(door: PageDoor, task_id: int) -> Response:
    """Ask again for what somebody ticked by mistake."""

    def change(deed: Deed) -> None:
        reopen_task(deed.session, task_id=task_id, who=deed.who, now=deed.now)

    return door.press(
        change,
        done=lambda _: went("pages.list_tasks", "task_reopened"),
        again=lambda trouble: _page(door, trouble=trouble),
        about="task",
        wake=(),
    )


def _page(door: PageDoor, *, trouble: Trouble | None = None) -> Response:
    state = "done" if asked("state") == "done" else "open"
    window = Window(ROWS, after=asked_id("after"))
    with door.reading() as session:
        found = find_tasks(session, state=state, channel="", window=window)
        return show_live(
            "tasks/list.html",
            "tasks/_list.html",
            here=url_for("pages.list_tasks"),
            tasks=task_views(session, tasks=found.rows),
            next=found.next,
            state=state,
            trouble=trouble,
        )


ROUTES: Routes = (
    ("GET", "/tasks", list_tasks),
    ("POST", "/tasks/<id:task_id>/done", finish_task),
    ("POST", "/tasks/<id:task_id>/reopen", reopen_finished),
)
