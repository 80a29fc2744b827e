"""The brand page: how buyers see the workshop, tried before it is kept."""

from dataclasses import dataclass

from flask import Response, request

from hub.domain.colour import NIGHT, OURS, WHITE, is_colour, stand_out
from hub.flow.house.brand import (
    LARGEST_LOGO,
    Brand,
    Logo,
    brand_of,
    change_brand,
    check_brand,
    read_logo,
)
from hub.flow.refusal import Refusal
from hub.web.page_door import (
    Deed,
    PageDoor,
    Routes,
    Trouble,
    show,
    trouble_of,
    typed,
    went,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The brand's colour as it is used: on light and on dark, with what is written on it."""

    light: str
    dark: str
    on_light: str = WHITE
    on_dark: str = NIGHT
    is_changed: bool = False
    """Whether the colour had to become darker on white to be read."""


def show_brand(door: PageDoor) -> Response:
    """Show how buyers see the workshop, to be changed."""
    return _page(door)


def look_brand(door: PageDoor) -> Response:
    """Show how it would look with what is typed. Nothing is changed."""
    brand = _typed()
    try:
        check_brand(brand)
    except Refusal as problem:
        return _page(door, brand=brand, trouble=trouble_of(problem, about="brand"))
    if "HX-Request" in request.headers:
        return show("brand/_preview.html", brand=brand, look=_look(brand))
    return _page(door, brand=brand)


def save_brand(door: PageDoor) -> Response:
    """Keep how the workshop shows itself, and the logo that was sent with it."""
    brand = _typed()

    def change(deed: Deed) -> None:
        change_brand(deed.session, brand=brand, logo=_logo(), who=deed.who, now=deed.now)

    return door.press(
        change,
        done=lambda _: went("pages.show_brand", "brand_saved"),
        again=lambda trouble: _page(door, brand=brand, trouble=trouble),
        about="brand",
        wake=(),
    )


def _typed() -> Brand:
    return Brand(
        name=typed("name"),
        colour=typed("colour").lower(),
        site=typed("site"),
        shows_lots=bool(typed("shows_lots")),
        has_logo=not typed("without_logo"),
    )


def _logo() -> Logo | None:
    sent = request.files.get("logo")
    if sent is None or not sent.filename:
        return None
    return read_logo(sent.stream.read(LARGEST_LOGO + 1))


def _look(brand: Brand) -> Look:
    colour = brand.colour if is_colour(brand.colour) else OURS
    light = stand_out(colour, on=WHITE)
    return Look(light=light, dark=stand_out(colour, on=NIGHT), is_changed=light != colour)


def _page(
    door: PageDoor, *, brand: Brand | None = None, trouble: Trouble | None = None
) -> Response:
    with door.reading() as session:
        kept = brand_of(session)
    shown = brand or kept
    return show(
        "brand/brand.html",
        brand=shown,
        kept=kept,
        logo_version=int(kept.changed_at.timestamp()) if kept.changed_at else 0,
        ours=OURS,
        look=_look(shown),
        trouble=trouble,
    )


ROUTES: Routes = (
    ("GET", "/brand", show_brand),
    ("POST", "/brand", save_brand),
    ("POST", "/brand/look", look_brand),
)
