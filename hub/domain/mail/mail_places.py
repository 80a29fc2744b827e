"""Where a mail wants its goods sent: an address that is whole, or none."""

from functools import cache

from babel import Locale

from hub.domain.mail.mail_words import fold
from mapping.canonical import Address
from mapping.letter import DraftAddress

LANGUAGES = ("es", "en", "fr", "pt", "de", "it")


def is_named(given: DraftAddress | None) -> bool:
    """Say whether a mail names any place at all."""
    return given is not None and any(
        (given.line1, given.line2, given.city, given.region, given.postcode, given.country)
    )


def whole_address(given: DraftAddress) -> Address | None:
    """Return an address somebody can send to: a street, a place, and a country that is one.

    None where one of them is missing. No country at all is ours, as people write at home.
    """
    country = country_code(given.country)
    has_place = bool(given.city.strip() or given.postcode.strip())
    if not given.line1.strip() or not has_place or country is None:
        return None
    return Address(
        name=given.name.strip(),
        company=given.company.strip(),
        line1=given.line1.strip(),
        line2=given.line2.strip(),
        city=given.city.strip(),
        region=given.region.strip(),
        postcode=given.postcode.strip(),
        country=country,
        phone=given.phone.strip(),
    )


def country_code(written: str) -> str | None:
    """Turn a country's name or two letters into two letters; None where it is no country."""
    plain = written.strip()
    if not plain:
        return ""
    return _countries().get(fold(plain))


@cache
def _countries() -> dict[str, str]:
    names: dict[str, str] = {}
    for language in LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha():
                names.setdefault(fold(str(name)), code)
                names.setdefault(code.casefold(), code)
    return names | {"uk": "GB", "usa": "US", "u.s.a.": "US", "holanda": "NL"}
