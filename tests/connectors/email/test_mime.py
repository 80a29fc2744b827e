"""Whatever the bytes of a mail are, they are taken apart within bounds and soon."""

import io
import time
import zipfile

import pytest

from connectors.email.files import MOST_ENTRIES, look_at
from connectors.email.html_text import show
from connectors.email.mime import MOST_PARTS, open_mail
from connectors.email.parts import Kind
from mapping.letter import Attached, Letter, Trouble
from tests.connectors.email.mails import letter_of, mail, multipart, texts

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def own(raw: bytes) -> str:
    return texts(letter_of(raw)).get("1", "")


def troubles(letter: Letter) -> dict[str, str]:
    return {file.part: file.why for file in letter.attached if file.trouble}


def only_file(raw: bytes) -> Attached:
    (file,) = letter_of(raw).attached
    return file


# Heads --------------------------------------------------------------------------------------


def test_what_is_written_in_words_of_a_charset_is_decoded() -> None:
    letter = letter_of(mail("x", "Subject: =?utf-8?q?Pedido_n=C2=BA?= =?utf-8?b?IDEy?="))

    assert letter.subject == "Pedido nº 12"


@pytest.mark.parametrize(
    "written",
    [
        "=?utf-99?q?a?=",
        "=?utf-8?b?!!!?=",
        "=?utf-8?q?=ZZ?=",
        "=?zlib?b?eJw=?=",
        "=?",
        "\x00\x01",
    ],
)
def test_a_subject_nobody_can_decode_is_still_a_subject(written: str) -> None:
    letter = letter_of(mail("x", f"Subject: Order {written}"))

    assert letter.subject.startswith("Order")
    assert "\x00" not in letter.subject


def test_a_head_may_be_in_utf_8_or_western_bytes() -> None:
    utf8 = b"Subject: Pi\xc3\xb1a\r\n\r\nx"
    western = b"Subject: Pi\xf1a\r\n\r\nx"

    assert letter_of(utf8).subject == letter_of(western).subject == "Piña"


def test_a_field_may_be_folded_and_a_line_that_is_none_is_passed_over() -> None:
    raw = b"Subject: one\r\n two\r\nthis is no field\r\nTo: a@b.example\r\n\r\nx"

    letter = letter_of(raw)

    assert letter.subject == "one two"
    assert letter.to == ("a@b.example",)


def test_a_date_that_cannot_be_is_no_date() -> None:
    for written in ("Mon, 32 Nov 2026 25:61:00 +9999", "yesterday"):
        assert letter_of(mail("x", f"Date: {written}")).sent_at is None


