"""Mail handed in by a program: POST /channels/{id}/messages takes one raw mail."""

from flask import Response, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from hub.flow.mail.mailbox import receive_for
from hub.web.api.door import Door
from hub.web.api.named import id_in_path
from hub.web.api.problems import Problem
from hub.web.api.reading import sent_bytes
from hub.web.api.schemas.mail_in import MailTaken
from hub.web.api.shapes import Path

TAG = Tag(name="Mail", description="Orders that come by mail.")
RAW = "message/rfc822"
LARGEST = 25 * 1024 * 1024
"""Bytes of the longest mail taken; what mail servers take is less."""


class ChannelPath(Path):
    """Which channel account."""

    channel_id: str


def add_routes(api: APIBlueprint, door: Door) -> None:
    """Add the route that takes mail."""

    @api.post("/channels/<channel_id>/messages", tags=[TAG], responses={"202": MailTaken})
    def take_mail(path: ChannelPath) -> Response:
        """Take one raw mail, sent as it is with `Content-Type: message/rfc822`.

        It is stored and read soon after, like mail from the mailbox; at most 25 MiB. The same
        mail again is the same message.
        """
        if request.mimetype != RAW:
            raise Problem(415, f"Send {RAW}.")
        raw = sent_bytes(LARGEST)
        return door.write(
            lambda asked: receive_for(
                asked.session,
                account_id=id_in_path(path.channel_id, what="channel"),
                raw=raw,
                source="api",
                channels=door.ports.channels,
                now=asked.now,
            ),
            show=lambda _, message_id: MailTaken(id=str(message_id)),
            status=202,
            wake=("read_messages",),
        )
