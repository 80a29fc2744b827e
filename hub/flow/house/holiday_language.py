"""In which language public holidays are named to somebody."""

from functools import lru_cache

import holidays


@lru_cache(maxsize=64)
def holiday_language(country: str, *, reader: str) -> str:
    """Return the language to name a country's holidays in: the reader's, else the country's own.

    It is named as the holidays library does (`supported_languages`). The library is never left to
    choose: for a language it lacks it takes the one of the machine it runs on.
    """
    if not country:
        return reader
    kept = holidays.country_holidays(country)
    theirs = [each for each in kept.supported_languages if each.partition("_")[0] == reader]
    own = kept.default_language or reader
    return own if own in theirs or not theirs else theirs[0]
