"""The toy with one mistake planted at a time, and the tests that must notice each."""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import ClassVar

from connectors.errors import (
    AuthExpired,
    CursorExpired,
    OutcomeUnknown,
    PermissionDenied,
    RateLimited,
    Retryable,
    StockMoved,
)
from connectors.pacing import Unpaced
from connectors.protocol import (
    ChangePage,
    Channel,
    Connection,
    Delivery,
    Health,
    Pushed,
    Token,
    WebhookAudit,
)
from connectors.readings import Message, OrderSeen, Reading
from connectors.spec import Capability, Spec
from connectors.transport import Transport
from mapping.canonical import Line, Money, Order, Release
from mapping.effects import Effect, Fulfil, SetStock, StockRef
from tests.contract.channels.toy.channel import SPEC, Toy

FRESH = count(1)


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """A mistake, and at least one of the tests that notices it."""

    make: type[Toy]
    noticed_by: str


class Mutated(Toy):
    """The toy, whose orders a mistake may change wherever they are read."""

    def amended(self, order: Order) -> Order:
        """Return the order as the mistake has it."""
        return order

    def read(self, message: Message) -> Reading:
        """Read, with the mistake."""
        reading = super().read(message)
        if isinstance(reading, OrderSeen):
            return OrderSeen(order=self.amended(reading.order))
        return reading

    def fetch_order(self, external_id: str) -> Order:
        """Fetch, with the mistake."""
        return self.amended(super().fetch_order(external_id))

    def lines(self, order: Order, change: Callable[[Line], Line]) -> Order:
        """Change every line."""
        return replace(order, lines=tuple(change(line) for line in order.lines))


# Reading ------------------------------------------------------------------------------------


class ReadyUnpaid(Mutated):
    """Begins before anybody paid."""

    def amended(self, order: Order) -> Order:
        held = order.release is Release.HOLD_PAYMENT
        return replace(order, release=Release.READY) if held else order


class UnknownIsReady(Mutated):
    """Takes a word it does not know for a yes."""

    def amended(self, order: Order) -> Order:
        unknown = order.release is Release.UNKNOWN
        return replace(order, release=Release.READY) if unknown else order


class TestIsReady(Mutated):
    """Makes what was ordered as a trial."""

    def amended(self, order: Order) -> Order:
        return replace(order, release=Release.READY) if order.is_test else order


class NaiveTimes(Mutated):
    """Forgets where a clock stands."""

    def amended(self, order: Order) -> Order:
        return replace(order, placed_at=order.placed_at.replace(tzinfo=None))


class LocalTimes(Mutated):
    """Reads the hands of a far clock as if it were ours."""

    def amended(self, order: Order) -> Order:
        return replace(order, placed_at=order.placed_at + timedelta(hours=13))


class OrderedAsCurrent(Mutated):
    """Loses what was taken off a line."""

    def amended(self, order: Order) -> Order:
        return self.lines(order, lambda line: replace(line, cancelled=0))


class LinesByPosition(Mutated):
    """Gives every line the same id."""

    def amended(self, order: Order) -> Order:
        return self.lines(order, lambda line: replace(line, external_id="1"))


class WishTidied(Mutated):
    """Makes a buyer's words pretty."""

    def amended(self, order: Order) -> Order:
        def tidy(line: Line) -> Line:
            wish = tuple((name, " ".join(v.split())) for name, v in line.personalisation)
            return replace(line, personalisation=wish)

        return self.lines(order, tidy)


class MoneyWithoutShipping(Mutated):
    """Adds up the lines and calls it the total."""

    def amended(self, order: Order) -> Order:
        prices = [(line.unit_price, line.ordered) for line in order.lines]
        minor = sum(price.minor * pieces for price, pieces in prices if price)
        return replace(order, total=Money(minor=minor, currency=order.currency))


class AnyFieldCounts(Mutated):
    """Falls over a field it does not know."""

    def read(self, message: Message) -> Reading:
        if message.topic == "order.changed" and b"brand_new" in message.body:
            raise KeyError("brand_new")
        return super().read(message)


class ReadsWithTheWrongError(Mutated):
    """Lets the error of its JSON reader out."""

    def read(self, message: Message) -> Reading:
        json.loads(message.body)
        return super().read(message)


