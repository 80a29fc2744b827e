"""What a channel account is made and changed with; secrets go in and never come out."""

from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from hub.domain.channels.switches import Mode
from hub.web.api.shapes import Days, In, Name

Secret = Annotated[str, Field(max_length=4096)]
"""Long enough for a token of Microsoft's."""


def _switched(given: object) -> object:
    if isinstance(given, bool):
        return Mode.LIVE if given else Mode.OFF
    return given


Switch = Annotated[Mode, BeforeValidator(_switched)]
"""off, shadow or live; true is live, false is off."""


def _flat(given: object) -> object:
    """Write `imap: {host: …}` as `imap_host`, which is how settings are kept."""
    if not isinstance(given, dict):
        return given
    found: dict[object, object] = {}
    for name, value in given.items():
        if isinstance(value, dict):
            found |= {f"{name}_{inner}": _text(each) for inner, each in value.items()}
        else:
            found[name] = value
    return found


def _text(given: object) -> object:
    is_number = isinstance(given, int) and not isinstance(given, bool)
    return str(given) if is_number else given


Typed = Annotated[
    dict[str, str],
    BeforeValidator(_flat),
    WithJsonSchema(
        {
            "type": "object",
            "maxProperties": 50,
            "additionalProperties": {
                "anyOf": [
                    {"type": "string"},
                    {
                        "type": "object",
                        "additionalProperties": {
                            "anyOf": [{"type": "string"}, {"type": "integer"}]
                        },
                    },
                ]
            },
        }
    ),
]
"""Settings as they are typed; those of one group may come as an object of their own."""


Strict = Annotated[bool, Field(strict=True)]


class ChannelIn(In):
    """A shop to connect; it starts in shadow."""

    channel: Name = Field(examples=["shopify"])
    name: Name
    settings: Typed = Field({}, max_length=50, examples=[{"shop": "x.myshopify.com"}])
    credentials: dict[str, Secret] = Field({}, max_length=20)
    webhook_secrets: list[Secret] = Field([], max_length=10)


class ChannelChange(In):
    """The mode of an account, and switches of single capabilities."""

    mode: Mode | None = None
    capabilities: dict[str, Switch] = Field(
        {},
        max_length=50,
        description="off, shadow or live; true is live, false is off.",
    )
    place: str | None = Field(
        None, description="Where stock is kept there, by the channel's id; empty for none."
    )
    min_remaining_days: Days | None = Field(
        None, description="Days goods must still be good when they leave for its buyers."
    )
    notify: dict[str, Strict] = Field(
        {},
        max_length=20,
        description="What its buyers are told by our own mail, by event: true or false.",
    )


class ConnectionChange(In):
    """What is to be changed of a connection; what is left out stays as it is."""

    name: Name | None = None
    settings: Typed = Field(
        {}, max_length=50, description="Those that change; an empty one is taken away."
    )
    credentials: dict[str, Annotated[Secret, Field(min_length=1)] | None] = Field(
        {}, max_length=20, description="Those that change; null takes one away."
    )
    webhook_secrets: list[Secret] = Field(
        [],
        max_length=10,
        description="New ones; those before them are believed on.",
    )
    untried: Strict = Field(
        False,
        description="Whether to keep it without asking the channel, because its owner must let "
        "us in on its own page first.",
    )
