"""How long a parcel is on its way: by country and method, as well as anybody said."""

from collections.abc import Mapping

LONGEST_METHOD = 200

Ways = Mapping[tuple[str, str], int]
"""Days by (country, method); an empty word fits any."""


def fold_method(named: str) -> str:
    """Write the name of a shipping method as it is compared: small letters, single spaces."""
    return " ".join(named.split()).casefold()[:LONGEST_METHOD].rstrip()


def transit_days(ways: Ways, *, country: str, method: str, usual: int | None) -> int | None:
    """Find the days for a country by a method (folded).

    What fits both is taken, else what fits the country, else the method, else what fits any;
    else what is usual here. None when nobody said.
    """
    for way in ((country, method), (country, ""), ("", method), ("", "")):
        if way in ways:
            return ways[way]
    return usual