# Webhooks -----------------------------------------------------------------------------------


class BelievesEveryone(Toy):
    """Checks no proof where there is no secret."""

    def verify(self, *, body: bytes, headers: Mapping[str, str], now: datetime) -> Delivery:
        if not any(self._told.webhook_secrets):
            return Delivery(topic="order.changed", message_id="1")
        return super().verify(body=body, headers=headers, now=now)


class ProvesWhatItWroteItself(Toy):
    """Writes the body anew before it checks the proof."""

    def verify(self, *, body: bytes, headers: Mapping[str, str], now: datetime) -> Delivery:
        written = json.dumps(json.loads(body or b"0")).encode()
        return super().verify(body=written, headers=headers, now=now)


class OnlyTheFirstSecret(Toy):
    """Forgets that secrets are changed one after the other."""

    def __init__(self, told: Connection, *, transport: Transport | None = None) -> None:
        first = replace(told, webhook_secrets=tuple(told.webhook_secrets)[:1])
        super().__init__(first, transport=transport)


class ComparesTexts(Toy):
    """Compares proofs as text, which breaks on what is not ASCII."""

    def verify(self, *, body: bytes, headers: Mapping[str, str], now: datetime) -> Delivery:
        proof = {n.lower(): v for n, v in headers.items()}.get("x-toy-signature", "")
        hmac.compare_digest("0" * 64, proof)
        return super().verify(body=body, headers=headers, now=now)


class AnyShop(Toy):
    """Takes another stall's message, because the secret fits."""

    def verify(self, *, body: bytes, headers: Mapping[str, str], now: datetime) -> Delivery:
        said = {name.lower(): value for name, value in headers.items()}
        ours = {**headers, "X-Toy-Shop": "stall-1"} if "x-toy-shop" in said else headers
        return super().verify(body=body, headers=ours, now=now)


class AnyTime(Toy):
    """Takes a message that was signed long ago."""

    def verify(self, *, body: bytes, headers: Mapping[str, str], now: datetime) -> Delivery:
        said = {name.lower(): value for name, value in headers.items()}
        when = float(said.get("x-toy-at") or now.timestamp())
        then = datetime.fromtimestamp(when, UTC)
        return super().verify(body=body, headers=headers, now=then)


class FreshIds(Toy):
    """Names each delivery by its own count."""

    def verify(self, *, body: bytes, headers: Mapping[str, str], now: datetime) -> Delivery:
        proven = super().verify(body=body, headers=headers, now=now)
        return replace(proven, message_id=str(next(FRESH)))


class SameId(Toy):
    """Names each delivery by what it is about."""

    def verify(self, *, body: bytes, headers: Mapping[str, str], now: datetime) -> Delivery:
        proven = super().verify(body=body, headers=headers, now=now)
        return replace(proven, message_id=hashlib.sha256(body).hexdigest())


# Lists --------------------------------------------------------------------------------------


class NaiveWatermark(Toy):
    """Asks for what is newer than the newest row it saw, and no more."""

    def changes(self, stream: str, *, cursor: str, now: datetime, limit: int) -> ChangePage:
        if cursor and "~" not in cursor:
            raise CursorExpired("none of ours")
        base = datetime.fromisoformat(cursor.partition("~")[0]) if cursor else now
        anew = f"{(base + timedelta(minutes=10, microseconds=1)).isoformat()}~~~"
        page = super().changes(stream, cursor=anew, now=now, limit=limit)
        times = [row.updated_at for row in page.changes if row.updated_at]
        newest = max([base, *times]).isoformat()
        return replace(page, cursor=f"{newest}~~~")


class OwnClock(Toy):
    """Moves its place to the time on its own wall."""

    def changes(self, stream: str, *, cursor: str, now: datetime, limit: int) -> ChangePage:
        page = super().changes(stream, cursor=cursor, now=now, limit=limit)
        return page if page.more else replace(page, cursor=f"{now.isoformat()}~~~")


class LosesTheLastRow(Toy):
    """Leaves the last row of the last page out."""

    def changes(self, stream: str, *, cursor: str, now: datetime, limit: int) -> ChangePage:
        page = super().changes(stream, cursor=cursor, now=now, limit=limit)
        return page if page.more else replace(page, changes=page.changes[:-1])