@pytest.mark.parametrize(
    "flood",
    [
        b"To: " + b"a@b.example, " * 11_000,
        b"Subject: " + b"=?utf-8?q?=C3=B1?= " * 13_000,
        b"Cc: " + b"(" * 200_000,
        b"Content-Type: text/plain; " + b"a=b; " * 40_000,
        b"\r\n".join(b"X-%d: 1" % n for n in range(20_000)),
    ],
)
def test_a_flood_in_the_head_costs_next_to_nothing_and_a_person_looks(flood: bytes) -> None:
    flooded = flood + b"\r\nFrom: ana@shop.example\r\n\r\n12 x LAV-100ML\r\n"
    long = b"From: ana@shop.example\r\n\r\n" + b"12 x LAV-100ML\r\n" * (len(flood) // 16)

    letter = letter_of(flooded)

    assert seconds_for(flooded) < 5 * seconds_for(long)
    assert troubles(letter)["0"] == "its head is too long"
    assert texts(letter)["1"] == "12 x LAV-100ML"


def seconds_for(raw: bytes) -> float:
    """Take the best of three: what else a busy process sweeps up is no part of it."""
    taken: list[float] = []
    for _ in range(3):
        began = time.process_time()
        letter_of(raw)
        taken.append(time.process_time() - began)
    return min(taken)


# Parts --------------------------------------------------------------------------------------


def test_parts_are_numbered_as_imap_numbers_them() -> None:
    inner = (
        'Content-Type: multipart/alternative; boundary="in"\n\n--in\nContent-Type: text/plain\n\n'
        "plain 12\n--in\nContent-Type: text/html\n\n<p>html 13</p>\n--in--"
    )
    raw = multipart(inner, 'Content-Type: text/csv; name="a.csv"\n\nRef;Uds\nA-1;2')

    opened = open_mail(raw)

    assert [leaf.id for leaf in opened.leaves] == ["1.1", "1.2", "2"]
    assert opened.data(opened.leaves[2]) == b"Ref;Uds\r\nA-1;2"
    assert opened.doubt == ""


@pytest.mark.parametrize("depth", [100, 3_000])
def test_parts_within_parts_end_somewhere_and_a_person_looks(depth: int) -> None:
    head = "".join(
        f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n'
        for n in range(depth)
    )
    raw = b"From: ana@shop.example\r\n" + head.encode() + b"\r\n12 x LAV-100ML"

    letter = letter_of(raw)

    assert "parts" in troubles(letter)["0"]


def test_of_too_many_parts_the_first_are_looked_at_and_a_person_sees_it() -> None:
    raw = multipart(*["Content-Type: text/plain\n\nx"] * (MOST_PARTS + 50))

    opened = open_mail(raw)

    assert len(opened.leaves) < MOST_PARTS
    assert opened.doubt == "it has too many parts"


def test_a_mail_that_was_cut_short_is_not_taken_for_whole() -> None:
    whole = multipart("Content-Type: text/plain\n\nLAV-100ML x 12\nROM-100ML x 12\n")

    letter = letter_of(whole[: whole.index(b"ROM")])

    assert troubles(letter) == {"0": "it ends too early"}


def test_lines_that_only_look_like_boundaries_do_not_take_for_ever() -> None:
    raw = mail("--sepx\n" * 200_000, 'Content-Type: multipart/mixed; boundary="sep"')
    began = time.process_time()

    opened = open_mail(raw)

    assert time.process_time() - began < 1
    assert opened.doubt


@pytest.mark.parametrize("boundary", ["", "-", "sep=?", "s" * 300, "ñ"])
def test_any_boundary_gives_a_letter(boundary: str) -> None:
    letter = letter_of(
        mail("12 x A\n", f'Content-Type: multipart/mixed; boundary="{boundary}"')
    )

    assert letter.attached[0].trouble is Trouble.UNREADABLE


def test_base64_that_lost_something_is_read_and_doubted() -> None:
    encoding = "Content-Transfer-Encoding: base64"

    whole = letter_of(mail("TEFWLTEwME1MIHggMTI=\n", encoding))
    cut = letter_of(mail("TEFWLTEwME1MIHggMT\n", encoding))

    assert texts(whole)["1"] == "LAV-100ML x 12"
    assert troubles(whole) == {}
    assert troubles(cut) == {"1": "damaged on its way"}


def test_bad_quoted_printable_is_read_and_doubted() -> None:
    letter = letter_of(
        mail("A-1=20x 12=ZZ\n", "Content-Transfer-Encoding: quoted-printable")
    )

    assert texts(letter)["1"] == "A-1 x 12=ZZ"
    assert troubles(letter) == {"1": "damaged on its way"}


# Text ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "label,data",
    [
        ("utf-8", "Jabón".encode()),
        ("iso-8859-1", "Jabón".encode("latin-1")),
        ("us-ascii", "Jabón".encode()),
        ("us-ascii", "Jabón".encode("latin-1")),
        ("utf-8", "Jabón".encode("latin-1")),
        ("x-klingon", "Jabón".encode()),
        ("zlib_codec", "Jabón".encode()),
        ("punycode", "Jabón".encode()),
        ("utf-16", "Jabón".encode("utf-16")),
        ('""', "Jabón".encode()),
    ],
)
def test_text_is_read_whatever_its_label_says(label: str, data: bytes) -> None:
    head = (
        f"Content-Type: text/plain; charset={label}\r\nFrom: a@b.example\r\n\r\n".encode()
    )

    assert own(head + data) == "Jabón"


def test_marks_without_width_go_and_those_that_turn_numbers_round_are_seen() -> None:
    letter = texts(letter_of(mail("A-1 x 1\u200b2\nB-2 x \u202e21\u202c\n")))

    assert letter["1"] == "A-1 x 12\nB-2 x \ufffd21"


