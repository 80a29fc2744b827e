"""What a program is told of the mail it handed in."""

from pydantic import Field

from hub.web.api.shapes import Out


class MailTaken(Out):
    """A mail that is stored and will be read."""

    id: str = Field(description="Of its inbound message.")