class MovesPastAFailure(Toy):
    """Keeps its place to itself, and moves it before the page is there."""

    kept: ClassVar[dict[tuple[int, str], str]] = {}

    def changes(self, stream: str, *, cursor: str, now: datetime, limit: int) -> ChangePage:
        key = (id(self._transport), cursor)
        skipped = self.kept.get(key, cursor)
        try:
            return super().changes(stream, cursor=skipped, now=now, limit=limit)
        except Retryable:
            self.kept[key] = f"{(now + timedelta(minutes=11)).isoformat()}~~~"
            raise


class PlacesAreCounts(Toy):
    """Takes any word for a place, and begins where it likes."""

    def changes(self, stream: str, *, cursor: str, now: datetime, limit: int) -> ChangePage:
        try:
            return super().changes(stream, cursor=cursor, now=now, limit=limit)
        except CursorExpired:
            return super().changes(stream, cursor="", now=now, limit=limit)


class EndlessList(Toy):
    """Says there is more where there is nothing."""

    def changes(self, stream: str, *, cursor: str, now: datetime, limit: int) -> ChangePage:
        return replace(
            super().changes(stream, cursor=cursor, now=now, limit=limit), more=True
        )


class RevisionIsTheId(Toy):
    """Never says that an order changed."""

    def changes(self, stream: str, *, cursor: str, now: datetime, limit: int) -> ChangePage:
        page = super().changes(stream, cursor=cursor, now=now, limit=limit)
        same = tuple(replace(row, revision=row.external_id) for row in page.changes)
        return replace(page, changes=same)


class HistoryWithoutAnEnd(Toy):
    """Tells more of the past than was asked for."""

    def history(
        self, *, since: datetime, until: datetime, cursor: str, limit: int
    ) -> ChangePage:
        later = until + timedelta(days=6)
        return super().history(since=since, until=later, cursor=cursor, limit=limit)


# Telling ------------------------------------------------------------------------------------


class PushesBlindly(Toy):
    """Makes a parcel without looking whether it is there."""

    def push(self, effect: Effect) -> Pushed:
        if isinstance(effect, Fulfil):
            return super().push(replace(effect, known_refs=("P1", "P2", "P3", "P4")))
        return super().push(effect)


class OneParcelPerOrder(Toy):
    """Takes our earlier parcel for this one."""

    def push(self, effect: Effect) -> Pushed:
        if isinstance(effect, Fulfil):
            return super().push(replace(effect, known_refs=()))
        return super().push(effect)


class AlwaysTellsTheBuyer(Toy):
    """Writes to buyers who were not to be told."""

    def push(self, effect: Effect) -> Pushed:
        if isinstance(effect, Fulfil):
            return super().push(replace(effect, notify=True))
        return super().push(effect)


class RetriesTheUnknown(Toy):
    """Takes a lost answer for a call that never was."""

    def push(self, effect: Effect) -> Pushed:
        try:
            return super().push(effect)
        except OutcomeUnknown as e:
            raise Retryable(str(e)) from e


class TriesAgain(Toy):
    """Tries again on its own."""

    def push(self, effect: Effect) -> Pushed:
        try:
            return super().push(effect)
        except OutcomeUnknown:
            return super().push(effect)


class LooksByWriting(Toy):
    """Looks for a thing by making it."""

    def look_up(self, effect: Effect) -> Pushed | None:
        return self.push(effect)


# Stock --------------------------------------------------------------------------------------


class RaisesOverSales(Toy):
    """Raises stock over sales nobody has read."""

    def push(self, effect: Effect) -> Pushed:
        if isinstance(effect, SetStock):
            return super().push(replace(effect, expected=None))
        return super().push(effect)


class WritesOverASale(Toy):
    """Writes whatever was sold meanwhile."""

    def push(self, effect: Effect) -> Pushed:
        try:
            return super().push(effect)
        except StockMoved as moved:
            assert isinstance(effect, SetStock)
            if effect.expected is not None and moved.shown < effect.expected - 1:
                return super().push(replace(effect, expected=None))
            raise


