"""Customers who keep writing: seeded, so that a day can be lived again."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from connectors.sandbox.mail.letter import Letter
from connectors.sandbox.mail.office import PostOffice
from connectors.sandbox.mail.people import STRANGER, Goods, Person
from connectors.sandbox.mail.sheet import Row
from connectors.sandbox.mail.words import WORDS, Words

ODD = ("away", "change", "packs", "question", "stranger", "twice", "unknown")
"""What is no plain order; each in its turn, so that all of them come about."""
A_DAY = 60
"""So many mails and nobody writes any more: who leaves it running finds no flood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Last:
    """What somebody ordered last."""

    letter: Letter
    sku: str
    count: int


class Writing:
    """Writes a mail now and then, and now and then an odd one, until stopped or tired.

    `first` is the number of the first mail: who goes on after an earlier day begins behind it,
    or their numbers would be those of that day.
    """

    def __init__(
        self,
        office: PostOffice,
        *,
        every_seconds: float,
        seed: int,
        first: int = 1,
        most: int = A_DAY,
    ) -> None:
        self._office, self._every = office, every_seconds
        self._seed, self._number, self._until = seed, first, first + most
        self._last: dict[str, Last] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="writers", daemon=True)
        self.written: list[str] = []

    def start(self) -> None:
        """Begin."""
        self._office.on_close(self.stop)
        self._thread.start()

    def stop(self) -> None:
        """Let everybody put their pens down."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def once(self) -> Letter:
        """Let one mail be written and post it; every third is an odd one."""
        number = self._number
        self._number += 1
        dice = Random(f"{self._seed}:{number}")
        odd = ODD[number // 3 % len(ODD)] if number % 3 == 0 else "plain"
        letter = self._letter(odd, number, dice)
        self._office.send(letter)
        if odd == "twice":
            self._office.send(letter)
        self.written.append(letter.message_id)
        return letter

    def _run(self) -> None:
        while self._number < self._until and not self._stop.wait(self._every):
            self.once()

    def _letter(self, odd: str, number: int, dice: Random) -> Letter:
        person = STRANGER if odd == "stranger" else dice.choice(self._office.people)
        words, name = WORDS[person.language], f"{person.mark.lower()}-{number}.{self._seed}"
        if odd == "change" and (last := self._last.get(person.mark)):
            return self._change(last, person, name=name, count=last.count + 6)
        if odd in {"question", "away"}:
            subject, said = words.question if odd == "question" else words.away
            text = _text(words, person, [said], dice)
            return Letter(name=name, sender=person.sender, subject=subject, text=text,
                          automatic=odd == "away")  # fmt: skip
        return self._order(odd, person, number, name=name, dice=dice)

    def _change(self, last: Last, person: Person, *, name: str, count: int) -> Letter:
        words = WORDS[person.language]
        said = words.change.format(sku=last.sku, was=last.count, count=count)
        return Letter(
            name=name,
            sender=person.sender,
            subject=f"Re: {last.letter.subject}",
            text=f"{said}\n\n{words.bye}\n{person.name}\n",
            answers=last.letter.message_id,
        )

    def _order(
        self, odd: str, person: Person, number: int, *, name: str, dice: Random
    ) -> Letter:
        words, po = WORDS[person.language], f"{person.mark}-{2600 + number}"
        goods = self._office.goods
        picked = dice.sample(goods, min(len(goods), dice.choice((1, 2, 2, 3))))
        wanted = [(each, dice.choice((4, 6, 6, 8, 12))) for each in picked]
        if odd == "unknown":
            each, count = wanted[0]
            wanted[0] = (Goods(sku=f"{each.sku}-XL", title=each.title), count)
        way = "lines" if odd in {"packs", "stranger"} else dice.choice(person.ways)
        form = words.packs if odd == "packs" else dice.choice(words.lines)
        said = [form.format(sku=each.sku, count=count) for each, count in wanted]
        body = {"lines": said, "table": ["%"], "sheet": [words.attached]}[way]
        if odd == "stranger":
            body = [words.stranger, "", *body]
        rows: list[Row] = [words.head]
        rows += [(each.sku, each.title, count) for each, count in wanted]
        where = ["", words.send_to, *person.place]
        letter = Letter(
            name=name,
            sender=person.sender,
            subject=words.order.format(po=po),
            text=_text(words, person, [words.po.format(po=po), "", *body, *where], dice),
            table=rows if way == "table" else (),
            sheet=rows if way == "sheet" else (),
            sheet_name=f"{po}.xlsx",
        )
        if odd in {"plain", "twice"}:
            each, count = wanted[0]
            self._last[person.mark] = Last(letter=letter, sku=each.sku, count=count)
        return letter


def _text(words: Words, person: Person, said: Sequence[str], dice: Random) -> str:
    lines = [dice.choice(words.hello), "", *said, "", words.bye, person.name, ""]
    return "\n".join(lines)


def keep_writing(
    office: PostOffice,
    *,
    every_seconds: float = 180.0,
    seed: int = 1,
    first: int = 1,
    most: int = A_DAY,
) -> Writing:
    """Let the people of a post office write until stopped, closed or tired.

    :raises ValueError: nobody is known there, or nothing to write about.
    """
    if not (office.people and office.goods):
        raise ValueError("nobody is known here who could write, or nothing to write about")
    writing = Writing(
        office, every_seconds=every_seconds, seed=seed, first=first, most=most
    )
    writing.start()
    return writing
