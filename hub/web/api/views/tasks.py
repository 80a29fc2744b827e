"""What people must do at a channel by hand: see it, and say that it is done."""

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from hub.flow.refusal import Missing
from hub.flow.telling.tasks import close_task
from hub.models.channels.task_views import find_tasks, task_views
from hub.models.records.upkeep import ManualTask
from hub.web.api.door import Asked, Door
from hub.web.api.named import id_in_path
from hub.web.api.paging import cursor, window
from hub.web.api.schemas.upkeep import TaskOut, TaskQuery, show_task
from hub.web.api.shapes import Page, Path

TAG = Tag(name="Tasks by hand", description="What only a person can do at a channel.")


class TaskPath(Path):
    """Which task."""

    task_id: str


def add_routes(api: APIBlueprint, door: Door) -> None:
    """Add the routes of tasks."""

    @api.get("/manual-tasks", tags=[TAG], responses={"200": Page[TaskOut]})
    def list_tasks(query: TaskQuery) -> Response:
        """List what people must do at channels: ship by hand, cancel, refund."""
        return door.read(lambda asked: _page(asked, query))

    @api.post("/manual-tasks/<task_id>/done", tags=[TAG], responses={"200": TaskOut})
    def finish_task(path: TaskPath) -> Response:
        """Say that a task was done; the channel may say so first."""
        task_id = id_in_path(path.task_id, what="task")
        return door.write(
            lambda asked: close_task(
                asked.session, task_id=task_id, who=asked.who, now=asked.now
            ),
            show=lambda asked, _: _show(asked, task_id),
            wake=(),
        )


def _page(asked: Asked, query: TaskQuery) -> Page[TaskOut]:
    found = find_tasks(
        asked.session,
        state=query.state or "",
        channel=query.channel,
        window=window(query),
    )
    views = task_views(asked.session, tasks=found.rows)
    return Page(items=[show_task(view) for view in views], next=cursor(found.next))


def _show(asked: Asked, task_id: int) -> TaskOut:
    task = asked.session.get(ManualTask, task_id)
    if task is None:
        raise Missing("There is no such task.")
    return show_task(task_views(asked.session, tasks=[task])[0])
