"""Answers to the questions that many lists ask: a state, a shop."""

from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.models.records.channels import ChannelAccount
from hub.web.lists.spec import Option
from hub.web.wording.message_words import account_name
from hub.web.wording.words import word


def states(table: str, known: Iterable[str]) -> Callable[[Session], Sequence[Option]]:
    """Return what gives the states of a table of words (words.py), in the reader's language."""

    def options(_: Session) -> Sequence[Option]:
        return [(state, word(table, state).text) for state in known]

    return options


def shops(session: Session) -> Sequence[Option]:
    """Return the shops as a filter's answers."""
    accounts = session.scalars(select(ChannelAccount).order_by(ChannelAccount.name))
    return [(str(each.id), account_name(each)) for each in accounts]
