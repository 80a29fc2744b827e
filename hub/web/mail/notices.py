"""Letters on the pages: who hears what, the words of each letter, and every letter as it was."""

from collections.abc import Callable
from dataclasses import dataclass

import nh3
from flask import Response, abort, request
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from connectors.spec import Capability
from hub.domain.letters.notices import SWITCHED, Event
from hub.flow.letters.letter_preview import preview_letter
from hub.flow.letters.letter_rendering import Rendered, Template
from hub.flow.letters.letter_settings import (
    EVENTS,
    House,
    change_house,
    house_of,
    switch_letters,
    switches_of,
)
from hub.flow.letters.letter_words import LANGUAGES
from hub.flow.letters.letters_out import desk_of
from hub.flow.letters.notification_templates import (
    BUILT_IN,
    Current,
    current,
    save,
    withdraw,
    words_known,
)
from hub.flow.refusal import Invalid, Refusal
from hub.models.by_id import as_id
from hub.models.letters.notification_queries import Letter, letters_from, mailboxes
from hub.models.letters.notification_views import Fate, fate_of, find_letters, letter_of
from hub.models.newest import Window
from hub.models.records.channels import ChannelAccount
from hub.models.records.orders import SalesOrder
from hub.ports import links_of
from hub.web.mail.letter_things import things_of
from hub.web.page_door import (
    Deed,
    PageDoor,
    Routes,
    Trouble,
    asked_id,
    show,
    trouble_of,
    typed,
    went,
)

ROWS = 20
SHOWN = nh3.ALLOWED_TAGS - {"img", "map", "area"}
"""What of a letter's HTML is shown here; nothing that asks another server for anything."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A letter and what became of it."""

    letter: Letter
    fate: Fate


def shown(letters: list[Letter]) -> list[Shown]:
    """Say of each letter what became of it, the newest first."""
    return [
        Shown(each, fate_of(each.notification, each.message)) for each in reversed(letters)
    ]


def show_letters(door: PageDoor) -> Response:
    """Show who hears what, the words of each letter, and the newest letters."""
    return _page(door)


def save_house(door: PageDoor) -> Response:
    """Say anew who writes, in which language, from which mailbox."""

    def change(deed: Deed) -> None:
        mailbox = typed("mailbox")
        house = House(
            name=typed("name"),
            locale=typed("locale"),
            mail_account_id=_named(mailbox) if mailbox else None,
        )
        change_house(
            deed.session, house=house, who=deed.who, now=deed.now,
            channels=door.ports.channels,
        )  # fmt: skip

    return _press(door, change, about="house")


def save_switches(door: PageDoor, account_id: int) -> Response:
    """Say anew what the buyers of a channel hear of."""

    def change(deed: Deed) -> None:
        ticked = set(request.form.getlist("event"))
        switch_letters(
            deed.session,
            account_id=account_id,
            notify={event.value: event.value in ticked for event in SWITCHED},
            who=deed.who,
            now=deed.now,
            channels=door.ports.channels,
        )

    return _press(door, change, about=f"channel-{account_id}")


def show_words(door: PageDoor, event: str, locale: str) -> Response:
    """Show the words of a letter, and how it would read."""
    return _words(door, event, locale)


def look_words(door: PageDoor, event: str, locale: str) -> Response:
    """Show how a letter would read with the words that are typed. Nothing is changed."""
    return _words(door, event, locale, template=_typed())


def save_words(door: PageDoor, event: str, locale: str) -> Response:
    """Keep the words that are typed as a new version."""
    template = _typed()

    def change(deed: Deed) -> int:
        return save(
            deed.session, event=event, locale=locale, template=template,
            seen=as_id(typed("seen") or "0") or BUILT_IN, who=deed.who, now=deed.now,
        )  # fmt: skip

    return door.press(
        change,
        done=lambda _: went("pages.show_words", "words_saved", event=event, locale=locale),
        again=lambda trouble: _words(
            door, event, locale, template=template, trouble=trouble
        ),
        about="words",
        wake=(),
    )


def withdraw_words(door: PageDoor, event: str, locale: str) -> Response:
    """Go back to the words Hornada brings along."""

    def change(deed: Deed) -> int:
        return withdraw(
            deed.session, event=event, locale=locale, who=deed.who, now=deed.now
        )

    return door.press(
        change,
        done=lambda _: went(
            "pages.show_words", "words_withdrawn", event=event, locale=locale
        ),
        again=lambda trouble: _words(door, event, locale, trouble=trouble),
        about="words",
        wake=(),
    )