class UnknownIsNone(Toy):
    """Says that nothing is left of what is not there."""

    def stock(self, refs: Sequence[StockRef]) -> Mapping[StockRef, int | None]:
        return {ref: shown or 0 for ref, shown in super().stock(refs).items()}


# Standing -----------------------------------------------------------------------------------


class ReusesTheOldRefresh(Toy):
    """Keeps what fetched this token, though it is used."""

    def renew(self, *, now: datetime) -> Token:
        old = self._told.token.refresh if self._told.token else ""
        return replace(super().renew(now=now), refresh=old)


class ShowsItsSecrets(Toy):
    """Shows its secrets when it is shown."""

    def __repr__(self) -> str:
        return f"Toy({self._told.credentials}, {self._told.webhook_secrets})"


class RaisesWhatIsFound(Toy):
    """Raises what a person could mend."""

    def check_up(self, *, now: datetime) -> Health:
        health = super().check_up(now=now)
        if not health.shop_ref:
            raise AuthExpired("connect again")
        return health


class NeverMissesARight(Toy):
    """Does not compare what it may do with what it must."""

    def check_up(self, *, now: datetime) -> Health:
        health = super().check_up(now=now)
        return replace(health, findings=()) if health.shop_ref else health


class SubscribesAgain(Toy):
    """Subscribes to everything each time."""

    def ensure_webhooks(self, address: str) -> WebhookAudit:
        super().ensure_webhooks(f"{address}#")
        return super().ensure_webhooks(address)


class AnyGrant(Toy):
    """Takes another stall's grant."""

    def finish(
        self,
        *,
        redirect_uri: str,
        verifier: str,
        answer: Mapping[str, str],
        now: datetime,
    ) -> Token:
        ours = {**answer, "shop": "stall-1"} if answer else answer
        return super().finish(
            redirect_uri=redirect_uri, verifier=verifier, answer=ours, now=now
        )


# Errors -------------------------------------------------------------------------------------


class RevokedIsTemporary(Toy):
    """Tries again with a token that is dead."""

    def fetch_order(self, external_id: str) -> Order:
        try:
            return super().fetch_order(external_id)
        except AuthExpired as e:
            raise Retryable(str(e)) from e


class SaysTheToken(Toy):
    """Says which token was refused."""

    def fetch_order(self, external_id: str) -> Order:
        try:
            return super().fetch_order(external_id)
        except PermissionDenied as e:
            told = self._told.token
            raise PermissionDenied(f"not with {told.value if told else ''}") from e


class ForgetsWhenToComeBack(Toy):
    """Drops what Retry-After said."""

    def fetch_order(self, external_id: str) -> Order:
        try:
            return super().fetch_order(external_id)
        except RateLimited as e:
            raise RateLimited(str(e)) from e


class MakesUpWhenToComeBack(Toy):
    """Says a time the channel never said."""

    def fetch_order(self, external_id: str) -> Order:
        try:
            return super().fetch_order(external_id)
        except RateLimited as e:
            wait = e.retry_after or timedelta(minutes=1)
            raise RateLimited(str(e), retry_after=wait) from e


class PaysNoHeedToOthers(Toy):
    """Calls without asking whether it is its turn."""

    def __init__(self, told: Connection, *, transport: Transport | None = None) -> None:
        super().__init__(replace(told, pacer=Unpaced()), transport=transport)


class SaysItCannotCount(Toy):
    """Declares less than it does."""

    spec: ClassVar[Spec] = replace(
        SPEC, capabilities=SPEC.capabilities - {Capability.CATALOGUE}
    )


