"""Proof that the suite notices what it says of mailboxes: the real one with a mistake at a time."""

from datetime import datetime

import pytest

from connectors.email.channel import Email
from connectors.handed import Filed, HandedPage
from tests.contract import test_mailbox
from tests.contract.channels.email.harness import EmailHarness
from tests.contract.test_mutants import Test, notices, suite_in

TESTS: dict[str, Test] = dict(suite_in(test_mailbox))


class BelievesOldNumbers(Email):
    """Goes on at its number in a box that was made anew."""

    def messages(self, *, cursor: str, now: datetime, limit: int) -> HandedPage:
        newest = super().messages(cursor="", now=now, limit=limit).cursor
        number = cursor.partition(":")[2] or "0"
        place = f"{newest.partition(':')[0]}:{number}"
        return super().messages(cursor=place, now=now, limit=limit)


class TakesTheNewestFirst(Email):
    """Hands over the page backwards."""

    def messages(self, *, cursor: str, now: datetime, limit: int) -> HandedPage:
        page = super().messages(cursor=cursor, now=now, limit=limit)
        turned = tuple(reversed(page.messages))
        return HandedPage(messages=turned, cursor=page.cursor, more=page.more)


class LosesTheRest(Email):
    """Says that a page was the last one."""

    def messages(self, *, cursor: str, now: datetime, limit: int) -> HandedPage:
        page = super().messages(cursor=cursor, now=now, limit=limit)
        return HandedPage(messages=page.messages, cursor=page.cursor, more=False)


class FilesWhatItReads(Email):
    """Tidies up before anybody knows what the mail is."""

    def messages(self, *, cursor: str, now: datetime, limit: int) -> HandedPage:
        page = super().messages(cursor=cursor, now=now, limit=limit)
        for mail in page.messages:
            self.file(
                folder=mail.folder,
                validity=mail.validity,
                number=mail.number,
                into="Processed",
                message_id=mail.message_id,
            )
        return page


class ForgetsWhereItFiled(Email):
    """Looks for a mail only where it lay."""

    filed = False

    def file(
        self, *, folder: str, validity: int, number: int, into: str, message_id: str
    ) -> Filed | None:
        place = super().file(
            folder=folder,
            validity=validity,
            number=number,
            into=into,
            message_id=message_id,
        )
        is_first, ForgetsWhereItFiled.filed = not ForgetsWhereItFiled.filed, True
        return place if is_first else None


MISTAKES = {
    BelievesOldNumbers: "test_a_box_made_anew_is_read_from_its_beginning",
    TakesTheNewestFirst: "test_every_message_is_handed_over_once_and_in_order",
    LosesTheRest: "test_every_message_is_handed_over_once_and_in_order",
    FilesWhatItReads: "test_the_same_place_gives_the_same_and_reading_leaves_no_trace",
    ForgetsWhereItFiled: "test_filing_twice_files_once_and_says_where",
}


def test_the_mailbox_as_it_is_passes() -> None:
    for name, test in TESTS.items():
        assert not notices(test, EmailHarness, may_skip=False), name


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_suite_notices(mistake: type[Email]) -> None:
    assert notices(TESTS[MISTAKES[mistake]], lambda: EmailHarness(mistake))
