"""How a connection to Etsy is: what our token may do, which shop it is, what this shop denies us.

Nothing is written to find out. Where Etsy closes a country to small apps it withholds the buyers'
addresses and refuses tracking numbers together (its notices since 2024-10), so that addresses
missing from every recent parcel tell of both.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from pydantic import RootModel

from connectors.errors import (
    AuthExpired,
    ChannelError,
    NotFound,
    PayloadError,
    PermissionDenied,
    Retryable,
)
from connectors.etsy.client import API_VERSION, PREFIX, EtsyApi, Model
from connectors.etsy.read_words import Given, is_true, objects_of, plain
from connectors.http import Query
from connectors.protocol import Finding, Health
from connectors.spec import Capability

WARN_BEFORE = timedelta(days=15)
"""What renews the token lives 90 days: at 75 days without a renewal somebody is told."""
LOOKED_AT = 10
"""Newest paid receipts whose addresses are looked at."""

NOT_CONNECTED = Health(
    findings=(
        Finding(
            code="reconnect",
            words="The app was not let into the shop yet.",
            way_out="Press Connect and let the app in.",
        ),
    )
)

NEEDED_FOR = {
    "transactions_r": "read orders",
    "transactions_w": "tell Etsy what was sent",
    "listings_r": "read your listings",
    "listings_w": "publish stock",
    "shops_r": "see which shop it is",
}
DENIES = {
    "transactions_w": Capability.FULFIL,
    "listings_w": Capability.STOCK,
    "listings_r": Capability.CATALOGUE,
}

CONNECT_AGAIN = "Press Connect again and let the app in with all it asks for."
BY_HAND = "Enter tracking numbers at Etsy yourself; each waits here as a task and closes by itself."

Answer = TypeVar("Answer")


class _Scopes(RootModel[object]):
    """A list of scopes; Etsy's own description of this answer is empty."""


class _Self(Model):
    user_id: int = 0
    shop_id: int | None = None


class _Shop(Model):
    shop_name: str = ""


class _Pong(Model):
    application_id: int | None = None


@dataclass(slots=True)
class _Seen:
    """What was found so far."""

    findings: list[Finding] = field(default_factory=list)
    cannot: set[Capability] = field(default_factory=set)

    def note(self, code: str, words: str, way_out: str) -> None:
        self.findings.append(Finding(code=code, words=words, way_out=way_out))


def check_up(api: EtsyApi, *, refresh_ends: datetime | None, now: datetime) -> Health:
    """Ask Etsy what our token may do and which shop it is.

    :raises Retryable: Etsy cannot be asked now.
    """
    seen = _Seen()
    shop_ref = shop_name = ""
    granted: frozenset[str] | None = None
    if _try(seen, lambda: api.get(f"{PREFIX}/openapi-ping", into=_Pong)) is not None:
        granted = _granted(api, seen)
        shop_ref = _shop_ref(api, seen)
        shop = _try(seen, lambda: api.get(api.shop_path, into=_Shop))
        shop_name = shop.shop_name if shop else ""
        _look_at_addresses(api, seen)
    _look_at_age(seen, refresh_ends=refresh_ends, now=now)
    return Health(
        shop_ref=shop_ref,
        shop_name=shop_name,
        granted=granted,
        version_served=API_VERSION,
        cannot=frozenset(seen.cannot),
        findings=tuple(seen.findings),
    )


def _try(seen: _Seen, ask: Callable[[], Answer]) -> Answer | None:
    """Ask, and turn what a person can mend into a finding; each is told once."""
    try:
        return ask()
    except Retryable:
        raise
    except (AuthExpired, PermissionDenied, NotFound, PayloadError) as error:
        code, way_out = _WAYS[type(error) if type(error) in _WAYS else PermissionDenied]
        if code not in {found.code for found in seen.findings}:
            seen.note(code, _sentence(error), way_out)
        return None


