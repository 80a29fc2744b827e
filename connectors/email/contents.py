"""Opens the texts and files of a mail: what may be read becomes a part, all else is named."""

import re
from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256

from connectors.email.charsets import decode, known_charset
from connectors.email.files import Found, look_at
from connectors.email.html_text import Shown, show
from connectors.email.mime import Leaf, Opened
from connectors.email.parts import Kind, Part
from connectors.email.quoting import Written, split
from mapping.letter import Attached, Forwarded, Text, Trouble

MOST_FILES = 50
MOST_OPENED = 20
MOST_FILE = 10 * 1024 * 1024
MOST_TEXT = 1_000_000
"""Characters of a text that are read."""

_PLAIN_ENCODINGS = frozenset(["", "7bit", "8bit", "binary", "base64", "quoted-printable"])
_TELLING = re.compile(r"\w*\d\w*")


@dataclass(slots=True)
class Contents:
    """Everything that was found in a mail."""

    parts: list[Part] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    attached: list[Attached] = field(default_factory=list)
    hashes: list[str] = field(default_factory=list)
    """Of the files that may be an order, whatever is in them."""
    forwarded: Forwarded | None = None
    is_cut: bool = False
    is_struck: bool = False
    """Whether something is crossed out."""

    @property
    def own(self) -> str:
        """What the sender wrote now, and what they pass on."""
        return "\n".join(part.text for part in self.parts if part.is_body)


def contents_of(opened: Opened, *, subject: str, is_reply: bool) -> Contents:
    """Open everything in a mail that may be opened, within bounds. Never raises by itself."""
    return _Opening(opened, subject=subject, is_reply=is_reply).all()


