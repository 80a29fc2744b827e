"""What we write to people: the letters there are, their words, and who writes."""

from dataclasses import replace

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from hub.domain.letters.notices import Event
from hub.flow.letters.letter_preview import preview_letter
from hub.flow.letters.letter_rendering import Rendered, Template
from hub.flow.letters.letter_settings import EVENTS, change_house, house_of
from hub.flow.letters.letter_words import LANGUAGES
from hub.flow.letters.letters_out import desk_of
from hub.flow.letters.notification_templates import (
    current,
    event_called,
    save,
    withdraw,
    words_known,
)
from hub.flow.refusal import Invalid, Missing
from hub.models.by_id import as_id, by_id
from hub.models.letters.notification_queries import Letter, letters_from
from hub.models.letters.notification_views import find_letters, letter_of
from hub.models.records.orders import SalesOrder
from hub.ports import links_of
from hub.web.api.door import Asked, Door
from hub.web.api.named import id_in_path, order_in_field
from hub.web.api.paging import cursor, window
from hub.web.api.schemas.notifications import (
    LetterSettingsIn,
    LetterSettingsOut,
    NotificationOut,
    NotificationQuery,
    RenderedOut,
    TemplateIn,
    TemplateOut,
    TemplatePreviewIn,
    TemplatesOut,
    WrittenLetterOut,
    show_house,
    show_letter,
    show_notification,
    show_rendered,
    show_template,
)
from hub.web.api.shapes import Page, Path

TAG = Tag(name="Letters", description="What we write to people by mail.")
WORDS = "/notification-templates/<event>/<locale>"


class NotificationPath(Path):
    """Which letter."""

    notification_id: str


class TemplatePath(Path):
    """The words of which letter, in which language."""

    event: str
    locale: str


def add_routes(api: APIBlueprint, door: Door) -> None:
    """Add the routes of letters."""

    @api.get("/notifications", tags=[TAG], responses={"200": Page[NotificationOut]})
    def list_notifications(query: NotificationQuery) -> Response:
        """List what was written to people, newest first."""
        return door.read(lambda asked: _page(asked, query))

    @api.get(
        "/notifications/<notification_id>", tags=[TAG], responses={"200": WrittenLetterOut}
    )
    def get_notification(path: NotificationPath) -> Response:
        """Show one letter with what it says."""
        return door.read(lambda asked: _one(asked, door, path))

    _add_settings(api, door)
    _add_templates(api, door)


def _add_settings(api: APIBlueprint, door: Door) -> None:
    @api.get("/letter-settings", tags=[TAG], responses={"200": LetterSettingsOut})
    def get_letter_settings() -> Response:
        """Show who writes, in which language, from which mailbox."""
        return door.read(lambda asked: _house(asked, door))

    @api.patch("/letter-settings", tags=[TAG], responses={"200": LetterSettingsOut})
    def change_letter_settings(body: LetterSettingsIn) -> Response:
        """Say anew who writes, in which language, from which mailbox."""
        return door.write(
            lambda asked: _change(asked, door, body),
            show=lambda asked, _: _house(asked, door),
            wake=(),
        )


def _add_templates(api: APIBlueprint, door: Door) -> None:
    @api.get("/notification-templates", tags=[TAG], responses={"200": TemplatesOut})
    def list_templates() -> Response:
        """List the words of all letters in all languages."""
        return door.read(_templates)

    @api.get(WORDS, tags=[TAG], responses={"200": TemplateOut})
    def get_template(path: TemplatePath) -> Response:
        """Show the words of a letter that count now."""
        return door.read(lambda asked: _template(asked, path.event, path.locale))

    @api.put(WORDS, tags=[TAG], responses={"200": TemplateOut})
    def put_template(path: TemplatePath, body: TemplateIn) -> Response:
        """Write a new version of a letter's words; older ones are kept."""
        return door.write(
            lambda asked: _save(asked, path, body),
            show=lambda asked, _: _template(asked, path.event, path.locale),
            wake=(),
        )

    @api.delete(WORDS, tags=[TAG], responses={"200": TemplateOut})
    def withdraw_template(path: TemplatePath) -> Response:
        """Go back to the words Hornada brings along."""
        return door.write(
            lambda asked: withdraw(
                asked.session, event=path.event, locale=path.locale, who=asked.who,
                now=asked.now,
            ),
            show=lambda asked, _: _template(asked, path.event, path.locale),
            wake=(),
        )  # fmt: skip

    @api.post(f"{WORDS}/preview", tags=[TAG], responses={"200": RenderedOut})
    def preview_template(path: TemplatePath, body: TemplatePreviewIn) -> Response:
        """Show how a letter would read. Nothing is written by looking."""
        return door.read(lambda asked: show_rendered(_preview(asked, path, body)))


