"""Keeping a connection in step, as the API shows it: lists, old orders, drift, tasks by hand."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from pydantic import Field

from hub.models.channels.drift_views import OpenDrift
from hub.models.channels.task_views import TaskView
from hub.models.claims.backfills import Progress
from hub.models.records.channels import Backfill, ChannelStream
from hub.models.records.upkeep import Drift
from hub.web.api.shapes import In, Out, PageQuery


class BackfillIn(In):
    """Which old orders to fetch."""

    since: str = Field(
        examples=["2026-01-31"],
        description="The first day (in the workshop's time zone), or a moment in UTC.",
    )


class BackfillOut(Out):
    """Old orders being fetched, in a lane that never delays live ones."""

    job: str
    channel: str
    since: datetime
    until: datetime
    state: Literal["running", "paused", "stopped", "done", "failed"]
    total: int | None = Field(description="About how many there are; null while unknown.")
    found: int
    read: int
    failed: int = Field(description="Waiting for a person among the inbound messages.")
    problem: str
    started_at: datetime
    done_at: datetime | None


class StreamOut(Out):
    """One list of changed orders that is read again and again."""

    name: str
    read_at: datetime | None = Field(description="When it was last read to its end.")
    next_at: datetime
    problem: str


class PollOut(Out):
    """What is read next."""

    streams: list[StreamOut]


class DriftRow(Out):
    """Something the channel and we hold differently."""

    kind: Literal["order", "fulfilment", "cancel", "stock"]
    external_id: str
    ours: str
    theirs: str
    found_at: datetime


class DriftOut(Out):
    """What differs now, newest first."""

    open: list[DriftRow]
    count: int


class TaskLineOut(Out):
    """Pieces in the parcel."""

    sku: str
    title: str
    variant: str
    quantity: int


class TaskQuery(PageQuery):
    """Which tasks."""

    state: Literal["open", "done"] | None = None
    channel: str = ""


class TaskOut(Out):
    """Something only a person can do at the channel."""

    id: str
    kind: Literal["ship", "cancel", "refund"]
    why: str
    state: Literal["open", "done"]
    channel: str
    order: str
    order_number: str
    external_id: str
    external_number: str
    shipment: str | None
    carrier: str
    tracking_number: str
    tracking_url: str
    lines: list[TaskLineOut]
    created_at: datetime
    done_at: datetime | None
    done_by: str


def show_backfill(backfill: Backfill, *, progress: Progress) -> BackfillOut:
    """Write how far old orders have come."""
    return BackfillOut.model_validate(
        {
            "job": str(backfill.id),
            "channel": str(backfill.account_id),
            "since": backfill.since,
            "until": backfill.until,
            "state": progress.state,
            "total": progress.total,
            "found": progress.found,
            "read": progress.read,
            "failed": progress.failed,
            "problem": progress.words,
            "started_at": backfill.created_at,
            "done_at": backfill.done_at,
        }
    )


def show_streams(streams: Sequence[ChannelStream]) -> PollOut:
    """Write which lists of an account are read, and when."""
    return PollOut(
        streams=[
            StreamOut(
                name=each.name,
                read_at=each.read_at,
                next_at=each.next_at,
                problem=each.last_error or "",
            )
            for each in streams
        ]
    )


def show_drift(found: OpenDrift) -> DriftOut:
    """Write what differs at an account."""
    return DriftOut(open=[show_drift_row(row) for row in found.rows], count=found.count)


def show_drift_row(row: Drift) -> DriftRow:
    """Write one difference."""
    return DriftRow.model_validate(
        {
            "kind": row.kind,
            "external_id": row.external_id,
            "ours": row.ours,
            "theirs": row.theirs,
            "found_at": row.found_at,
        }
    )


def show_task(view: TaskView) -> TaskOut:
    """Write a task with all its doer has to type at the channel."""
    task = view.task
    return TaskOut.model_validate(
        {
            "id": str(task.id),
            "kind": task.kind,
            "why": task.why,
            "state": task.state,
            "channel": view.account.name,
            "order": str(task.order_id),
            "order_number": view.order_number,
            "external_id": view.external_id,
            "external_number": view.external_number,
            "shipment": str(task.shipment_id) if task.shipment_id else None,
            "carrier": view.carrier,
            "tracking_number": view.tracking_number,
            "tracking_url": view.tracking_url,
            "lines": [
                TaskLineOut(
                    sku=line.sku,
                    title=line.title,
                    variant=line.variant_title,
                    quantity=line.quantity,
                )
                for line in view.lines
            ],
            "created_at": task.created_at,
            "done_at": task.done_at,
            "done_by": task.done_by,
        }
    )