def test_no_text_holds_what_a_database_cannot_keep() -> None:
    kept = own(mail("A\x00B\udcff\ufffe"))

    assert kept.startswith("A\ufffdB")
    assert not set(kept) & {"\x00", "\udcff", "\ufffe"}


def test_lines_broken_by_format_flowed_are_joined() -> None:
    raw = mail(
        "12 x LAV-100ML \nlavender oil\n3 x ROM\n",
        "Content-Type: text/plain; format=flowed",
    )

    assert own(raw) == "12 x LAV-100ML lavender oil\n3 x ROM"


# HTML ---------------------------------------------------------------------------------------


def shown(source: str) -> list[str]:
    return show(source).text.split("\n")


def test_html_is_shown_in_the_lines_a_reader_sees() -> None:
    assert shown("<p>Hi,</p><p>12 x <b>A-1</b><br>3 x B-2</p><ul><li>one<li>two</ul>") == [
        "Hi,", "12 x A-1", "3 x B-2", "- one", "- two",
    ]  # fmt: skip


def test_a_row_of_a_table_is_one_line_whatever_is_in_its_cells() -> None:
    row = "<tr><td><p>A-1</p></td><td><div>12</div></td></tr>"

    assert shown(f"<table>{row}{row}</table>") == ["A-1\t12", "A-1\t12"]


def test_a_table_that_only_arranges_the_page_is_shown_in_lines() -> None:
    assert shown("<table><tr><td><p>12 x A-1</p><p>3 x B-2</p></td></tr></table>") == [
        "12 x A-1", "3 x B-2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "hidden",
    [
        '<p style="display: none">99 x A-1</p>',
        '<span style="font-size:0px">99 x A-1</span>',
        "<p hidden>99 x A-1</p>",
        "<script>99 x A-1</script>",
        "<style>99 x A-1</style>",
        "<!-- 99 x A-1 -->",
        '<div style="max-height:0;overflow:hidden">99 x A-1</div>',
    ],
)
def test_what_nobody_sees_is_not_read(hidden: str) -> None:
    found = show(f"<p>12 x A-1</p>{hidden}")

    assert found.text == "12 x A-1"
    assert b"99" not in found.own_html(until=None)


def test_what_is_crossed_out_makes_a_letter_one_that_changes_something() -> None:
    raw = mail("<p>A-1 x <s>5</s> 6</p>", "Content-Type: text/html")

    letter = letter_of(raw)

    assert (letter.intent.value, letter.why) == ("change", "something is crossed out")


def test_html_too_deep_to_be_read_is_looked_at_by_a_person() -> None:
    raw = mail("<div>" * 3000 + "12 x A-1" + "</div>" * 3000, "Content-Type: text/html")

    assert troubles(letter_of(raw)) == {"1": "HTML that cannot be read whole"}


def test_plain_text_and_html_that_say_the_same_are_shown_once() -> None:
    plain, html = (
        "Content-Type: text/plain\n\n12 x A-1",
        "Content-Type: text/html\n\n<p>12 x A-1",
    )

    same = letter_of(multipart(plain, html, kind="alternative"))
    other = letter_of(multipart(plain, html.replace("12", "13"), kind="alternative"))

    assert texts(same) == {"1": "12 x A-1"}
    assert texts(other) == {"1": "12 x A-1", "2": "13 x A-1"}


# Files --------------------------------------------------------------------------------------


