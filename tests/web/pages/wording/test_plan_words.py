"""What a plan did to a run is said in the reader's language."""

from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from flask_babel import force_locale

from hub.domain.planning.explain import WHATS, Cause, Explanation
from hub.domain.planning.netting_diff import ChangeKind
from hub.web.wording.plan_words import (
    CAUSES_OF_LOTS,
    CAUSES_OF_ORDERS,
    CAUSES_OF_PURCHASES,
    CAUSES_OF_RUNS,
    OTHER_CAUSES,
    explained,
)

SHRUNK = Explanation(
    kind=ChangeKind.SHRUNK,
    run="P-0012",
    batches_before=4,
    batches_after=3,
    causes=(Cause(what="cancelled", order="H-0088", line=1, quantity=10),),
)


def said(app: Flask, explanation: Explanation, *, language: str = "en") -> str:
    with app.test_request_context(), force_locale(language):
        return explained(explanation)


@pytest.mark.parametrize(
    "language, sentence",
    [
        ("en", "P-0012 shrinks from 4 to 3 batches: H-0088 line 1 was cancelled"),
        ("es", "P-0012 pasa de 4 a 3 hornadas: se canceló H-0088 línea 1"),
    ],
)
def test_a_cancelled_line_that_shrinks_a_run_is_said_in_both_languages(
    app: Flask, language: str, sentence: str
) -> None:
    assert said(app, SHRUNK, language=language) == sentence


@pytest.mark.parametrize(
    "kind, before, after, words",
    [
        (ChangeKind.OPENED, 0, 1, "P-0012 is planned with 1 batch"),
        (ChangeKind.GROWN, 3, 4, "P-0012 grows from 3 to 4 batches"),
        (ChangeKind.SHRUNK, 2, 1, "P-0012 shrinks from 2 to 1 batch"),
        (ChangeKind.DROPPED, 2, 0, "P-0012 is not needed any more"),
        (ChangeKind.RELINKED, 2, 2, "P-0012 is shared out anew"),
    ],
)
def test_each_change_has_its_words(
    app: Flask, kind: ChangeKind, before: int, after: int, words: str
) -> None:
    change = Explanation(
        kind=kind, run="P-0012", batches_before=before, batches_after=after
    )

    assert said(app, change) == words


@pytest.mark.parametrize(
    "before, after, words",
    [
        (None, date(2026, 12, 3), "P-0012 is needed Thu 3 Dec"),
        (date(2026, 12, 3), None, "P-0012 is for stock now"),
        (
            date(2026, 12, 3),
            date(2026, 12, 1),
            "P-0012 is needed Tue 1 Dec, not Thu 3 Dec any more",
        ),
    ],
)
def test_a_run_needed_on_another_day_says_which(
    app: Flask, before: date | None, after: date | None, words: str
) -> None:
    moved = Explanation(
        kind=ChangeKind.MOVED,
        run="P-0012",
        batches_before=1,
        batches_after=1,
        needed_before=before,
        needed_after=after,
    )

    assert said(app, moved).replace("Dec.", "Dec") == words


def test_the_first_causes_are_named_and_the_rest_counted(app: Flask) -> None:
    many = replace(
        SHRUNK,
        causes=tuple(Cause(what="joins", order=f"H-{n:04d}") for n in range(1, 7)),
    )

    assert said(app, many).endswith("H-0001 joins, H-0002 joins, H-0003 joins, and 3 more")


@pytest.mark.parametrize(
    "cause, words",
    [
        (Cause(what="wants_less", run="P-0003"), "P-0003 needs less of it"),
        (Cause(what="received", lot="W-7"), "lot W-7 came in"),
        (Cause(what="late", purchase="PO-7"), "PO-7 comes another day"),
        (Cause(what="recipe"), "there is a new recipe"),
    ],
)
def test_lots_purchases_and_runs_are_named(app: Flask, cause: Cause, words: str) -> None:
    assert said(app, replace(SHRUNK, causes=(cause,))).endswith(f": {words}")


def test_a_word_nobody_knows_is_left_out(app: Flask) -> None:
    strange = replace(SHRUNK, causes=(Cause(what="eaten", order="H-1"),))

    assert said(app, strange) == "P-0012 shrinks from 4 to 3 batches"


def test_everything_that_may_have_happened_has_words() -> None:
    tables = (
        CAUSES_OF_ORDERS,
        CAUSES_OF_RUNS,
        CAUSES_OF_LOTS,
        CAUSES_OF_PURCHASES,
        OTHER_CAUSES,
    )

    assert {word for table in tables for word in table} == WHATS
