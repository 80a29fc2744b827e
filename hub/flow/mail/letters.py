"""Step 2 for mail: a letter becomes an order, waits for a person, or is let alone.

Taking the same letter twice is taking it once: letters are decided on one after the other, and what
one came to is written beside its bytes.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.mail.mail_known import Known
from hub.domain.mail.review_lines import to_json
from hub.domain.mail.review_rule import ForReview, LetAlone, Taken, decide
from hub.flow.intake.shop_notices import is_believed, keep_notice
from hub.flow.mail.bounces import note
from hub.flow.mail.letter_facts import known_of, own_domains, trusts_forwards
from hub.flow.mail.letter_orders import enter
from hub.flow.mail.proposals import propose
from hub.models.locks import lock_letters
from hub.models.mail.mail_queries import DUPLICATE, first_copy, first_reading, row_of
from hub.models.records.channels import ChannelAccount
from hub.models.records.history import record
from hub.models.records.mails import InboundMail, Review, ShopNotice
from mapping.letter import Intent, Letter

SAME_WORDS = timedelta(hours=1)
"""The same words and files of the same sender within so long are one letter, come twice.

A relay that renames letters, or a second press of a button. Whoever writes the same again later may
well mean it: then a person is asked, and no order is lost.
"""
LONGEST = 500
"""Characters of a subject that are kept to be listed."""

_LETTER: TypeAdapter[Letter] = TypeAdapter(Letter)


def take(
    session: Session,
    *,
    account: ChannelAccount,
    letter: Letter,
    inbound_message_id: int,
    now: datetime,
) -> str:
    """Do what a letter comes to, and say what that was in a word.

    `processed`, `review: <reason>` or `ignored: <why>`; a letter that was taken before says
    the same again and changes nothing.
    """
    lock_letters(session)
    outcome = _take(
        session, account, letter, inbound_message_id=inbound_message_id, now=now
    )
    session.flush()
    return outcome


def _take(
    session: Session,
    account: ChannelAccount,
    letter: Letter,
    *,
    inbound_message_id: int,
    now: datetime,
) -> str:
    mail = _mail(session, account, letter, inbound_message_id=inbound_message_id, now=now)
    if mail.read_at is not None and mail.state not in {"waiting", "failed"}:
        return _outcome(mail)
    _describe(mail, letter, now=now)
    account.last_in_at = now
    copy = first_copy(
        session, mail=mail, sender=mail.sender, since=mail.received_at - SAME_WORDS
    )
    if copy is not None:
        return _settle(mail, "ignored", DUPLICATE, order_id=copy.order_id, now=now)
    special = _SPECIAL.get(letter.intent)
    if special is not None:
        return special(session, account, letter, mail, now)
    return _decide(session, account, letter, mail, now=now)


def _decide(
    session: Session,
    account: ChannelAccount,
    letter: Letter,
    mail: InboundMail,
    *,
    now: datetime,
) -> str:
    if letter.sender.address and letter.sender.address == _own_address(account):
        return _settle(mail, "ignored", "own", now=now)
    known = known_of(session, account=account, letter=letter, now=now)
    match decide(letter, known, today=now.date()):
        case Taken() as taken if known.customer is not None:
            order_id = enter(
                session,
                account=account,
                customer_id=known.customer.id,
                taken=taken,
                mail=mail,
                who=f"channel:{account.id}",
                now=now,
            )
            return _settle(mail, "processed", "", order_id=order_id, now=now)
        case ForReview() as asked:
            return _review(session, letter, mail, asked, known, now=now)
        case LetAlone(why=why, order_id=repeated):
            return _settle(mail, "ignored", why, order_id=repeated, now=now)
    raise TypeError("an order without a customer cannot be taken")


def _own_address(account: ChannelAccount) -> str:
    return str(account.settings.get("address", "")).strip().lower()


# What is not for the rule -------------------------------------------------------------------


def _bounce(
    session: Session,
    _account: ChannelAccount,
    letter: Letter,
    mail: InboundMail,
    now: datetime,
) -> str:
    if letter.bounce is not None:
        note(session, bounce=letter.bounce, now=now)
    return _settle(mail, "ignored", "bounce", now=now)


def _notice(
    session: Session,
    account: ChannelAccount,
    letter: Letter,
    mail: InboundMail,
    now: datetime,
) -> str:
    """Keep what a shop says of its order; one nobody can be sure of says nothing to us."""
    order_id = None
    is_kept = session.scalar(
        select(ShopNotice.id).filter_by(inbound_message_id=mail.inbound_message_id)
    )
    believed = is_believed(
        letter,
        own_domains=own_domains(account),
        trusts_forwards=trusts_forwards(account),
    )
    if believed and letter.notice is not None and is_kept is None:
        order_id = keep_notice(session, mail=mail, notice=letter.notice, now=now)
    return _settle(mail, "ignored", "notice", order_id=order_id, now=now)


_Special = Callable[[Session, ChannelAccount, Letter, InboundMail, datetime], str]
_SPECIAL: Mapping[Intent, _Special] = {Intent.BOUNCE: _bounce, Intent.NOTICE: _notice}


# What a person decides ----------------------------------------------------------------------


def _review(
    session: Session,
    letter: Letter,
    mail: InboundMail,
    decided: ForReview,
    known: Known,
    *,
    now: datetime,
) -> str:
    review = session.scalar(
        select(Review).filter_by(inbound_message_id=mail.inbound_message_id)
    )
    if review is None:
        review = _new_review(letter, mail, decided, known, now=now)
        session.add(review)
        propose(session, review=review, decided=decided, letter=letter, known=known)
        session.flush()
        _tell(session, review, now=now)
    return _settle(mail, "review", review.reason, order_id=review.order_id, now=now)


def _new_review(
    letter: Letter, mail: InboundMail, decided: ForReview, known: Known, *, now: datetime
) -> Review:
    return Review(
        account_id=mail.account_id,
        inbound_message_id=mail.inbound_message_id,
        kind=decided.kind,
        reason=decided.reason.value,
        detail=dict(decided.detail),
        customer_id=known.customer.id if known.customer else None,
        sender=mail.sender,
        subject=mail.subject,
        order_ref=decided.po,
        letter=_LETTER.dump_python(letter, mode="json"),
        lines=to_json(decided.lines),
        created_at=now,
    )


def _tell(session: Session, review: Review, *, now: datetime) -> None:
    """Write on the order what is asked of it, where it is about one."""
    if review.order_id is not None:
        record(
            session,
            at=now,
            who=f"channel:{review.account_id}",
            subject="order",
            subject_id=review.order_id,
            what=f"order.mail_asks_{review.kind}",
        )


# The row of the mail ------------------------------------------------------------------------


def _mail(
    session: Session,
    account: ChannelAccount,
    letter: Letter,
    *,
    inbound_message_id: int,
    now: datetime,
) -> InboundMail:
    """Return the row of the mail, making one for what came from no mailbox.

    It stays with the message the mail came in, however often that is read again: there it is
    found anew, and there its review is.
    """
    came_in = first_reading(session, inbound_message_id=inbound_message_id)
    mail = row_of(session, inbound_message_id=came_in)
    if mail is None:
        mail = InboundMail(
            account_id=account.id,
            inbound_message_id=came_in,
            message_id=letter.message_id,
            size=letter.size,
            state="waiting",
            received_at=now,
        )
        session.add(mail)
    session.flush()
    return mail


def _describe(mail: InboundMail, letter: Letter, *, now: datetime) -> None:
    mail.message_id, mail.our_id = letter.message_id, letter.our_id
    mail.content_hash = letter.content_hash
    mail.sender = letter.sender.address
    mail.subject = letter.subject[:LONGEST]
    mail.read_at = now


def _settle(
    mail: InboundMail,
    state: str,
    reason: str,
    *,
    now: datetime,
    order_id: int | None = None,
) -> str:
    """Write what became of a mail; one that lies in a mailbox is filed there next."""
    mail.state, mail.reason = state, reason
    mail.order_id = order_id
    if mail.number is not None:
        mail.file_at, mail.file_tries, mail.file_problem = now, 0, ""
    return _outcome(mail)


def _outcome(mail: InboundMail) -> str:
    return f"{mail.state}: {mail.reason}" if mail.reason else mail.state