def _page(asked: Asked, query: NotificationQuery) -> Page[NotificationOut]:
    session = asked.session
    order_id = order_in_field(session, query.order, field="order") if query.order else None
    found = find_letters(session, order_id=order_id, window=window(query))
    letters = letters_from(session, ids=[row.id for row in found.rows])
    numbers = _numbers(asked, letters)
    shown = [
        show_notification(each, number=numbers.get(each.notification.order_id or 0))
        for each in reversed(letters)
    ]
    return Page(items=shown, next=cursor(found.next))


def _one(asked: Asked, door: Door, path: NotificationPath) -> WrittenLetterOut:
    number = id_in_path(path.notification_id, what="letter")
    letter = letter_of(asked.session, notification_id=number)
    if letter is None:
        raise Missing("There is no such letter.")
    numbers = _numbers(asked, [letter])
    text, html = _as_sent(asked, door, letter)
    shown = numbers.get(letter.notification.order_id or 0)
    return show_letter(letter, number=shown, text=text, html=html)


def _as_sent(asked: Asked, door: Door, letter: Letter) -> tuple[str, str]:
    """Return what a letter says with the link to the buyer's page in it, as it leaves."""
    text, html = letter.notification.text, letter.notification.html
    order = asked.session.get(SalesOrder, letter.notification.order_id or 0)
    if order is None:
        return text, html
    links = links_of(door.ports)
    return links.fill(text, order=order), links.fill(html, order=order, is_html=True)


def _numbers(asked: Asked, letters: list[Letter]) -> dict[int, str]:
    ids = {each.notification.order_id for each in letters}
    orders = by_id(asked.session, SalesOrder, ids={each for each in ids if each})
    return {order_id: order.number for order_id, order in orders.items()}


def _house(asked: Asked, door: Door) -> LetterSettingsOut:
    desk = desk_of(asked.session, channels=door.ports.channels)
    return show_house(house_of(asked.session), can_send=desk is not None)


def _change(asked: Asked, door: Door, body: LetterSettingsIn) -> None:
    house = house_of(asked.session)
    if body.name is not None:
        house = replace(house, name=body.name)
    if body.locale is not None:
        house = replace(house, locale=body.locale)
    if body.mailbox is not None:
        house = replace(house, mail_account_id=_mailbox(body.mailbox))
    change_house(
        asked.session, house=house, who=asked.who, now=asked.now,
        channels=door.ports.channels,
    )  # fmt: skip


def _mailbox(named: str) -> int | None:
    found = as_id(named) if named else None
    if named and found is None:
        raise Invalid("There is no such channel.", field="mailbox")
    return found


def _templates(asked: Asked) -> TemplatesOut:
    return TemplatesOut(
        items=[_template(asked, event, locale) for event in EVENTS for locale in LANGUAGES]
    )


def _template(asked: Asked, event: str, locale: str) -> TemplateOut:
    kind: Event = event_called(event, locale=locale)
    found = current(asked.session, event=kind, locale=locale)
    return show_template(
        event,
        locale=locale,
        template=found.template,
        version=found.version,
        newest=found.newest,
        words=words_known(locale=locale),
    )


def _save(asked: Asked, path: TemplatePath, body: TemplateIn) -> int:
    return save(
        asked.session,
        event=path.event,
        locale=path.locale,
        template=Template(subject=body.subject, text=body.text, html=body.html),
        seen=body.seen_version,
        who=asked.who,
        now=asked.now,
    )


def _preview(asked: Asked, path: TemplatePath, body: TemplatePreviewIn) -> Rendered:
    session = asked.session
    order_id = order_in_field(session, body.order, field="order") if body.order else None
    kind = event_called(path.event, locale=path.locale)
    now = current(session, event=kind, locale=path.locale).template
    template = Template(
        subject=now.subject if body.subject is None else body.subject,
        text=now.text if body.text is None else body.text,
        html=now.html if body.html is None else body.html,
    )
    return preview_letter(
        session, event=path.event, locale=path.locale, template=template, order_id=order_id
    )
