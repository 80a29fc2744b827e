"""What a decision asks of a person, in their words, and the answers it takes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hub.domain.orders.decisions import Answer, Change, Follows, answers_to
from hub.models.orders.decision_views import DecisionView
from hub.web.wording.formats import write_quantity
from hub.web.wording.language import N_, gettext

WHY: Mapping[Change, str] = {
    Change.GROWN: N_("More is wanted."),
    Change.SHRUNK: N_("Less is wanted."),
    Change.CANCELLED: N_("It was cancelled."),
    Change.REFUNDED: N_("Money was given back."),
    Change.HELD: N_("The order waits."),
    Change.ADDRESS_CHANGED: N_("The address changed."),
    Change.SENT_ELSEWHERE: N_("The shop counts it as sent by hand."),
}
DEEDS: Mapping[Follows, str] = {
    Follows.SECOND_PARCEL: N_(
        "Add %(what)s to the packed parcel before it leaves, or send another."
    ),
    Follows.UNPACK: N_("Take %(what)s out of parcel %(parcel)s."),
    Follows.KEEP_BACK: N_("Keep parcel %(parcel)s here."),
    Follows.RELABEL: N_("Write a new label for parcel %(parcel)s."),
    Follows.INTERCEPT: N_(
        "Parcel %(parcel)s goes to the old address: ask the carrier to change it."
    ),
    Follows.EXPECT_RETURN: N_("%(what)s left with parcel %(parcel)s: does it come back?"),
    Follows.TAKE_OUT: N_("%(what)s taken out of lot %(lots)s: is it gone?"),
}
SOMETHING = N_("Something")
NOT_TAKEN_YET = N_("%(what)s is taken out of stock in a moment: is it gone?")
ANSWERS: Mapping[Answer, str] = {
    Answer.DONE: N_("Done"),
    Answer.TAKEN: N_("It is gone"),
    Answer.STILL_HERE: N_("It is here, or was counted already"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A decision that waits for a person, as a page shows it."""

    id: int
    order_id: int
    number: str
    words: str
    why: str
    answers: tuple[tuple[str, str], ...]
    """The answer and the words on its button."""


def questions(views: Iterable[DecisionView]) -> list[Question]:
    """Say what waits for a person."""
    return [_question(view) for view in views]


def _question(view: DecisionView) -> Question:
    row = view.decision
    follows = Follows(row.decision)
    return Question(
        id=row.id,
        order_id=row.order_id,
        number=view.order.number,
        words=_words(view, follows),
        why=gettext(WHY[Change(row.change)]),
        answers=tuple((each.value, gettext(ANSWERS[each])) for each in answers_to(follows)),
    )


def _words(view: DecisionView, follows: Follows) -> str:
    pattern = DEEDS.get(follows, "")
    if follows is Follows.TAKE_OUT and not view.taken:
        pattern = NOT_TAKEN_YET
    if not pattern:
        return follows.value
    return gettext(
        pattern,
        what=_what(view),
        parcel=view.shipment.number if view.shipment else "",
        lots=", ".join(part.lot.code for part in view.taken),
    )


def _what(view: DecisionView) -> str:
    if view.item is None or not view.decision.quantity:
        return gettext(SOMETHING)
    return f"{write_quantity(view.decision.quantity, view.item.unit)} {view.item.name}"
