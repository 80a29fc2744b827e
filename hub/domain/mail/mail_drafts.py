"""All drafts of a letter side by side: what each means, which is the order, where they differ."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from hub.domain.mail.mail_known import Known
from hub.domain.mail.mail_meaning import NOBODY, Meant, mean
from hub.domain.mail.mail_mentions import Understood, is_quoted, place_in_text, unexplained
from hub.domain.mail.mail_names import Line, Names
from hub.domain.mail.mail_suggest import Goods
from hub.domain.mail.reading_form import fit
from hub.domain.mail.review_lines import ReadLine
from hub.domain.mail.review_reasons import Reason
from mapping.letter import Draft, Letter, Place, Source

TRUST = tuple(Source)
"""The most trusted first."""
MOST_SUGGESTED = 20
"""Lines of unknown goods that suggestions are looked for: comparing with all goods takes long."""
MOST_OTHERS = 200
"""Lines shown that are not of the order; a mail of more is read beside them, not in a list."""


@dataclass(frozen=True, kw_only=True)
class ReadDraft:
    """A draft and what its lines mean."""

    draft: Draft
    lines: tuple[Meant, ...]

    @cached_property
    def orders(self) -> Mapping[str, int | None]:
        """Pieces by SKU key; None where they are not known."""
        found: dict[str, int | None] = {}
        for meant in self.lines:
            if meant.read.quantity is None or meant.key in found:
                found[meant.key] = None
            else:
                found[meant.key] = meant.read.quantity * meant.read.per_piece
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafts:
    """What a letter orders, as far as it was understood."""

    every: tuple[ReadDraft, ...]
    """Those with lines, the most trusted first."""
    bare: tuple[Draft, ...] = ()
    """Those that say something beside lines, and have none."""
    open_lines: tuple[Line, ...] = ()
    """Lines of the letter that are not fully understood."""

    @property
    def main(self) -> ReadDraft | None:
        """The draft that is the order, if the others say the same."""
        return self.every[0] if self.every else None

    @property
    def all_drafts(self) -> tuple[Draft, ...]:
        """Every draft, those with lines first."""
        return (*(each.draft for each in self.every), *self.bare)


def read_drafts(letter: Letter, known: Known, *, names: Names) -> Drafts:
    """Say what every line of every draft means, forms of this customer put in their place.

    `names` are those of the goods in `known`.
    """
    customer = known.customer or NOBODY
    fitted = fit(letter, forms=customer.forms)
    by_form = {each.draft.part for each in fitted}
    drafts = [
        *(each.draft for each in fitted),
        *(
            draft
            for draft in letter.drafts
            if (draft.part not in by_form or draft.source is Source.UBL)
            and not is_quoted(draft.part, letter)
        ),
    ]
    drafts.sort(key=lambda draft: TRUST.index(draft.source))
    every = tuple(_read(draft, known) for draft in drafts if draft.lines)
    understood = [
        Understood(
            meant=meant,
            in_text=place_in_text(each.draft.source, part=each.draft.part, letter=letter),
        )
        for each in every
        for meant in each.lines
    ]
    passed = {place for each in fitted for place in each.passed}
    return Drafts(
        every=every,
        bare=tuple(draft for draft in drafts if not draft.lines),
        open_lines=tuple(
            unexplained(letter, understood=understood, passed=passed, names=names)
        ),
    )


def _read(draft: Draft, known: Known) -> ReadDraft:
    lines = (
        mean(line, position=position, known=known, is_exact=draft.is_exact)
        for position, line in enumerate(draft.lines, start=1)
    )
    return ReadDraft(draft=draft, lines=_told_apart(tuple(lines)))


def _told_apart(lines: tuple[Meant, ...]) -> tuple[Meant, ...]:
    """Mark the lines that name what another one names already."""
    keys = Counter(meant.key for meant in lines if meant.key)
    twice = {key for key, count in keys.items() if count > 1}
    return tuple(
        replace(meant, read=replace(meant.read, problem=Reason.REPEATED_SKU.value))
        if meant.key in twice and not meant.problem
        else meant
        for meant in lines
    )


def lines_to_show(drafts: Drafts, letter: Letter, known: Known) -> tuple[ReadLine, ...]:
    """Return the lines of the order as a person sees them, with what else may be one.

    All lines of the order are there; of what else may be one the first `MOST_OTHERS` are.
    """
    main = drafts.main
    shown = _suggest([meant.read for meant in main.lines], known) if main else []
    more = [
        *(_unread(place, letter) for place in _unread_places(drafts)[:MOST_OTHERS]),
        *(_open(line) for line in drafts.open_lines[:MOST_OTHERS]),
    ]
    known_places = {(line.part, line.start) for line in shown}
    for line in more:
        if (line.part, line.start) not in known_places:
            known_places.add((line.part, line.start))
            shown.append(replace(line, position=len(shown) + 1))
    return tuple(shown)


def _unread_places(drafts: Drafts) -> Sequence[Place]:
    return [place for draft in drafts.all_drafts for place in draft.unread]


def _suggest(lines: Sequence[ReadLine], known: Known) -> list[ReadLine]:
    """Say for the first lines of unknown goods what they may be."""
    unknown = [line.position for line in lines if line.problem == Reason.UNKNOWN_SKU]
    if not unknown:
        return list(lines)
    asked, goods = frozenset(unknown[:MOST_SUGGESTED]), Goods(known.catalogue.values())
    return [
        replace(line, suggestions=goods.like(sku=line.sku, title=line.title))
        if line.position in asked
        else line
        for line in lines
    ]


def _open(line: Line) -> ReadLine:
    return ReadLine(
        position=0,
        text=line.text.strip(),
        problem=Reason.AMBIGUOUS_QUANTITY.value,
        part=line.part,
        start=line.start,
        end=line.end,
    )


def _unread(place: Place, letter: Letter) -> ReadLine:
    return ReadLine(
        position=0,
        text=words_at(place, letter),
        problem=Reason.AMBIGUOUS_QUANTITY.value,
        part=place.part,
        start=place.start,
        end=place.end,
    )


def words_at(place: Place, letter: Letter) -> str:
    """Return what stands at a place of a letter; empty where there is no such place."""
    for table in letter.tables:
        if table.part == place.part and 0 <= place.start < len(table.rows):
            rows = table.rows[place.start : place.end]
            return " / ".join(" | ".join(cell for cell in row if cell) for row in rows)
    for text in letter.texts:
        if text.part == place.part:
            return text.text[place.start : place.end].strip()
    return ""
