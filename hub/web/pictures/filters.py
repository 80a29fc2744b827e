"""What templates of pictures write with: counts, hours and clock times, and texts cut to fit."""

from datetime import datetime, tzinfo
from decimal import Decimal

from babel.dates import format_time
from babel.numbers import format_decimal
from flask import Flask

from hub.web.pictures.scale import clip
from hub.web.wording.language import locale

TEXT_SIZE = 12.0


def add_picture_filters(app: Flask, *, zone: tzinfo) -> None:
    """Teach an app's templates the filters of pictures; times are the workshop's."""

    def clock(at: datetime) -> str:
        return format_time(at.astimezone(zone), format="HH:mm", locale=locale())

    app.jinja_env.filters |= {
        "tally": write_tally,
        "hours": write_hours,
        "clock": clock,
        "clip": cut,
    }


def write_tally(count: int) -> str:
    """Write a count: "1.204" in Spanish, "1,204" in English."""
    return format_decimal(count, locale=locale())


def write_hours(minutes: int) -> str:
    """Write minutes as hours: "7.5"."""
    return format_decimal(Decimal(minutes) / 60, format="0.#", locale=locale())


def cut(text: str, width: float, size: float = TEXT_SIZE) -> str:
    """Cut a text to a width in pixels."""
    return clip(text, width=width, size=size)
