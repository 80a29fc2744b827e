"""Our letters and their words as the API takes and gives them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from hub.flow.letters.letter_rendering import LONGEST, Rendered, Template
from hub.flow.letters.letter_settings import House
from hub.models.letters.notification_queries import Letter
from hub.models.letters.notification_views import fate_of
from hub.web.api.shapes import In, Out, PageQuery

Words = Annotated[str, Field(max_length=LONGEST)]


class NotificationQuery(PageQuery):
    """Which letters."""

    order: str = Field("", description="Of this order, by its number or id.")


class NotificationOut(Out):
    """A letter of ours."""

    id: str
    event: str
    order: str | None
    recipient: str
    locale: str
    template_version: int = Field(description="0 is the one Hornada brings along.")
    subject: str
    message_id: str
    state: str = Field(
        description="waiting, sending, unknown, sent, left_out (not needed any more), "
        "shadowed, held, dead or bounced."
    )
    why: str = Field(description="What went wrong, or what came back, in words.")
    created_at: datetime
    sent_at: datetime | None
    outbound_message: str


class WrittenLetterOut(NotificationOut):
    """A letter of ours, with what it says."""

    text: str
    html: str


class TemplateIn(In):
    """The words of a letter."""

    subject: str = Field(max_length=200)
    text: Words
    html: Words
    seen_version: int | None = Field(
        None, ge=0, description="The newest version you know; another one is a conflict."
    )


class TemplatePreviewIn(In):
    """Words to look at; without any, those that count now."""

    subject: str | None = Field(None, max_length=200)
    text: Words | None = None
    html: Words | None = None
    order: str = Field("", description="With this order's own words, by its number or id.")


class TemplateOut(Out):
    """The words of a letter that count now."""

    event: str
    locale: str
    version: int = Field(description="0 is the one Hornada brings along.")
    newest_version: int
    subject: str
    text: str
    html: str
    words: dict[str, str] = Field(description="What it can say, each with an example.")


class TemplatesOut(Out):
    """All letters in all languages."""

    items: list[TemplateOut]


class RenderedOut(Out):
    """A letter as it would be read."""

    subject: str
    text: str
    html: str


class LetterSettingsIn(In):
    """What the workshop says of itself in its letters; what is left out stays."""

    name: str | None = Field(None, max_length=200)
    locale: Literal["en", "es"] | None = None
    mailbox: str | None = Field(
        None,
        description="The channel letters leave from, by its id; empty: the only one that can.",
    )


class LetterSettingsOut(Out):
    """What the workshop says of itself in its letters."""

    name: str
    locale: str
    mailbox: str | None
    can_send: bool = Field(description="Whether there is a mailbox they can leave from.")


def show_notification(letter: Letter, *, number: str | None) -> NotificationOut:
    """Show a letter without what it says; `number` is its order's."""
    written, message = letter.notification, letter.message
    fate = fate_of(written, message)
    return NotificationOut(
        id=str(written.id),
        event=written.event,
        order=number,
        recipient=written.recipient,
        locale=written.locale,
        template_version=written.template_version,
        subject=written.subject,
        message_id=written.message_id,
        state=fate.word,
        why=written.bounce or message.last_error or "",
        created_at=written.created_at,
        sent_at=fate.sent_at,
        outbound_message=str(message.id),
    )


def show_letter(
    letter: Letter, *, number: str | None, text: str, html: str
) -> WrittenLetterOut:
    """Show a letter with what it says, the buyer's link in its place."""
    shown = show_notification(letter, number=number)
    return WrittenLetterOut(**dict(shown), text=text, html=html)


def show_template(
    event: str,
    *,
    locale: str,
    template: Template,
    version: int,
    newest: int,
    words: Mapping[str, str],
) -> TemplateOut:
    """Show the words of a letter."""
    return TemplateOut(
        event=event,
        locale=locale,
        version=version,
        newest_version=newest,
        subject=template.subject,
        text=template.text,
        html=template.html,
        words=dict(words),
    )


def show_rendered(rendered: Rendered) -> RenderedOut:
    """Show a letter as it would be read."""
    return RenderedOut(subject=rendered.subject, text=rendered.text, html=rendered.html)


def show_house(house: House, *, can_send: bool) -> LetterSettingsOut:
    """Show what the workshop says of itself."""
    mailbox = None if house.mail_account_id is None else str(house.mail_account_id)
    return LetterSettingsOut(
        name=house.name, locale=house.locale, mailbox=mailbox, can_send=can_send
    )
