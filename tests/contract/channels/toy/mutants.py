"""The toy with one mistake planted at a time, and the tests that must notice each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from connectors.protocol import (
    Channel,
    Connection,
)
from connectors.transport import Transport
from tests.contract.channels.toy.channel import Toy
from tests.contract.channels.toy.mistaken_lists import (
    EndlessList,
    HistoryWithoutAnEnd,
    LosesTheLastRow,
    MovesPastAFailure,
    NaiveWatermark,
    OwnClock,
    PlacesAreCounts,
    RevisionIsTheId,
)
from tests.contract.channels.toy.mistaken_reading import (
    AnyFieldCounts,
    LinesByPosition,
    LocalTimes,
    MoneyWithoutShipping,
    NaiveTimes,
    OrderedAsCurrent,
    ReadsWithTheWrongError,
    ReadyUnpaid,
    TestIsReady,
    UnknownIsReady,
    WishTidied,
)
from tests.contract.channels.toy.mistaken_standing import (
    AnyGrant,
    ForgetsWhenToComeBack,
    MakesUpWhenToComeBack,
    NeverMissesARight,
    PaysNoHeedToOthers,
    RaisesWhatIsFound,
    ReusesTheOldRefresh,
    RevokedIsTemporary,
    SaysItCannotCount,
    SaysTheToken,
    ShowsItsSecrets,
    SubscribesAgain,
)
from tests.contract.channels.toy.mistaken_telling import (
    AlwaysTellsTheBuyer,
    LooksByWriting,
    OneParcelPerOrder,
    PushesBlindly,
    RaisesOverSales,
    RetriesTheUnknown,
    TriesAgain,
    UnknownIsNone,
    WritesOverASale,
)
from tests.contract.channels.toy.mistaken_webhooks import (
    AnyShop,
    AnyTime,
    BelievesEveryone,
    ComparesTexts,
    FreshIds,
    OnlyTheFirstSecret,
    ProvesWhatItWroteItself,
    SameId,
)


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """A mistake, and at least one of the tests that notices it."""

    make: type[Toy]
    noticed_by: str


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