def book(*names: str, size: int = 10, fill: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in ("[Content_Types].xml", "xl/workbook.xml", *names):
            made.writestr(zipfile.ZipInfo(name), fill or b"x" * size, zipfile.ZIP_DEFLATED)
    return out.getvalue()


@pytest.mark.parametrize(
    "name,data,why",
    [
        ("a.xlsx", book(), ""),
        ("a.xlsx", book(*[f"xl/worksheets/sheet{n}.xml" for n in range(60)]), ""),
        ("a.xlsx", book(*[f"x{n}" for n in range(MOST_ENTRIES)]), "too many files in it"),
        ("a.xlsx", book("xl/a.bin", fill=b"\0" * 5_000_000), "it unpacks to far too much"),
        ("a.xlsx", book("xl/vbaProject.bin"), "a file with macros"),
        ("a.xlsx", book("xl/externalLinks/externalLink1.xml"), "it takes from files elsewhere"),
        ("a.xlsx", book()[:60], "damaged"),
        ("a.xlsx", b"%PDF-1.4", "not what its name says"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "encrypted, or not what its name says"),
        ("a.ods", book(), "not what its name says"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ""),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "_VBA_PROJECT".encode("utf-16-le"),
         "a file with macros"),
        ("a.pdf", b"%PDF-1.7 ...", ""),
        ("a.pdf", b"%PDF-1.7 /Encrypt 5 0 R", "an encrypted PDF"),
        ("a.pdf", b"PK\x03\x04", "not what its name says"),
        ("a.csv", b"Ref;Uds\r\nA-1;2", ""),
        ("a.csv", b"MZ\x90\x00", "not what its name says"),
        ("a.xml", b"\xef\xbb\xbf <?xml version='1.0'?><Order/>", ""),
        ("a.xml", b"Order", "not what its name says"),
        ("a.csv", b"  \r\n", "an empty file"),
        ("a.xlsm", b"PK\x03\x04", "a file with macros"),
        ("a.zip", b"PK\x03\x04", "an archive"),
        ("a.pdf.exe", b"MZ", "a kind of file that is not opened"),
        ("winmail.dat", b"x", "a kind of file that is not opened"),
    ],
)  # fmt: skip
def test_a_file_is_opened_only_if_name_and_bytes_agree(
    name: str, data: bytes, why: str
) -> None:
    found = look_at(data, name=name, media_type="application/octet-stream")

    assert found.why.startswith(why)
    assert bool(found.why) == bool(why)
    assert found.may_be_order


@pytest.mark.parametrize(
    "name,media_type,size",
    [
        ("image001.png", "image/png", 200_000),
        ("logo-shop.jpg", "image/jpeg", 200_000),
        ("x.png", "image/png", 2_000),
        ("invite.ics", "text/calendar", 2_000),
        ("ana.vcf", "text/vcard", 2_000),
        ("smime.p7s", "application/pkcs7-signature", 2_000),
    ],
)
def test_what_comes_with_every_mail_keeps_nobody_waiting(
    name: str, media_type: str, size: int
) -> None:
    found = look_at(b"x" * size, name=name, media_type=media_type)

    assert (found.kind, found.may_be_order, found.why) == (Kind.OTHER, False, "")


def test_a_large_picture_may_be_an_order_somebody_photographed() -> None:
    found = look_at(b"x" * 200_000, name="IMG_2041.jpg", media_type="image/jpeg")

    assert (found.may_be_order, found.why) == (True, "a picture")


def test_a_file_without_an_end_to_its_name_is_what_its_type_says() -> None:
    assert look_at(b"%PDF-1.4", name="order", media_type="application/pdf").kind is Kind.PDF
    assert look_at(b"a;b", name="", media_type="text/csv").kind is Kind.CSV


def test_a_file_is_named_without_any_folder() -> None:
    head = 'Content-Type: application/pdf; name="..\\\\..\\\\etc/passwd.pdf"'

    assert only_file(mail("%PDF-1.4", head)).name == "passwd.pdf"


def test_a_file_larger_than_ten_megabytes_is_named_and_not_opened() -> None:
    raw = multipart('Content-Type: text/csv; name="a.csv"\n\n' + "A;1\n" * 2_700_000)

    file = only_file(raw)

    assert (file.trouble, file.why) == (Trouble.TOO_BIG, "larger than 10 MB")


def test_of_many_files_twenty_are_opened_and_fifty_are_named() -> None:
    one = 'Content-Type: text/csv; name="a.csv"\n\nA;1'

    letter = letter_of(multipart(*[one] * 60))

    assert letter.is_cut
    assert sum(file.trouble is None for file in letter.attached) == 20
    assert len(letter.attached) == 50


def test_of_a_mail_beyond_twenty_five_megabytes_only_the_head_is_read() -> None:
    letter = letter_of(mail("x\n" * 9_000_000))

    assert letter.is_cut
    assert (letter.subject, letter.texts) == ("Order", ())
    assert letter.attached[0].trouble is Trouble.TOO_BIG


def test_a_whole_mail_that_is_attached_is_not_looked_into() -> None:
    raw = multipart("Content-Type: message/rfc822\n\nSubject: inner\n\n12 x LAV-100ML")

    assert only_file(raw).why == "a whole mail"
