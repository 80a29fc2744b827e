"""What a person says to a decision that waited for them: done, or what is true of the goods."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from hub.domain.orders.decisions import Answer, Follows, answers_to
from hub.flow.refusal import Invalid, Missing, Refusal
from hub.flow.replan import mark
from hub.flow.stock.sent_by_hand import put_back, take_out
from hub.models.locks import lock_items
from hub.models.orders.decision_views import moves_of
from hub.models.records.decisions import Decision
from hub.models.records.history import record
from hub.models.records.orders import SalesOrder


class AnsweredAlready(Refusal):
    """Somebody was first, or nobody was asked."""


def answer_decision(
    session: Session, *, decision_id: int, answer: str = "", who: str, now: datetime
) -> None:
    """Close a decision that waits for a person, with what they say.

    Of pieces a shop counts as sent: `taken` leaves them out of their lot, `still_here` puts them
    back for whoever waits. Anything else is only said to be done.

    :raises Invalid: not one of the answers this decision asks for.
    :raises AnsweredAlready: it was answered, or never waited for anybody.
    :raises Missing: there is no such decision.
    """
    decision = session.get(Decision, decision_id)
    if decision is None:
        raise Missing("There is no such decision.")
    said = _answer(decision, answer)
    if decision.item_id is not None:
        lock_items(session, [decision.item_id])
    _close(session, decision, said=said, who=who, now=now)
    if said is Answer.TAKEN and not moves_of(session, decision_id=decision_id):
        take_out(session, decision, now=now)
    if said is Answer.STILL_HERE:
        put_back(session, decision, who=who, now=now)
    if decision.item_id is not None and said is not Answer.DONE:
        order = session.get_one(SalesOrder, decision.order_id)
        cause = {"what": "counted", "order": order.number}
        mark(session, item_ids=[decision.item_id], why="sent by hand", now=now, cause=cause)


def _answer(decision: Decision, given: str) -> Answer:
    possible = answers_to(Follows(decision.decision))
    if not given and possible == (Answer.DONE,):
        return Answer.DONE
    if given not in possible:
        raise Invalid(f"Answer one of: {', '.join(possible)}.", field="answer")
    return Answer(given)


def _close(
    session: Session, decision: Decision, *, said: Answer, who: str, now: datetime
) -> None:
    closed = (
        update(Decision)
        .where(
            Decision.id == decision.id,
            Decision.needs_person.is_(True),
            Decision.done_at.is_(None),
        )
        .values(done_at=now, done_by=who, answer=said.value)
        .returning(Decision.id)
    )
    if session.execute(closed).scalar_one_or_none() is None:
        raise AnsweredAlready("This was answered already.")
    session.refresh(decision)
    record(
        session,
        at=now,
        who=who,
        subject="order",
        subject_id=decision.order_id,
        what=f"decision.{said.value}",
        from_state=decision.decision,
        detail={"decision": decision.id},
    )
