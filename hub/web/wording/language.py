"""Which language a page is in. The only file that knows Flask-Babel, and gives it types."""

from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path

import flask_babel
from babel import Locale
from babel.support import NullTranslations
from flask import Flask, g, has_request_context, request
from markupsafe import Markup

from hub.settings import Settings
from hub.web.guard.browser_session import person

LANGUAGES = {"en": "English", "es": "Español"}


def add_languages(app: Flask, *, settings: Settings) -> None:
    """Let an app speak its reader's language and know the workshop's time zone."""

    def choose() -> str:
        if not has_request_context():
            return settings.locale
        return choose_language(otherwise=settings.locale)

    app.jinja_env.policies["ext.i18n.trimmed"] = True
    flask_babel.Babel(
        app,
        default_locale=settings.locale,
        default_timezone=settings.timezone,
        default_translation_directories=str(Path(__file__).parents[1] / "translations"),
        locale_selector=choose,
    )
    app.jinja_env.globals |= {"_": _in_page, "gettext": _in_page, "pgettext": pgettext}


def choose_language(*, otherwise: str) -> str:
    """Choose what a page is written in: what its reader chose, what their browser asks for."""
    known = person()
    if known is not None and known.locale in LANGUAGES:
        return known.locale
    if "language" in g:
        return str(g.language)
    return request.accept_languages.best_match(list(LANGUAGES)) or otherwise


def speaking(language: str) -> AbstractContextManager[None]:
    """Write what follows in a language, whatever the page's reader chose."""
    chosen: AbstractContextManager[None] = flask_babel.force_locale(language)
    return chosen


def gettext(message: str, **values: object) -> str:
    """Say a message in the language of the page.

    One that ends in a short form, such as "7 uds.", ends in one full stop all the same.
    """
    said = str(_catalogue(locale()).ugettext(message))
    filled = said % values if values else said
    return filled.removesuffix(".") if filled.endswith("..") else filled


def pgettext(context: str, message: str) -> str:
    """Say a message that means two things in English; the context says which one is meant."""
    return str(_catalogue(locale()).upgettext(context, message))


def _in_page(message: str, **values: object) -> Markup:
    """Say a message of a template, as Jinja's own does and four times as fast: pages have 2,000.

    What it is told of is escaped, the message is not; a lone % is written %% in every message.
    """
    said = Markup(_catalogue(locale()).ugettext(message))  # noqa: S704 - our own words
    filled = said % values if "%" in said else said
    return filled.removesuffix(".") if filled.endswith("..") else filled


@cache
def _catalogue(_language: Locale) -> NullTranslations:
    """Return the messages of the language that is spoken just now, which is this one."""
    found: NullTranslations = flask_babel.get_translations()
    return found


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """Say a message about so many things; `%(num)s` stands for the number."""
    return str(flask_babel.ngettext(one, many, num, **values))


def N_(message: str) -> str:  # noqa: N802 - the name tools that collect messages know
    """Mark a message of a table for translation; it is said by `gettext` where it is shown."""
    return message


def locale() -> Locale:
    """Return the locale of the page."""
    found = flask_babel.get_locale()
    return found if isinstance(found, Locale) else Locale("en")