def read_letter(door: PageDoor, notification_id: int) -> Response:
    """Show a letter as it was written."""
    with door.reading() as session:
        letter = letter_of(session, notification_id=notification_id) or abort(404)
        order_id, links = letter.notification.order_id, links_of(door.ports)
        order = session.get(SalesOrder, order_id) if order_id is not None else None
        text, html = letter.notification.text, letter.notification.html
        if order is not None:
            text = links.fill(text, order=order)
            html = links.fill(html, order=order, is_html=True)
        return show(
            "letters/letter.html",
            one=Shown(letter, fate_of(letter.notification, letter.message)),
            order=order,
            text=text,
            html=_harmless(html),
            about=things_of(session, letter.notification.facts.get("about")),
        )


def _press(door: PageDoor, change: Callable[[Deed], None], *, about: str) -> Response:
    return door.press(
        change,
        done=lambda _: went("pages.show_letters", "letters_saved"),
        again=lambda trouble: _page(door, trouble=trouble),
        about=about,
        wake=(),
    )


def _page(door: PageDoor, *, trouble: Trouble | None = None) -> Response:
    channels = door.ports.channels
    able = [
        key for key, each in channels.items() if Capability.MAIL in each.spec.capabilities
    ]
    with door.reading() as session:
        found = find_letters(session, order_id=None, window=Window(ROWS, asked_id("after")))
        accounts = session.scalars(select(ChannelAccount).order_by(ChannelAccount.id)).all()
        boxes = mailboxes(session, channels=able)
        return show(
            "letters/letters.html",
            house=house_of(session),
            languages_known=LANGUAGES,
            boxes=[each for each in boxes if each.settings.get("smtp_host")],
            desk=desk_of(session, channels=channels),
            accounts=[(each, switches_of(each)) for each in accounts],
            silent={key for key, each in channels.items() if not each.spec.mails_buyers},
            switched=SWITCHED,
            events=EVENTS,
            versions=_versions(session),
            found=found,
            letters=shown(letters_from(session, ids=[row.id for row in found.rows])),
            trouble=trouble,
        )


def _versions(session: Session) -> dict[tuple[str, str], int]:
    return {
        (event.value, locale): current(session, event=event, locale=locale).version
        for event in EVENTS
        for locale in LANGUAGES
    }


def _words(
    door: PageDoor,
    event: str,
    locale: str,
    *,
    template: Template | None = None,
    trouble: Trouble | None = None,
) -> Response:
    if event not in set(Event) or locale not in LANGUAGES:
        abort(404)
    with door.reading() as session:
        found = current(session, event=Event(event), locale=locale)
        rendered, problem = _rendered(session, event, locale, template, found)
        return show(
            "letters/words.html",
            event=event,
            locale=locale,
            found=found,
            shown=template or found.template,
            words=words_known(locale=locale),
            rendered=rendered,
            html=_harmless(rendered.html) if rendered else "",
            trouble=trouble or problem,
        )


def _rendered(
    session: Session, event: str, locale: str, template: Template | None, found: Current
) -> tuple[Rendered | None, Trouble | None]:
    """Show how a letter reads, or say what keeps it from being one."""
    try:
        order = typed("order")
        order_id = _order(session, order) if order else None
        rendered = preview_letter(
            session, event=event, locale=locale, template=template or found.template,
            order_id=order_id,
        )  # fmt: skip
    except Refusal as problem:
        return None, trouble_of(problem, about="words")
    return rendered, None


def _order(session: Session, number: str) -> int:
    found = session.scalar(select(SalesOrder.id).where(SalesOrder.number == number))
    if found is None:
        raise Invalid("There is no such order.", field="order")
    return found


def _typed() -> Template:
    return Template(
        subject=_as_sent("subject"), text=_as_sent("text"), html=_as_sent("html")
    )


def _as_sent(name: str) -> str:
    """Read a field as it is: blanks and lines of a template mean something."""
    return request.form.get(name, "").replace("\x00", "")


def _named(written: str) -> int:
    found = as_id(written)
    if found is None:
        raise Invalid("There is no such channel.", field="mailbox")
    return found


def _harmless(html: str) -> Markup:
    """Keep of a letter's HTML what only shows text: no style, no image, no script."""
    return Markup(nh3.clean(html, tags=SHOWN))  # noqa: S704 - what is left is harmless by construction


ROUTES: Routes = (
    ("GET", "/letters", show_letters),
    ("POST", "/letters/house", save_house),
    ("POST", "/letters/channels/<id:account_id>", save_switches),
    ("GET", "/letters/words/<event>/<locale>", show_words),
    ("POST", "/letters/words/<event>/<locale>", save_words),
    ("POST", "/letters/words/<event>/<locale>/look", look_words),
    ("POST", "/letters/words/<event>/<locale>/withdraw", withdraw_words),
    ("GET", "/letters/<id:notification_id>", read_letter),
)