_WAYS: dict[type[ChannelError], tuple[str, str]] = {
    AuthExpired: ("reconnect", CONNECT_AGAIN),
    PermissionDenied: ("permission_missing", CONNECT_AGAIN),
    NotFound: (
        "shop_missing",
        "Check the shop's number in the settings of this connection.",
    ),
    PayloadError: (
        "answer_odd",
        "Nothing to press: Etsy may have changed its API. Tell us.",
    ),
}


def _granted(api: EtsyApi, seen: _Seen) -> frozenset[str] | None:
    """Fetch the scopes of our token, and name each one that is missing."""
    asked = {"token": api.token}
    answer = _try(
        seen, lambda: api.post_form(f"{PREFIX}/scopes", fields=asked, into=_Scopes)
    )
    granted = None if answer is None else _scopes(answer.root)
    if granted is None:
        return None
    for scope in sorted(NEEDED_FOR.keys() - granted):
        what = f"We may not {NEEDED_FOR[scope]}: the permission {scope} is missing."
        seen.note(f"scope_missing:{scope}", what, CONNECT_AGAIN)
        if scope in DENIES:
            seen.cannot.add(DENIES[scope])
    return granted


def _scopes(answer: object) -> frozenset[str] | None:
    """Read the scopes out of a list, or out of an object that holds one."""
    if isinstance(answer, dict):
        answer = next((part for part in answer.values() if isinstance(part, list)), None)
    if not isinstance(answer, list):
        return None
    return frozenset(one for one in answer if isinstance(one, str))


def shop_let_into(api: EtsyApi) -> str:
    """Fetch the number of the shop whose owner let us in; empty where Etsy does not say.

    :raises ChannelError: the kind says what the outcome was.
    """
    return str(api.get(f"{PREFIX}/users/me", into=_Self).shop_id or "")


def _shop_ref(api: EtsyApi, seen: _Seen) -> str:
    found = _try(seen, lambda: shop_let_into(api)) or ""
    if found and found != api.shop_id:
        seen.note(
            "shop_changed",
            f"The app was let into shop {found}, and this connection is of shop {api.shop_id}.",
            "Sign in to Etsy as the owner of this shop and press Connect again, or make a "
            "connection of its own for the other shop.",
        )
    return found


def _look_at_addresses(api: EtsyApi, seen: _Seen) -> None:
    newest: Query = {
        "was_paid": True,
        "was_canceled": False,
        "sort_on": "created",
        "sort_order": "desc",
        "limit": LOOKED_AT,
    }
    page = _try(seen, lambda: api.get_object(f"{api.shop_path}/receipts", query=newest))
    if page is None:
        return
    parcels = [row for row in objects_of(page.get("results")) if _is_parcel(row)]
    if parcels and not any(map(_has_address, parcels)):
        seen.cannot.add(Capability.FULFIL)
        seen.note(
            "addresses_withheld",
            "Etsy withholds the buyers' addresses from this app, and then takes no tracking "
            "numbers from it either; it does so for new apps in some countries.",
            BY_HAND,
        )


def _is_parcel(receipt: Given) -> bool:
    lines = objects_of(receipt.get("transactions"))
    return any(not is_true(line.get("is_digital")) for line in lines)


def _has_address(receipt: Given) -> bool:
    parts: Sequence[str] = ("first_line", "city", "zip", "country_iso", "formatted_address")
    return any(plain(receipt.get(part)) for part in parts)


def _look_at_age(seen: _Seen, *, refresh_ends: datetime | None, now: datetime) -> None:
    if refresh_ends is None or refresh_ends - now > WARN_BEFORE:
        return
    days = max(0, (refresh_ends - now).days)
    seen.note(
        "permission_ends",
        f"Etsy's permission ends in {days} days if it is not renewed before.",
        CONNECT_AGAIN,
    )


def _sentence(error: ChannelError) -> str:
    words = str(error)
    return f"{words[:1].upper()}{words[1:]}" + ("" if words.endswith(".") else ".")
