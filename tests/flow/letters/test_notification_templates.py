"""The words of letters: every one Hornada brings along works, and the owner's cannot break."""

import pytest
from sqlalchemy.orm import Session

from hub.domain.letters.notices import Event
from hub.flow.letters.letter_preview import preview_letter
from hub.flow.letters.letter_rendering import Template, render
from hub.flow.letters.letter_words import LANGUAGES, sample_words
from hub.flow.letters.notification_templates import (
    built_in,
    current,
    preview,
    save,
    withdraw,
    write,
)
from hub.flow.refusal import Invalid, SomebodyWasFirst
from tests.factories import NOW, make_account, make_item, make_order

WHO = "user:1"
MINE = Template(
    subject="Hola {{ customer.name }}",
    text="{% for line in order.lines %}{{ line.title }}\n{% endfor %}",
    html="<p>{{ customer.name }}</p>",
)


def keep(session: Session, template: Template = MINE, *, seen: int | None = None) -> int:
    return save(
        session, event="received", locale="es", template=template, seen=seen, who=WHO,
        now=NOW,
    )  # fmt: skip


@pytest.mark.parametrize("event", list(Event))
@pytest.mark.parametrize("locale", LANGUAGES)
def test_every_letter_hornada_brings_along_passes_its_own_check(
    event: Event, locale: str
) -> None:
    shown = preview(built_in(event, locale=locale), locale=locale)

    assert shown.subject
    assert "{" not in shown.subject + shown.text + shown.html.split("<body", 1)[1]
    assert "\n\n\n" not in shown.text
    assert f'<html lang="{locale}">' in shown.html


def test_text_and_html_hold_the_same_words() -> None:
    for event in Event:
        for locale in LANGUAGES:
            template = built_in(event, locale=locale)
            asked = [
                {part.split("}}")[0].strip() for part in each.split("{{")[1:]}
                for each in (template.text, template.html)
            ]
            assert asked[0] == asked[1], (event, locale)


def test_the_newest_version_counts_and_older_ones_stay(session: Session) -> None:
    first = keep(session)
    second = keep(session, Template(subject="B", text="b", html="b"))

    found = current(session, event=Event.RECEIVED, locale="es")

    assert (first, second, found.version, found.template.subject) == (1, 2, 2, "B")
    assert current(session, event=Event.RECEIVED, locale="en").version == 0


def test_withdrawn_words_give_way_to_those_hornada_brings_along(session: Session) -> None:
    keep(session)

    withdraw(session, event="received", locale="es", who=WHO, now=NOW)

    found = current(session, event=Event.RECEIVED, locale="es")
    assert (found.version, found.newest) == (0, 2)
    assert found.template == built_in(Event.RECEIVED, locale="es")


def test_who_saw_an_older_version_does_not_write_over_a_newer_one(session: Session) -> None:
    keep(session, seen=0)

    with pytest.raises(SomebodyWasFirst):
        keep(session, seen=0)


@pytest.mark.parametrize(
    "text, line, said",
    [
        ("a\nb {{ order.numbr }}", 2, "order.numbr"),
        ("{{ price }}", 1, "price"),
        ("{% if order.vip %}x{% endif %}", 1, "order.vip"),
        ("\n\n{% for line in order.lines %}{{ line.cost }}{% endfor %}", 3, "line.cost"),
        ("{{ order }}", 1, "order"),
        ("{{ order.lines }}", 1, "order.lines"),
        ("{% for a in order.lines %}{% for b in order.lines %}{% endfor %}{% endfor %}", 1, ""),
        ("{{ order.name.upper() }}", 1, "only words"),
        ("{{ order.__class__ }}", 1, "__class__"),
        ("{{ 'x' * 99 }}", 1, "only words"),
        ("{% set x = 1 %}", 1, "only words"),
        ("{% include 'base.html' %}", 1, "only words"),
        ("{% macro m() %}{% endmacro %}", 1, "only words"),
        ("{{ order['name'] }}", 1, "only words"),
        ("{{ order.name|pprint }}", 1, "pprint"),
        ("a\n{% endif %}", 2, ""),
    ],
)  # fmt: skip
def test_what_a_template_cannot_say_is_refused_with_its_line(
    session: Session, text: str, line: int, said: str
) -> None:
    with pytest.raises(Invalid) as caught:
        keep(session, Template(subject="a", text=text, html="b"))

    assert caught.value.field == "text"
    assert f"Line {line}" in caught.value.message
    assert said in caught.value.message
    assert current(session, event=Event.RECEIVED, locale="es").version == 0


def test_what_people_wrote_is_text_in_html_and_stays_out_of_the_subject() -> None:
    words = dict(sample_words(language="en"))
    words["customer"] = {"name": "<script>x</script>\r\nBcc: a@b.example"}

    shown = render(MINE, words=words, language="en")

    assert "<script>" not in shown.html
    assert "&lt;script&gt;" in shown.html
    assert "\n" not in shown.subject
    assert "\r" not in shown.subject


def test_words_of_people_are_never_a_template() -> None:
    words = dict(sample_words(language="en"))
    words["customer"] = {"name": "{{ order.name }}{% for x in y %}"}

    shown = render(MINE, words=words, language="en")

    assert shown.subject == "Hola {{ order.name }}{% for x in y %}"


def test_a_letter_is_written_even_if_kept_words_no_longer_work(session: Session) -> None:
    keep(session)
    words = {**sample_words(language="es")}
    del words["customer"]
    words |= {"customer": {}}

    with pytest.raises(Invalid):
        render(MINE, words=words, language="es")
    words["customer"] = {"name": "Marta"}
    shown, version = write(
        session, event=Event.RECEIVED, locale="es", words=words, language="es"
    )

    assert (shown.subject, version) == ("Hola Marta", 1)


def test_a_preview_can_have_a_real_orders_words(session: Session) -> None:
    account = make_account(session)
    order = make_order(session, account=account, lines={make_item(session): 7})

    shown = preview_letter(session, event="received", locale="en", order_id=order.id)

    assert order.number in shown.subject
    assert "7 x Soy candle, fig" in shown.text
