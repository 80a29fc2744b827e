"""Opens a mail: its head and its leaves, in time that grows with its bytes, never raising.

Only offsets into the bytes are kept while it is taken apart, so that nesting copies nothing.
"""

import binascii
import re
from dataclasses import dataclass, field

from connectors.email.charsets import from_base64
from connectors.email.headers import (
    MOST_HEAD,
    ContentType,
    Headers,
    content_type_of,
    read_headers,
)

MOST_BYTES = 25 * 1024 * 1024
MOST_PARTS = 100
MOST_DEPTH = 20
MOST_BOUNDARY = 200
MOST_HITS = 10_000
"""So many places that only look like a boundary are passed before a part is given up."""

_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=\s]")
_NOT_QUOTED = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]*\r?\n|[ \t]*\Z)")
_MBOX = re.compile(rb"(?:From [^\n]*\n|>From [^\n]*\n|[ \t\r]*\n)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A part that holds no others; a whole letter that was attached is one too."""

    id: str
    headers: Headers
    type: ContentType
    start: int
    end: int
    disposition: str = ""
    content_id: str = ""
    inside: tuple[str, ...] = ()
    """The media types around it, the outermost first: multipart/mixed, …"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A mail taken apart."""

    raw: bytes = field(repr=False)
    headers: Headers
    type: ContentType
    leaves: tuple[Leaf, ...] = ()
    doubt: str = ""
    """Why nothing about it is sure: there is more than is looked at, or it is damaged."""

    def data(self, leaf: Leaf) -> bytes:
        """Return what a leaf holds, out of its transfer encoding."""
        return decoded(self.raw[leaf.start : leaf.end], leaf.headers)

    def is_damaged(self, leaf: Leaf) -> bool:
        """Say whether a leaf lost something on its way, or was never written right."""
        return is_damaged(self.raw[leaf.start : leaf.end], leaf.headers)


def open_mail(raw: bytes) -> Opened:
    """Take a mail apart. This function will return whatever can be found; it never raises."""
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    begins = found.end() if (found := _MBOX.match(raw, 0, MOST_HEAD)) else 0
    head_ends, body = _head_and_body(raw, begins, len(raw))
    headers = read_headers(raw[begins:head_ends])
    if len(raw) > MOST_BYTES:
        why = "the mail is larger than 25 MB"
        return Opened(raw=raw, headers=headers, type=content_type_of(headers), doubt=why)
    walk = _Walk(raw)
    walk.enter(headers, body, len(raw), number="", inside=())
    why = walk.doubt or ("its head is too long" if headers.is_cut else "")
    return Opened(
        raw=raw, headers=headers, type=content_type_of(headers),
        leaves=tuple(walk.leaves), doubt=why,
    )  # fmt: skip


def decoded(data: bytes, headers: Headers) -> bytes:
    """Take bytes out of their transfer encoding; one we do not know leaves them as they are."""
    match headers.word("content-transfer-encoding"):
        case "base64":
            return from_base64(data)
        case "quoted-printable":
            return binascii.a2b_qp(data)
        case _:
            return data


def is_damaged(data: bytes, headers: Headers) -> bool:
    """Say whether bytes cannot have been sent like that: then a digit may be missing, too."""
    match headers.word("content-transfer-encoding"):
        case "base64":
            signs = len(data) - sum(
                data.count(blank) for blank in (b"\r", b"\n", b" ", b"\t")
            )
            return signs % 4 != 0 or _NOT_BASE64.search(data) is not None
        case "quoted-printable":
            return _NOT_QUOTED.search(data) is not None
        case _:
            return False


def _head_and_body(raw: bytes, start: int, end: int) -> tuple[int, int]:
    """Return where a head ends and where its body starts; without a blank line all is head."""
    for nothing in (b"\n", b"\r\n"):
        if raw.startswith(nothing, start, end):
            return start, start + len(nothing)
    found = _END_OF_HEAD.search(raw, start, end)
    return (found.start(), found.end()) if found else (end, end)


class _Walk:
    """One walk through a mail's parts, counting them."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self.leaves: list[Leaf] = []
        self.doubt = ""
        self._parts = 0

    def enter(
        self,
        headers: Headers,
        start: int,
        end: int,
        *,
        number: str,
        inside: tuple[str, ...],
    ) -> None:
        """Look at one part, and into it if it holds others. `number` is empty for the whole."""
        self._parts += 1
        if self._parts > MOST_PARTS or len(inside) > MOST_DEPTH:
            self.doubt = "it has too many parts, or parts within parts"
            return
        kind = content_type_of(headers)
        if kind.media_type.startswith("multipart/"):
            if self._split(kind, start, end, number=number, inside=inside):
                return
            self.doubt = self.doubt or "its parts cannot be told apart"
        self.leaves.append(
            Leaf(
                id=number or "1",
                headers=headers,
                type=kind,
                start=start,
                end=end,
                disposition=headers.word("content-disposition"),
                inside=inside,
                content_id=headers.raw("content-id").strip("<> "),
            )  # fmt: skip
        )

    def _head_at(self, start: int, end: int) -> tuple[Headers, int]:
        head_ends, body = _head_and_body(self._raw, start, end)
        return read_headers(self._raw[start:head_ends]), body

    def _split(
        self,
        kind: ContentType,
        start: int,
        end: int,
        *,
        number: str,
        inside: tuple[str, ...],
    ) -> bool:
        """Enter each part between boundaries. Says False where no boundary can be found."""
        boundary = kind.boundary.encode("utf-8", "replace")
        if not boundary or len(boundary) > MOST_BOUNDARY:
            return False
        spans = self._spans(b"--" + boundary, start, end)
        for position, (first, last) in enumerate(spans, start=1):
            if self._parts >= MOST_PARTS:
                self.doubt = "it has too many parts"
                break
            headers, body = self._head_at(first, last)
            child = f"{number}.{position}" if number else str(position)
            self.enter(
                headers, min(body, last), last, number=child,
                inside=(*inside, kind.media_type),
            )  # fmt: skip
        return bool(spans)

    def _spans(self, mark: bytes, start: int, end: int) -> list[tuple[int, int]]:
        """Find the parts between the lines that start with the mark; the last may lack its end."""
        spans: list[tuple[int, int]] = []
        opened, at, hits = -1, start, 0
        while (at := self._raw.find(mark, at, end)) >= 0 and len(spans) <= MOST_PARTS:
            hits += 1
            if hits > MOST_HITS:
                self.doubt = "its parts cannot be told apart"
                break
            after = self._raw.find(b"\n", at, end)
            line_ends = after + 1 if after >= 0 else end
            rest = self._raw[at + len(mark) : min(line_ends, at + len(mark) + 200)].strip()
            starts_line = at == start or self._raw[at - 1 : at] == b"\n"
            if starts_line and rest in {b"", b"--"}:
                if opened >= 0:
                    spans.append((opened, max(opened, _before_line_end(self._raw, at))))
                opened = line_ends if rest == b"" else -1
                if rest == b"--":
                    break
                at = max(line_ends, at + 1)
            else:
                at += 1
        if opened >= 0:
            spans.append((opened, end))
            self.doubt = self.doubt or "it ends too early"
        return spans


def _before_line_end(raw: bytes, at: int) -> int:
    """Step back over the line end that belongs to a boundary."""
    if raw[at - 2 : at] == b"\r\n":
        return at - 2
    return at - 1
