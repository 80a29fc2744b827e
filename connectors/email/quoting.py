"""Tells what a sender wrote now from what they answer to, pass on, or always sign with."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from connectors.email.clean import one_line
from mapping.letter import Forwarded

LONGEST_SIGNATURE = 15
"""Lines. More behind a "-- " is no signature but a part of the letter."""
MOST_PASSED_ON = 4
"""How often a letter was passed on before that is looked into."""
_LONGEST_INTRO = 400

_FORWARD = re.compile(r"(?i)^\s*(fwd?|rv|reenv|tr|wg|enc)\s*:")
_REPLY = re.compile(r"(?i)^\s*(re|aw|sv|antw|r|rif)(\[\d+\])?\s*:")
_INTRO_STARTS = ("on ", "el ", "em ", "le ", "am ", "il ", "op ")
_INTRO_ENDS = (
    "wrote", "escribió", "escribio", "a écrit", "schrieb", "escreveu", "ha scritto", "schreef",
)  # fmt: skip
_OLD_GMAIL = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}[ T]\d{1,2}:\d\d [^<>@]{0,100}<[^<>@ ]{1,64}@[^<> ]{1,190}>:?"
)
_PASSED_ON = frozenset(
    ["forwarded message", "mensaje reenviado", "begin forwarded message", "forwarded by",
     "inicio del mensaje reenviado", "reenviado", "mensaje enviado"]
)  # fmt: skip
_ORIGINAL = frozenset(["original message", "mensaje original", "mensaje de origen"])
_FIELD = re.compile(r"\*{0,2}([A-Za-zÁ-ú][A-Za-zÁ-ú -]{0,20}?)\s?:\s?\*{0,2}\s?(.*)")
_FIELDS = {
    "from": "from", "de": "from", "remitente": "from", "von": "from",
    "subject": "subject", "asunto": "subject", "betreff": "subject",
    "date": "date", "sent": "date", "fecha": "date", "enviado": "date", "enviado el": "date",
    "enviada el": "date", "enviado em": "date",
    "to": "to", "para": "to", "cc": "cc", "reply-to": "reply", "responder a": "reply",
}  # fmt: skip
_ADDRESS = re.compile(r"[^\s<>\"'(),;:\[\]]{1,64}@[A-Za-z0-9.-]{1,190}")
_SENT_FROM = re.compile(
    r"(?i)(sent from|get outlook for|enviado desde|obtener outlook para|descargar outlook) .{0,60}"
)
_LIKE_AN_ORDER = re.compile(
    r"(?i)\W{0,5}\d{1,6}\s?(x|×|uds?\.?|unidades|pcs|pieces|units|cajas?|boxes)\s.{2,80}"
    r"|\W{0,5}\S{3,40}\s{1,3}(x|×)\s?\d{1,6}\W{0,5}"
)

Numbered = Sequence[tuple[int, str]]
"""Lines, each with its number in the whole text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A text taken apart."""

    own: str
    """What the sender wrote now, without signature."""
    quoted: str = ""
    """What they answer to."""
    signature: str = ""
    forwarded: Forwarded | None = None
    """What the letter they pass on says of itself; None where none is passed on."""
    passed_on: str = ""
    """What the writer of that letter wrote, quotes and signature aside."""
    inner_at: int | None = None
    """The line at which the letter that is passed on begins."""
    quote_at: int | None = None
    """The line from which on everything is quoted; None where nothing is, or lines between."""


@dataclass(frozen=True, slots=True)
class _Break:
    at: int
    behind: int
    is_passed_on: bool
    is_sure: bool
    """Whether its words say which of both it is; else the subject does."""


def is_reply_subject(subject: str) -> bool:
    """Say whether a subject begins as answers do."""
    return bool(_REPLY.match(subject))


def split(text: str, *, subject: str = "", is_reply: bool = False) -> Written:
    """Take a text apart, in time that grows with its lines.

    `is_reply` says that a header names a letter this one answers.
    """
    numbered = list(enumerate(text.split("\n")))
    return _split(numbered, subject=subject, is_reply=is_reply, depth=0)


def _split(lines: Numbered, *, subject: str, is_reply: bool, depth: int) -> Written:
    says_reply = is_reply or is_reply_subject(subject)
    found = _first_break(lines, says_reply=says_reply)
    if found is None:
        return _between(lines, quote_at=None)
    above = lines[: found.at]
    below = lines[found.behind :]
    is_passed_on = found.is_passed_on
    if not found.is_sure:
        is_passed_on = bool(_FORWARD.match(subject)) or not says_reply
    if is_passed_on and depth < MOST_PASSED_ON:
        return _passed_on(above, below, depth=depth)
    marked = next((line.startswith(">") for _, line in below if line.strip()), False)
    if marked:
        return _between([*above, *below], quote_at=None)
    made = _between(above, quote_at=lines[found.at][0])
    rest = "\n".join(line for _, line in below).strip()
    return Written(
        own=made.own, quoted="\n\n".join(filter(None, [made.quoted, rest])),
        signature=made.signature, quote_at=made.quote_at,
    )  # fmt: skip


def _between(lines: Numbered, *, quote_at: int | None) -> Written:
    """Take lines that begin with > out of the others."""
    own = "\n".join(line for _, line in lines if not line.startswith(">"))
    quoted = "\n".join(line.lstrip("> ") for _, line in lines if line.startswith(">"))
    words, signature = _without_signature(own)
    return Written(own=words, quoted=quoted.strip(), signature=signature, quote_at=quote_at)


def _passed_on(above: Numbered, below: Numbered, *, depth: int) -> Written:
    """Read the head of the letter that was passed on, and take it apart in its turn."""
    top = _between(above, quote_at=None)
    plain = _unmarked(below)
    fields, behind = _head(plain)
    inside = plain[behind:]
    begins = next((number for number, line in inside if line.strip()), None)
    inner = _split(
        inside, subject=fields.get("subject", ""), is_reply=False, depth=depth + 1
    )
    sender = fields.get("from", "")
    address = _ADDRESS.search(sender)
    name = sender[: address.start()] if address else sender
    told = Forwarded(
        address=address[0].lower().removeprefix("mailto:") if address else "",
        name=one_line(name.strip(" <[(\"'*"), most=200),
        subject=one_line(fields.get("subject", "")),
    )
    deeper = inner.forwarded is not None
    return Written(
        own=top.own,
        quoted="\n\n".join(filter(None, [top.quoted, inner.quoted])),
        signature=top.signature,
        forwarded=inner.forwarded if deeper else told,
        passed_on="\n\n".join(filter(None, [inner.own, inner.passed_on])),
        inner_at=inner.inner_at if deeper else begins,
        quote_at=inner.quote_at,
    )


def _unmarked(lines: Numbered) -> Numbered:
    """Take one > off every line where the first one has it."""
    first = next((line for _, line in lines if line.strip()), "")
    if not first.startswith(">"):
        return lines
    return [(number, line.removeprefix(">").removeprefix(" ")) for number, line in lines]


def _first_break(lines: Numbered, *, says_reply: bool) -> _Break | None:
    """Find where something else begins; in an answer what is marked with > is all one quote."""
    for at, (_, line) in enumerate(lines):
        is_marked, bare = line.startswith(">"), line.lstrip("> ").strip()
        if not bare or (says_reply and is_marked):
            continue
        if found := _separator(bare, at):
            return found
        if _is_head(lines, at):
            return _Break(at, at, is_passed_on=False, is_sure=False)
        if not is_marked and (behind := _intro(lines, at)):
            return _Break(at, behind, is_passed_on=False, is_sure=True)
    return None


def _separator(bare: str, at: int) -> _Break | None:
    """Know a line such as "---------- Forwarded message ---------"."""
    if bare[0] not in "-*_" and not bare.endswith(":"):
        return None
    word = bare.strip("-_*: ").casefold()
    if word in _PASSED_ON:
        return _Break(at, at + 1, is_passed_on=True, is_sure=True)
    if word in _ORIGINAL:
        return _Break(at, at + 1, is_passed_on=False, is_sure=False)
    return None


def _intro(lines: Numbered, at: int) -> int:
    """Return the place behind "On … wrote:", which may take three lines; 0 where there is none."""
    first = lines[at][1].strip().strip("-").strip()
    if _OLD_GMAIL.fullmatch(first):
        return at + 1
    if not first.casefold().startswith(_INTRO_STARTS):
        return 0
    joined = ""
    for behind in range(at, min(at + 3, len(lines))):
        joined = f"{joined} {lines[behind][1].strip()}".strip()
        if len(joined) > _LONGEST_INTRO:
            return 0
        bare = joined.rstrip("-: \xa0").casefold()
        if bare.endswith(_INTRO_ENDS) and any(sign.isdigit() for sign in bare):
            return behind + 1
    return 0


def _is_head(lines: Numbered, at: int) -> bool:
    """Say whether the head of another letter begins here: From, Subject and one more field."""
    if _field(lines[at][1])[0] != "from":
        return False
    near = {_field(line)[0] for _, line in lines[at : at + 9]}
    return "subject" in near and len(near & {"date", "to", "cc"}) > 0


def _field(line: str) -> tuple[str, str]:
    found = _FIELD.match(line.lstrip("> ")[:_LONGEST_INTRO])
    if found is None:
        return "", ""
    return _FIELDS.get(found[1].strip().casefold(), ""), found[2].strip("* ")


def _head(lines: Numbered) -> tuple[dict[str, str], int]:
    """Read the fields of a letter's head as it stands in a text, and where its body begins."""
    fields: dict[str, str] = {}
    behind, last = 0, ""
    for position, (_, line) in enumerate(lines[:20]):
        name, value = _field(line)
        if name:
            fields.setdefault(name, value)
            last, behind = name, position + 1
        elif not line.strip():
            if fields:
                break
        elif not last or len(fields[last]) > _LONGEST_INTRO:
            break
        else:
            fields[last] = f"{fields[last]} {line.strip()}"
            behind = position + 1
    return fields, behind


def _without_signature(text: str) -> tuple[str, str]:
    """Cut the signature off. What reads like an order is none, whatever stands above it."""
    lines = text.strip("\n").split("\n")
    at = next(
        (
            number
            for number in range(max(0, len(lines) - LONGEST_SIGNATURE - 1), len(lines))
            if lines[number] == "-- " or lines[number].strip() in {"--", "—"}
        ),
        None,
    )
    if at is not None and not any(_LIKE_AN_ORDER.fullmatch(line) for line in lines[at:]):
        return "\n".join(lines[:at]).strip(), "\n".join(lines[at + 1 :]).strip()
    kept = [line for line in lines if not _SENT_FROM.fullmatch(line.strip())]
    return "\n".join(kept).strip(), ""
