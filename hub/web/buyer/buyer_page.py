"""The buyer's own page of an order: behind a link nobody can guess, in their language, and quick.

It knows no cookie, no session and no person; it shows what hub/models/orders/buyer_views.py gives
it.
"""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from flask import Flask, Response, abort, make_response, render_template, request, url_for

from hub.domain.colour import NIGHT, OURS, WHITE, is_colour, stand_out
from hub.domain.days.promise import count_on
from hub.domain.orders.buyer_stage import Note, Standing, Step, first_name, standing
from hub.domain.orders.phase import Phase
from hub.domain.states import Intent
from hub.flow.letters.letter_words import LANGUAGES, delay_words
from hub.flow.letters.status_link import renew_link
from hub.models.orders.buyer_views import BuyerOrder, buyer_order, logo_of
from hub.models.records.orders import SalesOrder
from hub.ports import Ports, links_of
from hub.web.page_door import Deed, PageDoor, Routes, went
from hub.web.wording.language import LANGUAGES as NAMES
from hub.web.wording.language import speaking
from mapping.canonical import Release

SHOWN = 30
"""So many lines are named; the page stays small whatever was bought."""
MOST_LOTS = 30
LONGEST_TITLE = 100

HEADERS = {
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, max-age=60",
}
KEPT = "public, max-age=86400"
"""A logo and a colour: their addresses change when they do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The day a buyer can count on; the one they were given before, and why it moved."""

    on: date | None
    was: date | None = None
    reason: str = ""


def add_buyer_links(app: Flask, *, ports: Ports) -> None:
    """Let an app's templates say where an order's buyer sees it: `buyer_url(order)`."""
    links = links_of(ports)

    def buyer_url(order: SalesOrder) -> str:
        return links.url(order_id=order.id, turn=order.status_turn)

    app.jinja_env.globals["buyer_url"] = buyer_url


def show_status(door: PageDoor, token: str) -> Response:
    """Show a buyer how their order stands. What opens nothing looks the same, whatever it was."""
    pointed = links_of(door.ports).read(token)
    if pointed is None:
        return _nothing(door)
    with door.reading() as session:
        order = buyer_order(session, order_id=pointed.order_id, turn=pointed.turn)
    if order is None:
        return _nothing(door)
    language = _language(order.locale, order.house.locale)
    with speaking(language):
        return _answer(
            render_template("buyer/status.html", **_shown(order, language=language)), 200
        )


def give_logo(door: PageDoor) -> Response:
    """Give the workshop's logo, as the kind of picture it was when it was taken in."""
    with door.reading() as session:
        logo = logo_of(session)
    if logo is None:
        abort(404)
    response = make_response(logo[0])
    response.headers["Content-Type"] = logo[1]
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = KEPT
    return response


def give_colour(_door: PageDoor, colour: str) -> Response:
    """Give a colour as a stylesheet, fit to be read on light and on dark. Asks no database."""
    if not is_colour(f"#{colour}"):
        abort(404)
    light, dark = (stand_out(f"#{colour}", on=each) for each in (WHITE, NIGHT))
    rules = (
        f":root{{--accent:{light};--on-accent:{WHITE}}}"
        f"@media(prefers-color-scheme:dark){{:root{{--accent:{dark};--on-accent:{NIGHT}}}}}"
    )
    response = make_response(rules)
    response.headers["Content-Type"] = "text/css; charset=utf-8"
    response.headers["Cache-Control"] = KEPT
    return response


def renew_buyer_link(door: PageDoor, order_id: int) -> Response:
    """Make the buyer's link anew: the one they have opens nothing any more."""

    def change(deed: Deed) -> None:
        renew_link(deed.session, order_id=order_id, who=deed.who, now=deed.now)

    return door.press(
        change,
        done=lambda _: went("pages.show_order", "link_renewed", order_id=order_id),
        again=lambda trouble: abort(trouble.status),
        about="buyer-link",
        wake=(),
    )


def web_link(address: str) -> str:
    """Return an address a buyer may be led to; empty unless it is one of the web."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme in {"http", "https"} and parts.hostname else ""


def _shown(order: BuyerOrder, *, language: str) -> dict[str, object]:
    where = standing(
        phase=Phase(order.phase),
        intent=Intent(order.intent),
        release=Release(order.release),
        has_left=bool(order.parcels),
        is_made=order.is_made,
    )
    steps = list(Step)
    lots = [lot for parcel in order.parcels for lot in parcel.lots]
    theirs = order.po_number or order.external_number
    return {
        "house": order.house,
        "colour": (order.house.colour or OURS).removeprefix("#"),
        "logo": _logo(order),
        "site": web_link(order.house.site),
        "number": theirs or order.number,
        "greeted": first_name(order.customer),
        "standing": where,
        "steps": steps,
        "at": steps.index(where.step),
        "reached": _reached(where),
        "is_cancelled": where.note is Note.CANCELLED,
        "day": _day(order, where, language=language),
        "bought": order.bought[:SHOWN],
        "more": max(0, len(order.bought) - SHOWN),
        "parcels": [(each, web_link(each.url)) for each in order.parcels],
        "lots": lots[:MOST_LOTS] if order.house.shows_lots else [],
        "language": language,
        "others": [(code, name) for code, name in NAMES.items() if code != language],
        "longest": LONGEST_TITLE,
    }


def _reached(where: Standing) -> int:
    """Count the steps that lie behind; all of them once it arrived."""
    steps = list(Step)
    return len(steps) if where.note is Note.DELIVERED else steps.index(where.step)


def _day(order: BuyerOrder, where: Standing, *, language: str) -> Day:
    if where.is_over or where.note is Note.ON_HOLD:
        return Day(on=None)
    on = count_on(order.promised_on, earliest_on=order.earliest_on)
    if order.promised_on is None or on is None or on <= order.promised_on:
        return Day(on=on)
    reason = "" if order.parcels else delay_words(order.risk, language=language)
    return Day(on=on, was=order.promised_on, reason=reason)


def _logo(order: BuyerOrder) -> str:
    house = order.house
    if not house.has_logo or house.changed_at is None:
        return ""
    return url_for("pages.give_logo", v=int(house.changed_at.timestamp()))


def _nothing(door: PageDoor) -> Response:
    language = _language("", door.ports.settings.locale)
    with speaking(language):
        return _answer(render_template("buyer/nothing.html", language=language), 404)


def _language(*known: str) -> str:
    """Choose a language: what was pressed, what we know of them, what their browser asks for."""
    asked = request.args.get("lang", "")
    if asked in LANGUAGES:
        return asked
    codes = [each.lower().replace("_", "-").partition("-")[0] for each in known]
    theirs, *otherwise = codes
    if theirs in LANGUAGES:
        return theirs
    found = request.accept_languages.best_match(list(LANGUAGES))
    return found or next((each for each in otherwise if each in LANGUAGES), LANGUAGES[0])


def _answer(page: str, status: int) -> Response:
    response = make_response(page, status)
    response.headers.update(HEADERS)
    return response


ROUTES: Routes = (
    ("GET", "/o/<token>", show_status),
    ("GET", "/o/logo", give_logo),
    ("GET", "/o/colours/<colour>.css", give_colour),
    ("POST", "/orders/<id:order_id>/buyer-link", renew_buyer_link),
)
