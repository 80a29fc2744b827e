"""Calls that cannot be done: channels, their upkeep, messages and letters."""

from collections.abc import Iterator

from tests.web.api.bad_calls import Bad, without
from tests.web.api.program import (
    SHOP,
    Json,
)


def upkeep() -> Iterator[Bad]:
    """Channel 2 is where typed orders come from: it has no lists, no old orders, no catalogue."""
    yield Bad("/channels/2/messages", {}, "", status=415)
    for asked in ("poll", "catalogue"):
        yield Bad(f"/channels/2/{asked}", {}, "", status=409)
        yield Bad(f"/channels/99/{asked}", {}, "", status=404)
    yield Bad("/channels/99/check", {}, "", status=404)
    yield Bad("/channels/1/backfill", {}, "since")
    yield Bad("/channels/1/backfill", {"since": "yesterday"}, "since")
    yield Bad("/channels/1/backfill", {"since": "2999-01-01"}, "since")
    yield Bad("/channels/2/backfill", {"since": "2026-01-01"}, "", status=409)
    yield Bad("/channels/99/backfill", {"since": "2026-01-01"}, "", status=404)
    for step in ("pause", "resume", "stop"):
        yield Bad(f"/channels/1/backfill/{step}", {}, "", status=409)
    yield Bad("/manual-tasks/99/done", {}, "", status=404)
    yield Bad(
        "/channels/1",
        {"capabilities": {"hold": "maybe"}},
        "capabilities.hold",
        method="PATCH",
    )
    yield Bad("/channels/1", {"place": "nowhere"}, "place", status=404, method="PATCH")


def letters() -> Iterator[Bad]:
    yield Bad("/channels/1", {"notify": {"won": True}}, "notify.won", method="PATCH")
    yield Bad("/channels/1", {"notify": {"shipped": 1}}, "notify.shipped", method="PATCH")
    yield Bad("/notifications?order=T-99", None, "order", method="GET")
    yield Bad("/notifications/99", None, "", 404, "GET")
    for change, field in (
        ({"name": "x" * 101}, "name"),
        ({"name": "two\nlines"}, "name"),
        ({"locale": "ca"}, "locale"),
        ({"mailbox": "1"}, "mailbox"),
        ({"mailbox": "99"}, "mailbox"),
        ({"mailbox": "none"}, "mailbox"),
    ):
        yield Bad("/letter-settings", change, field, method="PATCH")
    words = "/notification-templates"
    good: Json = {"subject": "{{ order.name }}", "text": "a", "html": "b"}
    for field, value in (
        ("subject", ""),
        ("subject", "a\nb"),
        ("subject", "{{ ordr.name }}"),
        ("text", ""),
        ("text", "\n\n{{ order.numbr }}"),
        ("text", "{{ order }}"),
        ("text", "{% if %}"),
        ("text", "{{ order.name.upper() }}"),
        ("text", "{{ 'a' * 99 }}"),
        ("text", "{{ order.name|attr('x') }}"),
        ("html", "{% include 'base.html' %}"),
        ("html", "{% for x in order %}{% endfor %}"),
        ("html", "x" * 20_001),
        ("seen_version", -1),
    ):
        yield Bad(f"{words}/received/en", good | {field: value}, field, method="PUT")
        if field != "seen_version" and value:
            yield Bad(f"{words}/received/en/preview", {field: value}, field)
    yield Bad(f"{words}/received/en", good | {"seen_version": 7}, "", 409, "PUT")
    yield Bad(f"{words}/won/en", good, "", 404, "PUT")
    yield Bad(f"{words}/received/xx", None, "", 404, "GET")
    yield Bad(f"{words}/won/en", None, "", 404, "DELETE")
    yield Bad(f"{words}/received/en/preview", {"order": "T-99"}, "order")


def channels() -> Iterator[Bad]:
    settings = {"shop": "cera.myshopify.com"}
    evil = {"shop": "cera.myshopify.com.evil.example"}
    outside = settings | {"base_url": "https://evil.example"}
    yield from (Bad("/channels", without(SHOP, name), name) for name in ("channel", "name"))
    yield Bad("/channels", SHOP | {"channel": "nobody"}, "channel")
    yield Bad("/channels", SHOP | {"channel": "manual"}, "channel")
    yield Bad("/channels", SHOP | {"name": ""}, "name")
    yield Bad("/channels", SHOP | {"settings": evil}, "settings.shop")
    yield Bad("/channels", SHOP | {"settings": outside}, "settings.base_url")
    yield Bad("/channels", SHOP | {"settings": {"shop": 7}}, "settings.shop")
    yield Bad("/channels", SHOP | {"credentials": {}}, "credentials.access_token")
    yield Bad("/channels", SHOP | {"webhook_secrets": "one"}, "webhook_secrets")
    yield Bad("/channels", SHOP | {"webhook_secrets": []}, "webhook_secrets")
    yield Bad("/channels", SHOP | {"mode": "live"}, "mode")
    yield Bad("/channels/1", {"mode": "loud"}, "mode", method="PATCH")
    yield Bad(
        "/channels/1", {"capabilities": {"hold": 1}}, "capabilities.hold", method="PATCH"
    )
    yield Bad(
        "/channels/1", {"capabilities": {"x": True}}, "capabilities.x", method="PATCH"
    )
    yield Bad("/channels/99", {"mode": "live"}, "", 404, "PATCH")
    here = "/channels/1/connection"
    for change, field in (
        ({"settings": evil}, "settings.shop"),
        ({"settings": outside}, "settings.base_url"),
        ({"settings": {"shop": ""}}, "settings.shop"),
        ({"settings": {"shop": 7}}, "settings.shop"),
        ({"credentials": {"access_token": None}}, "credentials.access_token"),
        ({"credentials": {"access_token": ""}}, "credentials.access_token"),
        ({"webhook_secrets": "one"}, "webhook_secrets"),
        ({"name": ""}, "name"),
        ({"untried": "yes"}, "untried"),
        ({"mode": "live"}, "mode"),
    ):
        yield Bad(here, change, field, method="PATCH")
    yield Bad(
        here, {"credentials": {"access_token": "shpat_of_no_shop_at_all"}}, "", 409, "PATCH"
    )
    yield Bad("/channels/2/connection", {"name": "Typed"}, "", 404, "PATCH")
    yield Bad("/channels/99/connection", {"name": "Nobody"}, "", 404, "PATCH")


def messages() -> Iterator[Bad]:
    yield Bad("/inbound-messages/99/replay", {}, "", 404)
    yield Bad("/inbound-messages/x/replay", {}, "", 404)
    yield Bad("/outbound-messages/99/retry", {}, "", 404)