MUTANTS: Mapping[str, Mutant] = {
    made.__name__: Mutant(make=made, noticed_by=noticed_by)
    for made, noticed_by in (
        (ReadyUnpaid, "test_an_unpaid_order_never_may"),
        (UnknownIsReady, "test_a_word_nobody_knows_is_legal_and_never_ready"),
        (TestIsReady, "test_a_test_order_is_marked_and_never_may_begin"),
        (NaiveTimes, "test_times_are_aware_and_utc"),
        (LocalTimes, "test_the_times_are_those_of_the_shop"),
        (OrderedAsCurrent, "test_pieces_taken_off_are_cancelled_and_were_still_ordered"),
        (LinesByPosition, "test_line_ids_are_unique_and_stay"),
        (WishTidied, "test_what_the_buyer_wished_for_is_kept_to_the_letter"),
        (MoneyWithoutShipping, "test_money_is_whole_and_adds_up_to_what_the_shop_says"),
        (AnyFieldCounts, "test_fields_nobody_knows_change_nothing"),
        (ReadsWithTheWrongError, "test_what_cannot_be_an_order_is_a_payload_error"),
        (BelievesEveryone, "test_without_a_secret_nothing_is_believed"),
        (ProvesWhatItWroteItself, "test_the_proof_is_of_the_bytes_as_they_came"),
        (OnlyTheFirstSecret, "test_every_secret_of_the_account_proves_and_none_other"),
        (ComparesTexts, "test_a_proof_that_is_none_is_refused_and_breaks_nothing"),
        (AnyShop, "test_another_shops_message_is_refused_though_our_secret_signed_it"),
        (AnyTime, "test_a_message_signed_long_ago_is_refused_though_the_proof_fits"),
        (FreshIds, "test_a_delivery_again_has_the_same_id_and_a_new_event_another"),
        (SameId, "test_a_delivery_again_has_the_same_id_and_a_new_event_another"),
        (NaiveWatermark, "test_an_order_that_shows_up_late_is_found_within_the_overlap"),
        (OwnClock, "test_a_clock_of_ours_that_is_ahead_loses_nothing"),
        (LosesTheLastRow, "test_every_order_is_seen_across_pages"),
        (MovesPastAFailure, "test_a_page_that_fails_loses_nothing_of_the_list"),
        (PlacesAreCounts, "test_a_place_that_is_none_begins_again"),
        (EndlessList, "test_an_empty_page_stays_where_it_is"),
        (RevisionIsTheId, "test_a_change_is_listed_again_as_another_revision"),
        (HistoryWithoutAnEnd, "test_history_tells_only_what_was_asked_for"),
        (PushesBlindly, "test_a_parcel_is_one_parcel_and_one_mail"),
        (OneParcelPerOrder, "test_a_second_parcel_like_the_first_is_another"),
        (AlwaysTellsTheBuyer, "test_a_buyer_who_is_not_to_be_told_is_not"),
        (RetriesTheUnknown, "test_an_answer_that_was_lost_is_looked_for_and_found"),
        (TriesAgain, "test_a_write_is_tried_once"),
        (LooksByWriting, "test_a_look_writes_nothing_and_finds_what_was_told"),
        (RaisesOverSales, "test_stock_is_not_raised_over_sales_we_have_not_read"),
        (WritesOverASale, "test_a_sale_between_look_and_write_is_not_written_over"),
        (UnknownIsNone, "test_what_is_not_there_has_no_stock"),
        (ReusesTheOldRefresh, "test_what_fetches_a_token_is_used_once"),
        (ShowsItsSecrets, "test_nothing_shows_a_secret_when_it_is_shown"),
        (RaisesWhatIsFound, "test_what_a_person_can_mend_is_found_and_not_raised"),
        (NeverMissesARight, "test_a_right_that_is_missing_is_named_with_what_to_press"),
        (SubscribesAgain, "test_what_is_missing_is_subscribed_to_once"),
        (AnyGrant, "test_another_shops_grant_is_refused"),
        (RevokedIsTemporary, "test_every_trouble_has_its_own_error"),
        (SaysTheToken, "test_no_error_and_no_log_says_a_secret_or_names_a_person"),
        (ForgetsWhenToComeBack, "test_when_to_come_back_is_kept_and_never_made_up"),
        (MakesUpWhenToComeBack, "test_when_to_come_back_is_kept_and_never_made_up"),
        (PaysNoHeedToOthers, "test_nobody_calls_while_the_bucket_is_empty"),
        (SaysItCannotCount, "test_the_spec_is_one_frozen_card"),
    )
}
"""Every mistake, by its name."""


def mutated(made: type[Toy]) -> Callable[[Connection, Transport], Channel]:
    """Make the toy with a mistake."""
    return lambda told, transport: made(told, transport=transport)
