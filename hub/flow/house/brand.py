"""How the workshop shows itself to buyers: its colour, its logo, where its page leads back to."""

import io
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from PIL import Image, UnidentifiedImageError
from sqlalchemy.orm import Session

from hub.domain.colour import is_colour
from hub.flow.bounds import one_line
from hub.flow.letters.letter_settings import LONGEST_NAME
from hub.flow.refusal import Invalid
from hub.models.planning.habits import THE_ONE, workshop_row
from hub.models.records.history import record
from hub.models.records.workshop import Workshop

LARGEST_LOGO = 200 * 1024
MOST_PIXELS = 4_000_000
SHOWN_WIDTH, SHOWN_HEIGHT = 640, 240
"""A logo is kept no larger than this: twice what any page or paper shows."""
KINDS = {"PNG": "image/png", "JPEG": "image/jpeg"}
LONGEST_SITE = 300
BROKEN = (
    UnidentifiedImageError,
    OSError,
    SyntaxError,
    ValueError,
    Image.DecompressionBombError,
)
"""What Pillow raises of bytes that are no whole picture (Pillow docs: Image.open, Image.load)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Logo:
    """A picture as it is kept: drawn anew from what was sent, with nothing else in it."""

    picture: bytes
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """What the workshop says of itself to buyers."""

    name: str = ""
    colour: str = ""
    site: str = ""
    shows_lots: bool = False
    has_logo: bool = False
    changed_at: datetime | None = None


def brand_of(session: Session) -> Brand:
    """Return how the workshop shows itself; the defaults while it said nothing."""
    row = session.get(Workshop, THE_ONE)
    if row is None:
        return Brand()
    return Brand(
        name=row.name,
        colour=row.colour,
        site=row.site,
        shows_lots=row.shows_lots,
        has_logo=bool(row.logo_type),
        changed_at=row.updated_at,
    )


def change_brand(
    session: Session,
    *,
    brand: Brand,
    logo: Logo | None = None,
    who: str,
    now: datetime,
) -> None:
    """Say anew how the workshop shows itself. A logo that is not given stays, if one is to.

    :raises Invalid: a name that is no single line, no colour, or no web address; `field` names it.
    """
    checked = check_brand(brand)
    row = workshop_row(session, now=now)
    row.name, row.colour, row.site = checked.name, checked.colour, checked.site
    row.shows_lots = checked.shows_lots
    if logo is not None:
        row.logo, row.logo_type = logo.picture, logo.kind
    elif not brand.has_logo:
        row.logo, row.logo_type = None, ""
    record(
        session, at=now, who=who, subject="workshop", subject_id=THE_ONE,
        what="workshop.brand", detail={"colour": checked.colour},
    )  # fmt: skip
    session.flush()


def check_brand(brand: Brand) -> Brand:
    """Return a brand as it would be kept.

    :raises Invalid: as `change_brand`.
    """
    name = one_line(brand.name, most=LONGEST_NAME, field="name")
    colour, site = brand.colour.strip().lower(), brand.site.strip()
    if colour and not is_colour(colour):
        raise Invalid("Write a colour such as #b4552d.", field="colour")
    if site and not _is_web(site):
        raise Invalid(
            "Write an address that starts with https:// or http://.", field="site"
        )
    return Brand(
        name=name,
        colour=colour,
        site=site,
        shows_lots=brand.shows_lots,
        has_logo=brand.has_logo,
    )


def read_logo(sent: bytes) -> Logo:
    """Make a logo of the bytes of a file: known by what they are, never by their name.

    It is drawn anew and made smaller, so that where a photo was taken and whatever else hides in
    a file is not kept.

    :raises Invalid: it is too large, or no whole PNG or JPEG.
    """
    if len(sent) > LARGEST_LOGO:
        raise Invalid("A logo may have at most 200 kB.", field="logo")
    try:
        with Image.open(io.BytesIO(sent), formats=tuple(KINDS)) as found:
            if found.width * found.height > MOST_PIXELS:
                raise Invalid("This picture has too many points.", field="logo")
            kind = found.format or ""
            return Logo(picture=_drawn_anew(found, kind=kind), kind=KINDS[kind])
    except BROKEN as error:
        raise Invalid("Choose a PNG or JPEG file.", field="logo") from error


def _drawn_anew(found: Image.Image, *, kind: str) -> bytes:
    clean = found.convert("RGBA" if kind == "PNG" else "RGB")
    clean.thumbnail((SHOWN_WIDTH, SHOWN_HEIGHT))
    clean.info.clear()
    out = io.BytesIO()
    clean.save(out, format=kind, optimize=True)
    return out.getvalue()


def _is_web(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    is_short = len(address) <= LONGEST_SITE and address.isprintable()
    return is_short and parts.scheme in {"http", "https"} and bool(parts.hostname)
