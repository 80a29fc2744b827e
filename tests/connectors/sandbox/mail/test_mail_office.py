"""Mails of the pretend post office: written like real ones, signed, and as troubled as asked."""

import io

import pytest
from python_calamine import CalamineWorkbook

from connectors.sandbox.deliveries import SHORT_RETRIES
from connectors.sandbox.faults import Fault
from connectors.sandbox.mail.letter import Letter
from connectors.sandbox.mail.office import MOST
from connectors.sandbox.messages import Signed
from tests.connectors.sandbox.mail.counter import (
    MARTA,
    NOW,
    TOM,
    URL,
    Counter,
    opened,
    proof,
)

ROWS = (("Referencia", "Unidades"), ("SOAP & CO <1>", 6))


def test_a_mail_is_posted_raw_and_signed(counter: Counter) -> None:
    counter.hand_in(text="Jabón: 6\n")

    [message] = counter.post()

    assert message.url == URL
    assert message.headers["Content-Type"] == "message/rfc822"
    assert message.headers["X-Hornada-Timestamp"] == str(int(NOW.timestamp()))
    assert message.headers["X-Hornada-Signature"] == proof(message)
    mail = opened(message.body)
    assert (mail["From"], mail["Subject"]) == (MARTA.sender, "Pedido")
    assert mail["Message-ID"] == "<one@elbosque.example>"
    assert mail.get_content().strip() == "Jabón: 6"


def test_the_mail_server_says_who_wrote_unless_nobody_proved_it(counter: Counter) -> None:
    for proven in (True, False):
        letter = Letter(name="x", sender=TOM.sender, subject="", proven=proven)
        counter.office.send(letter)

    one, other = (opened(message.body) for message in counter.post())

    assert one["Authentication-Results"].startswith("mx.shop.example; dkim=pass")
    assert "header.from=figandlinen.example" in one["Authentication-Results"]
    assert other["Authentication-Results"] is None


def test_a_table_is_pasted_where_its_place_is(counter: Counter) -> None:
    counter.office.send(
        Letter(name="t", sender=TOM.sender, subject="", text="Hi <you>\n%\nBye", table=ROWS)
    )

    [message] = counter.post()

    page = opened(message.body).get_content()
    assert page.index("Hi &lt;you&gt;") < page.index("<table") < page.index("Bye")
    assert "<td>SOAP &amp; CO &lt;1&gt;</td><td>6</td>" in page


def test_a_sheet_is_attached_as_a_workbook_that_others_open(counter: Counter) -> None:
    counter.office.send(
        Letter(name="s", sender=TOM.sender, subject="", sheet=ROWS, sheet_name="PO 1.xlsx")
    )

    [message] = counter.post()

    [file] = opened(message.body).iter_attachments()
    book = CalamineWorkbook.from_filelike(io.BytesIO(file.get_content()))
    assert file.get_filename() == "PO 1.xlsx"
    assert book.get_sheet_by_index(0).to_python() == [
        ["Referencia", "Unidades"],
        ["SOAP & CO <1>", 6.0],
    ]


def test_an_answer_names_what_it_answers(counter: Counter) -> None:
    counter.office.send(
        Letter(
            name="r", sender=TOM.sender, subject="Re: x", answers="a@b.example",
            automatic=True, headers=[("X-Mailer", "Pen")],
        )
    )  # fmt: skip

    [message] = counter.post()

    mail = opened(message.body)
    assert mail["In-Reply-To"] == mail["References"] == "<a@b.example>"
    assert (mail["Auto-Submitted"], mail["X-Mailer"]) == ("auto-replied", "Pen")


def test_the_same_mails_at_the_same_time_are_the_same_bytes() -> None:
    def day() -> list[Signed]:
        counter = Counter()
        counter.office.send(
            Letter(name="a", sender=TOM.sender, subject="", text="x", sheet=ROWS)
        )
        counter.office.send(Letter(name="b", sender=TOM.sender, subject="", table=ROWS))
        return counter.post()

    assert day() == day()


def test_a_retry_keeps_bytes_and_proof(counter: Counter) -> None:
    counter.answers = [503, 0, 200]
    posted = counter.hand_in()

    first, second, third = counter.post()

    assert first == second == third
    [row] = counter.office.posted()
    assert (row["id"], row["deliveries"]) == (posted, ["503, 0, 200"])