class _Opening:
    """One opening of a mail, counting what it opens."""

    def __init__(self, opened: Opened, *, subject: str, is_reply: bool) -> None:
        self._mail = opened
        self._subject = subject
        self._is_reply = is_reply
        self._done = Contents()
        self._files = 0

    def all(self) -> Contents:
        """Open every leaf, in order."""
        if self._mail.doubt:
            self._doubt("0", self._mail.doubt)
        for leaf in self._mail.leaves:
            if self._is_body(leaf):
                self._body(leaf)
            elif len(self._done.attached) < MOST_FILES:
                self._file(leaf)
            else:
                self._done.is_cut = True
        return self._done

    # What the mail shows ----------------------------------------------------------------------

    @staticmethod
    def _is_body(leaf: Leaf) -> bool:
        kind = leaf.type.media_type
        is_text = kind in {"text/plain", "text/html"} or kind.startswith("multipart/")
        return is_text and leaf.disposition != "attachment" and not leaf.type.name

    def _body(self, leaf: Leaf) -> None:
        if leaf.headers.word("content-transfer-encoding") not in _PLAIN_ENCODINGS:
            self._trouble(leaf, Trouble.UNREADABLE, "written in a way that is not read")
            return
        if leaf.end - leaf.start > 2 * MOST_FILE:
            self._trouble(leaf, Trouble.TOO_BIG, "the text is too long")
            return
        source = decode(self._mail.data(leaf), charset=leaf.type.charset)
        self._done.is_cut = self._done.is_cut or len(source) > MOST_TEXT
        if self._mail.is_damaged(leaf):
            self._doubt(leaf.id, "damaged on its way")
        if leaf.type.media_type == "text/html":
            self._html(leaf, source)
            return
        text = source[:MOST_TEXT]
        if leaf.type.format == "flowed":
            text = unflowed(text)
        written = split(text, subject=self._subject, is_reply=self._is_reply)
        self._keep(leaf, Kind.TEXT, written, data=text.encode())

    def _html(self, leaf: Leaf, source: str) -> None:
        shown = show(source)
        self._note(shown, leaf)
        written = split(shown.text, subject=self._subject, is_reply=self._is_reply)
        data = shown.own_html(until=written.quote_at, inner=written.inner_at)
        self._keep(leaf, Kind.HTML, written, data=data, repeats=self._said_by(written))

    def _note(self, shown: Shown, leaf: Leaf) -> None:
        if shown.is_cut:
            self._doubt(leaf.id, "HTML that cannot be read whole")
        self._done.is_struck = self._done.is_struck or shown.is_struck

    def _said_by(self, written: Written) -> str:
        """Return the plain text that holds the same numbers and codes, so that one is enough."""
        said = _telling(f"{written.own}\n{written.passed_on}")
        for text in self._done.parts:
            if text.is_body and text.kind is Kind.TEXT and _telling(text.text) == said:
                return text.id
        return ""

    def _keep(
        self, leaf: Leaf, kind: Kind, written: Written, *, data: bytes, repeats: str = ""
    ) -> None:
        """Keep a body: the sender's own words, what they pass on, and the rest to be shown."""
        self._done.forwarded = self._done.forwarded or written.forwarded
        media_type = leaf.type.media_type
        passes_on = written.forwarded is not None
        if written.own or not passes_on:
            self._done.parts.append(
                Part(
                    id=leaf.id,
                    kind=Kind.TEXT if passes_on else kind,
                    is_body=True,
                    media_type=media_type,
                    data=b"" if passes_on else data,
                    text=written.own,
                    charset="utf-8",
                    repeats=repeats,
                )  # fmt: skip
            )
        if passes_on:
            self._done.parts.append(
                Part(
                    id=f"{leaf.id}/passed",
                    kind=kind,
                    media_type=media_type,
                    data=data,
                    text=written.passed_on,
                    charset="utf-8",
                    is_body=True,
                    repeats=f"{repeats.removesuffix('/passed')}/passed" if repeats else "",
                )  # fmt: skip
            )
        if not repeats:
            self._show(leaf.id, written)

    def _show(self, part: str, written: Written) -> None:
        shown = (
            (part, written.own, False),
            (f"{part}/passed", written.passed_on, True),
            (f"{part}/quoted", written.quoted, True),
            (f"{part}/signature", written.signature, True),
        )
        self._done.texts += [
            Text(part=id, text=text, is_quoted=quoted) for id, text, quoted in shown if text
        ]

    # What came along --------------------------------------------------------------------------

    def _file(self, leaf: Leaf) -> None:
        if leaf.type.media_type in {"message/rfc822", "message/global"}:
            self._trouble(leaf, Trouble.UNREADABLE, "a whole mail")
            return
        if leaf.headers.word("content-transfer-encoding") not in _PLAIN_ENCODINGS:
            self._trouble(leaf, Trouble.UNREADABLE, "written in a way that is not read")
            return
        data = self._mail.data(leaf)
        found = look_at(
            data[:MOST_FILE], name=leaf.type.name, media_type=leaf.type.media_type,
            is_shown_inside=leaf.disposition == "inline" or self._is_shown(leaf),
        )  # fmt: skip
        if found.may_be_order:
            self._done.hashes.append(sha256(data).hexdigest())
        trouble, why = self._trouble_of(found, size=len(data))
        if not trouble and found.may_be_order and self._mail.is_damaged(leaf):
            trouble, why = Trouble.UNREADABLE, "damaged on its way"
        self._done.attached.append(
            Attached(
                part=leaf.id,
                name=leaf.type.name,
                media_type=leaf.type.media_type,
                size=len(data),
                trouble=trouble,
                why=why,
                may_be_order=found.may_be_order,
            )  # fmt: skip
        )
        if trouble is None and found.kind is not Kind.OTHER:
            self._open(leaf, found.kind, data)

    @staticmethod
    def _is_shown(leaf: Leaf) -> bool:
        """Say whether a picture is part of the text: named by it, and not sent for itself."""
        is_picture = leaf.type.media_type.startswith("image/")
        return bool(leaf.content_id) and is_picture and leaf.disposition != "attachment"

    def _trouble_of(self, found: Found, *, size: int) -> tuple[Trouble | None, str]:
        if size > MOST_FILE and found.may_be_order:
            return Trouble.TOO_BIG, "larger than 10 MB"
        if found.why:
            return Trouble.UNREADABLE, found.why
        if found.kind is Kind.OTHER:
            return None, ""
        self._files += 1
        if self._files > MOST_OPENED:
            return Trouble.TOO_BIG, f"more than {MOST_OPENED} files"
        return None, ""

    def _open(self, leaf: Leaf, kind: Kind, data: bytes) -> None:
        text, charset = "", known_charset(leaf.type.charset)
        if kind in {Kind.TEXT, Kind.HTML}:
            text = decode(data, charset=leaf.type.charset)
            self._done.is_cut = self._done.is_cut or len(text) > MOST_TEXT
            text = text[:MOST_TEXT]
        if kind is Kind.HTML:
            shown = show(text)
            self._note(shown, leaf)
            text, data, charset = shown.text, shown.own_html(until=None), "utf-8"
        if text:
            self._done.texts.append(Text(part=leaf.id, text=text))
        self._done.parts.append(
            Part(
                id=leaf.id,
                kind=kind,
                name=leaf.type.name,
                media_type=leaf.type.media_type,
                data=data,
                text=text,
                charset=charset,
            )  # fmt: skip
        )

    def _doubt(self, part: str, why: str) -> None:
        """Name a text that was read, but perhaps not as it was written."""
        self._done.attached.append(
            Attached(
                part=part,
                name="",
                media_type="",
                size=len(self._mail.raw),
                trouble=Trouble.UNREADABLE,
                why=why,
            )  # fmt: skip
        )

    def _trouble(self, leaf: Leaf, trouble: Trouble, why: str) -> None:
        data = self._mail.raw[leaf.start : leaf.end]
        self._done.hashes.append(sha256(data).hexdigest())
        self._done.attached.append(
            Attached(
                part=leaf.id,
                name=leaf.type.name,
                media_type=leaf.type.media_type,
                size=len(data),
                trouble=trouble,
                why=why,
            )  # fmt: skip
        )


def unflowed(text: str) -> str:
    """Join the lines that format=flowed broke (RFC 3676, 4.1): those that end with a blank."""
    lines: list[str] = []
    is_open = False
    for line in text.split("\n"):
        marks = len(line) - len(line.lstrip(">"))
        bare = line[marks:].removeprefix(" ")
        joins = is_open and not marks and bare != "-- "
        if joins:
            lines[-1] += bare
        else:
            lines.append(f"{'>' * marks} {bare}" if marks else bare)
        is_open = bare.endswith(" ") and bare != "-- " and not marks
    return "\n".join(lines)


def _telling(text: str) -> Counter[str]:
    return Counter(_TELLING.findall(text.casefold()))
