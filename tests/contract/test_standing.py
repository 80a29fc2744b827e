"""How a connection is, said in words; subscriptions; and letting in, by a page or anew."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from connectors.errors import AuthExpired, Retryable, SignatureInvalid
from connectors.protocol import Health, Token
from connectors.spec import Capability
from tests.contract.asking import (
    checked,
    entrance,
    fetcher,
    lets_in,
    may_be,
    needs,
    provisioner,
    renewer,
    renews,
    spec_of,
    stands,
    subscribes,
    wire,
)
from tests.contract.harness import Harness, LetsIn, Oddity, Trouble

ADDRESS = "https://hub.example/webhooks/ours"
ANOTHERS = "https://another-program.example/hooks"
BACK = "https://hub.example/oauth/back"
STATE, VERIFIER = "state-0123456789abcdef", "verifier-0123456789abcdef0123456789abcdef01"
WITHIN = timedelta(minutes=5)


def health(h: Harness) -> Health:
    """Check the connection up."""
    return checked(h.channel()).check_up(now=wire(h).now)


# Check-up -----------------------------------------------------------------------------------


def test_a_good_connection_has_nothing_to_find_and_names_its_shop(h: Harness) -> None:
    expected = stands(h).shop_ref

    found = health(h)

    assert found.shop_ref == expected
    assert found.shop_name
    assert [one for one in found.findings if one.way_out] == [], "there is nothing to press"
    assert found.cannot <= spec_of(h).capabilities


def test_a_right_that_is_missing_is_named_with_what_to_press(h: Harness) -> None:
    if not spec_of(h).scopes:
        pytest.skip(f"{spec_of(h).key} asks for no scopes")
    stands(h).take_a_right_away()

    findings = health(h).findings

    lacking = [one for one in findings if one.code.startswith("scope_missing:")]
    assert lacking
    assert {one.code.partition(":")[2] for one in lacking} <= spec_of(h).scopes
    assert all(one.words and one.way_out for one in lacking)


@pytest.mark.parametrize("trouble", [Trouble.REVOKED, Trouble.FORBIDDEN])
def test_what_a_person_can_mend_is_found_and_not_raised(
    h: Harness, trouble: Trouble
) -> None:
    stands(h)
    wire(h).fail_next(trouble)

    findings = health(h).findings

    assert findings
    assert all(one.code and one.words and one.way_out for one in findings)


def test_being_thrown_out_is_found(h: Harness) -> None:
    stands(h).throw_us_out()

    assert health(h).findings


@pytest.mark.parametrize(
    "trouble", [Trouble.FAILURE, Trouble.NOT_SENT, Trouble.BUSY, Trouble.LOST_BEFORE]
)
def test_a_shop_that_cannot_be_asked_now_is_asked_later(
    h: Harness, trouble: Trouble
) -> None:
    stands(h)
    wire(h).fail_next(trouble)

    with pytest.raises(Retryable):
        health(h)


def test_what_was_found_says_no_secret(h: Harness) -> None:
    stands(h)
    for trouble in (Trouble.REVOKED, Trouble.FORBIDDEN):
        wire(h).fail_next(trouble)
        said = repr(health(h))
        assert not [secret for secret in h.secrets() if secret in said]


# Subscriptions ------------------------------------------------------------------------------


def test_an_audit_changes_nothing(h: Harness) -> None:
    needs(h, Capability.WEBHOOKS)
    writes = wire(h).writes()

    found = provisioner(h.channel()).audit_webhooks(ADDRESS)

    assert wire(h).writes() == writes
    assert found.present == ()
    assert found.missing


def test_what_is_missing_is_subscribed_to_once(h: Harness) -> None:
    needs(h, Capability.WEBHOOKS)
    missing = provisioner(h.channel()).audit_webhooks(ADDRESS).missing

    provisioner(h.channel()).ensure_webhooks(ADDRESS)
    writes = wire(h).writes()
    again = provisioner(h.channel()).ensure_webhooks(ADDRESS)

    assert sorted(subscribes(h).subscriptions()) == sorted((t, ADDRESS) for t in missing)
    assert wire(h).writes() == writes
    assert set(again.present) == set(missing)
    assert again.missing == ()
    assert dict(again.refused) == {}


def test_a_subscription_that_was_lost_is_missed_and_made_again(h: Harness) -> None:
    needs(h, Capability.WEBHOOKS)
    provisioner(h.channel()).ensure_webhooks(ADDRESS)
    all_of_them = sorted(subscribes(h).subscriptions())
    subscribes(h).lose_a_subscription()

    missed = provisioner(h.channel()).audit_webhooks(ADDRESS).missing
    provisioner(h.channel()).ensure_webhooks(ADDRESS)

    assert len(missed) == 1
    assert sorted(subscribes(h).subscriptions()) == all_of_them


def test_an_answer_lost_while_subscribing_makes_nothing_twice(h: Harness) -> None:
    needs(h, Capability.WEBHOOKS)
    wire(h).fail_next(Trouble.LOST_AFTER, write=True)

    with pytest.raises(Exception):  # noqa: B017, PT011 - any of the contract's errors will do
        provisioner(h.channel()).ensure_webhooks(ADDRESS)
    provisioner(h.channel()).ensure_webhooks(ADDRESS)

    there = subscribes(h).subscriptions()
    assert len(there) == len(set(there))


def test_only_our_own_subscriptions_are_ended(h: Harness) -> None:
    needs(h, Capability.WEBHOOKS)
    subscribes(h).subscribe_another(ANOTHERS)
    before = sorted(subscribes(h).subscriptions())
    provisioner(h.channel()).ensure_webhooks(ADDRESS)

    provisioner(h.channel()).remove_webhooks(ADDRESS)
    provisioner(h.channel()).remove_webhooks(ADDRESS)

    assert sorted(subscribes(h).subscriptions()) == before


# Letting in ---------------------------------------------------------------------------------


def a_page(h: Harness) -> str:
    """The address of the page where the owner agrees."""
    needs(h, Capability.OAUTH)
    return entrance(h.channel()).authorise(
        redirect_uri=BACK, state=STATE, verifier=VERIFIER
    )


def finished(h: Harness, answer: dict[str, str]) -> Token:
    """Trade an answer for a token."""
    return entrance(h.channel()).finish(
        redirect_uri=BACK, verifier=VERIFIER, answer=answer, now=wire(h).now
    )


def test_the_page_is_the_shops_and_its_address_tells_no_secret(h: Harness) -> None:
    page = a_page(h)

    assert urlsplit(page).scheme == "https"
    assert STATE in page
    assert VERIFIER not in page
    assert page == a_page(h)
    typed = h.typed()
    marked = {field.name for field in spec_of(h).fields if field.is_secret}
    for name, value in typed.credentials.items():
        if f"credentials.{name}" in marked and "key" not in name:
            assert value not in page


def test_making_the_address_asks_nobody(h: Harness) -> None:
    needs(h, Capability.OAUTH)
    calls = wire(h).calls()

    a_page(h)

    assert wire(h).calls() == calls


def test_whoever_is_let_in_can_work(h: Harness) -> None:
    page = a_page(h)
    order_id = h.place()

    token = finished(h, dict(lets_in(h).agree(page)))

    assert token.value
    assert token.expires_at is None or token.expires_at > wire(h).now
    fetched = fetcher(h.channel(token=token)).fetch_order(order_id)
    assert fetched.external_id == order_id


def test_a_grant_is_good_once(h: Harness) -> None:
    answer = dict(lets_in(h).agree(a_page(h))) if _is_let_in(h) else {}
    finished(h, answer)

    with pytest.raises(AuthExpired):
        finished(h, answer)


def _is_let_in(h: Harness) -> bool:
    needs(h, Capability.OAUTH)
    return True


def test_an_owner_who_refuses_lets_nobody_in(h: Harness) -> None:
    answer = dict(lets_in(h).refuse(a_page(h))) if _is_let_in(h) else {}

    with pytest.raises((AuthExpired, SignatureInvalid)):
        finished(h, answer)


def test_an_empty_answer_lets_nobody_in(h: Harness) -> None:
    needs(h, Capability.OAUTH)

    with pytest.raises((AuthExpired, SignatureInvalid)):
        finished(h, {})


def test_another_shops_grant_is_refused(h: Harness) -> None:
    page = a_page(h)
    may_be(h, Oddity.FOREIGN_ANSWER)
    answer = dict(lets_in(h).as_another_shop(lets_in(h).agree(page)))

    with pytest.raises(SignatureInvalid):
        finished(h, answer)


def test_a_grant_whose_answer_was_lost_may_be_begun_anew(h: Harness) -> None:
    page = a_page(h)
    answer = dict(lets_in(h).agree(page))
    wire(h).fail_next(Trouble.LOST_BEFORE)

    with pytest.raises(Retryable):
        finished(h, answer)


# Tokens fetched anew ------------------------------------------------------------------------


def renewed(h: Harness, token: Token | None) -> Token:
    """Fetch the next token."""
    return renewer(h.channel(token=token)).renew(now=wire(h).now)


def test_a_fresh_token_works_and_says_how_long(h: Harness) -> None:
    first = renews(h).token()
    order_id = h.place()

    fresh = renewed(h, first)

    assert fresh.value
    assert fresh.expires_at is None or fresh.expires_at > wire(h).now
    fetched = fetcher(h.channel(token=fresh)).fetch_order(order_id)
    assert fetched.external_id == order_id


def test_each_token_fetches_the_next_one(h: Harness) -> None:
    token = renews(h).token()

    for _ in range(3):
        wire(h).pass_time(WITHIN)
        token = renewed(h, token)

    order_id = h.place()
    assert fetcher(h.channel(token=token)).fetch_order(order_id).external_id == order_id


def a_pair(h: Harness) -> Token:
    """A token with what fetches the next: the account's own, or the one the owner's page gives."""
    first = renews(h).token()
    if (first is None or not first.refresh) and isinstance(h, LetsIn):
        first = finished(h, dict(h.agree(a_page(h))))
    if first is None or not first.refresh:
        pytest.skip(f"{spec_of(h).key} gives nothing that could be used twice")
    return first


def test_what_fetches_a_token_is_used_once(h: Harness) -> None:
    first = a_pair(h)
    order_id = h.place()
    second = renewed(h, first)
    fetcher(h.channel(token=second)).fetch_order(order_id)

    assert second.refresh != first.refresh
    with pytest.raises(AuthExpired):
        renewed(h, first)


def test_each_pair_fetches_the_next_one_and_the_newest_works(h: Harness) -> None:
    token, seen = a_pair(h), set[str]()

    for _ in range(4):
        order_id = h.place()
        fetched = fetcher(h.channel(token=token)).fetch_order(order_id)
        assert fetched.external_id == order_id
        seen.add(token.refresh)
        wire(h).pass_time(WITHIN)
        token = renewed(h, token)

    assert len(seen) == 4
    assert token.refresh not in seen


def test_a_pair_whose_giver_is_gone_asks_for_a_person(h: Harness) -> None:
    first = a_pair(h)
    renews(h).end_what_renews()

    with pytest.raises(AuthExpired):
        renewed(h, first)


def test_what_no_longer_fetches_tokens_asks_for_a_person(h: Harness) -> None:
    first = renews(h).token()
    renews(h).end_what_renews()

    with pytest.raises(AuthExpired):
        renewed(h, first)


@pytest.mark.parametrize(
    "trouble", [Trouble.FAILURE, Trouble.NOT_SENT, Trouble.LOST_BEFORE]
)
def test_a_token_that_could_not_be_fetched_may_be_asked_for_again(
    h: Harness, trouble: Trouble
) -> None:
    first = renews(h).token()
    wire(h).fail_next(trouble)

    with pytest.raises(Retryable):
        renewed(h, first)

    assert renewed(h, first).value


def test_a_token_shows_nothing_of_itself(h: Harness) -> None:
    fresh = renewed(h, renews(h).token())

    assert fresh.value not in repr(fresh)
    assert not fresh.refresh or fresh.refresh not in repr(fresh)
    assert fresh.value not in repr(h.channel(token=replace(fresh)))