def test_an_address_that_never_answers_is_kept(counter: Counter) -> None:
    counter.answers = [500] * (1 + len(SHORT_RETRIES))
    counter.hand_in()
    counter.post()

    counter.hand_in("two")

    assert len(counter.post()) == 1


def test_a_mail_posted_again_is_the_same_mail_signed_anew(counter: Counter) -> None:
    posted = counter.hand_in()
    [before] = counter.post()
    counter.move(3600)

    counter.office.resend(posted)

    [after] = counter.post()
    assert after.body == before.body
    assert after.headers["X-Hornada-Timestamp"] != before.headers["X-Hornada-Timestamp"]
    assert after.headers["X-Hornada-Signature"] == proof(after)


def test_it_can_be_lost_doubled_forged_and_wrong_about_the_time(counter: Counter) -> None:
    for kind in ("lose", "duplicate", "bad_signature", "clock_skew"):
        seconds = -7200.0 if kind == "clock_skew" else None
        counter.office.faults.add(Fault(kind=kind, operation="mail", seconds=seconds))
        counter.hand_in(kind)
        sent = counter.post()
        counter.office.faults.clear()

        real = {m.headers["X-Hornada-Signature"] == proof(m) for m in sent}
        stamps = {
            int(m.headers["X-Hornada-Timestamp"]) - int(NOW.timestamp()) for m in sent
        }
        assert (len(sent), len({m.body for m in sent}), real, stamps) == {
            "lose": (0, 0, set(), set()),
            "duplicate": (2, 1, {True}, {0}),
            "bad_signature": (1, 1, {False}, {0}),
            "clock_skew": (1, 1, {True}, {-7200}),
        }[kind]


def test_mails_can_overtake_each_other(counter: Counter) -> None:
    counter.office.faults.add(Fault(kind="reorder", times=None, seconds=60))
    for number in range(8):
        counter.hand_in(str(number))

    sent = [opened(message.body)["Message-ID"] for message in counter.post()]

    assert sorted(sent) == [f"<{number}@elbosque.example>" for number in range(8)] != sent


@pytest.mark.parametrize("with_table", [True, False])
def test_the_same_name_can_come_with_other_words(
    counter: Counter, with_table: bool
) -> None:
    counter.office.faults.add(Fault(kind="altered", operation="compras@elbosque.example"))
    table = ROWS if with_table else ()

    counter.office.send(
        Letter(name="x", sender=MARTA.sender, subject="", text="6 uds", table=table)
    )

    one, other = counter.post()
    assert one.body != other.body
    assert opened(one.body)["Message-ID"] == opened(other.body)["Message-ID"]
    assert "6 uds" in opened(other.body).get_content()
    assert other.headers["X-Hornada-Signature"] == proof(other)
    assert [row["harm"] for row in counter.office.posted()] == ["", "altered"]


def test_bytes_without_words_can_be_altered_too(counter: Counter) -> None:
    counter.office.faults.add(Fault(kind="altered"))

    counter.office.send_raw(b"Content-Type: image/png\r\n\r\n\x89PNG")

    one, other = counter.post()
    assert other.body.startswith(one.body)
    assert other.body != one.body


def test_a_mail_can_come_cut_short_and_truly_signed(counter: Counter) -> None:
    counter.hand_in("whole", text="SOAP-100: 6\n" * 50)
    counter.office.faults.add(Fault(kind="damaged", operation="compras@elbosque.example"))
    counter.office.send(Letter(name="spared", sender=TOM.sender, subject=""))

    counter.hand_in("broken", text="SOAP-100: 6\n" * 50)

    whole, spared, broken = counter.post()
    assert len(broken.body) < len(whole.body) * 0.7
    assert broken.headers["X-Hornada-Signature"] == proof(broken)
    assert [row["harm"] for row in counter.office.posted()] == ["", "", "damaged"]
    assert opened(spared.body)["From"] == TOM.sender


def test_it_knows_no_trouble_of_shops(counter: Counter) -> None:
    with pytest.raises(ValueError, match="throttled"):
        counter.office.faults.add(Fault(kind="throttled"))


def test_it_remembers_the_newest_mails_only(counter: Counter) -> None:
    first = counter.hand_in("first")
    for number in range(MOST):
        counter.office.send_raw(b"Subject: %d\r\n\r\n" % number)

    assert len(counter.office.posted()) == MOST
    with pytest.raises(KeyError):
        counter.office.resend(first)
