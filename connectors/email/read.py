"""Reads a mail: whatever its bytes are, a letter comes out, and nothing else ever."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from connectors.email.bounces import bounce_of
from connectors.email.clean import fit_to_keep, one_line
from connectors.email.contents import Contents, contents_of
from connectors.email.extract.extract import extract as extract_all
from connectors.email.extract.extracted import Extracted
from connectors.email.headers import addresses_of, sent_at
from connectors.email.intent import (
    intent_of,
    intent_of_documents,
    language_of,
    order_numbers,
)
from connectors.email.keys import TxtLookup, ask
from connectors.email.loops import (
    OUR_ID_HEADER,
    answered_by_machine,
    our_own,
    sent_by_software,
)
from connectors.email.mail_settings import MailSettings
from connectors.email.mime import MOST_BYTES, Opened, open_mail
from connectors.email.notices import Told, told_by_shop
from connectors.email.parts import Part
from connectors.email.quoting import is_reply_subject
from connectors.email.sender import sender_of
from connectors.message_ids import message_id_of
from connectors.readings import UNOPENED, LetterSeen, Message
from mapping.letter import (
    Attached,
    Bounce,
    Intent,
    Letter,
    Proof,
    Sender,
    Source,
    Trouble,
)

MOST_IDS = 50


Extract = Callable[[Sequence[Part]], Extracted]


def read(
    message: Message,
    *,
    settings: MailSettings,
    lookup: TxtLookup = ask,
    extract: Extract = extract_all,
) -> LetterSeen:
    """Read a mail. This function will return a letter whatever the bytes are; it never raises.

    What could not be looked at makes it `is_cut`. Running out of memory alone goes through, so
    that the process it happened in can end.
    """
    raw, unopened = message.body, message.headers.get(UNOPENED, "")
    try:
        opened = open_mail(raw)
        if unopened or len(raw) > MOST_BYTES:
            letter = _closed(opened, settings=settings, why=unopened or opened.doubt)
        else:
            letter = _letter(opened, settings=settings, lookup=lookup, extract=extract)
        return LetterSeen(letter=fit_to_keep(letter))
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - a mistake of ours must not lose a mail
        return LetterSeen(letter=_given_up(raw, error))


def _letter(
    opened: Opened, *, settings: MailSettings, lookup: TxtLookup, extract: Extract
) -> Letter:
    letter = _head(opened, settings=settings)
    is_reply = bool(letter.in_reply_to or letter.references)
    contents = contents_of(opened, subject=letter.subject, is_reply=is_reply)
    seen = _Seen(letter=letter, contents=contents, opened=opened, settings=settings)
    letter = seen.with_intent()
    if letter.intent in _NEVER_ORDERS and not letter.is_known_mailer:
        return replace(letter, attached=tuple(contents.attached))
    letter = replace(letter, sender=sender_of(opened, settings=settings, lookup=lookup))
    return _with_drafts(letter, contents, extract=extract)


_NEVER_ORDERS = frozenset({Intent.BOUNCE, Intent.AUTOMATIC})


def _head(opened: Opened, *, settings: MailSettings) -> Letter:
    """Say what the head of a mail says; nothing is proven yet."""
    headers, raw = opened.headers, opened.raw
    named = addresses_of(headers, "from")
    is_ours = settings.instance in headers.all("x-hub-loop") and bool(settings.instance)
    return Letter(
        message_id=message_id_of(raw),
        our_id=_bare(headers.raw(OUR_ID_HEADER)) if is_ours else "",
        content_hash=sha256(raw).hexdigest(),
        size=len(raw),
        sender=Sender(
            address=named[0][1] if len(named) == 1 else "",
            name=named[0][0] if named else "",
            proof=Proof.UNKNOWN,
            how="not looked at",
        ),
        subject=headers.text("subject"),
        intent=Intent.ORDER,
        in_reply_to=next(iter(headers.ids("in-reply-to")), ""),
        references=headers.ids("references")[-MOST_IDS:],
        to=tuple(address for _, address in addresses_of(headers, "to"))[:MOST_IDS],
        sent_at=sent_at(headers),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """A letter half read: its head and what was found in it."""

    letter: Letter
    contents: Contents
    opened: Opened
    settings: MailSettings

    def with_intent(self) -> Letter:
        """Say what it is about, and keep what was found on the way."""
        contents, letter = self.contents, self.letter
        software = sent_by_software(self.opened.headers)
        bounce, told = self._bounce(), self._shop()
        intent, why = self._intent(bounce=bounce, told=told, software=software)
        words = f"{letter.subject}\n{self._inner_subject}\n{contents.own}"
        return replace(
            letter,
            intent=intent,
            why=one_line(why, most=200),
            bounce=bounce,
            notice=told.notice if told and intent is Intent.NOTICE else None,
            is_known_mailer=bool(software) and not self._machine,
            forwarded=contents.forwarded,
            texts=tuple(contents.texts),
            language=language_of(words),
            order_numbers=order_numbers(words),
            content_hash=self._hash(),
            is_cut=contents.is_cut,
        )

    def _intent(
        self, *, bounce: Bounce | None, told: Told | None, software: str
    ) -> tuple[Intent, str]:
        if bounce is not None:
            return Intent.BOUNCE, bounce.status or "a report of a mail server"
        if machine := self._machine:
            return Intent.AUTOMATIC, machine
        if told is not None:
            return Intent.NOTICE, told.why
        if software:
            return Intent.AUTOMATIC, software
        return self._asked()

    @property
    def _machine(self) -> str:
        headers, kind = self.opened.headers, self.opened.type.media_type
        return our_own(headers, settings=self.settings) or answered_by_machine(
            headers, media_type=kind
        )

    def _bounce(self) -> Bounce | None:
        """Read a report; one about our own letter comes from a server, never from ourselves."""
        return bounce_of(self.opened)

    def _shop(self) -> Told | None:
        passed = self.contents.forwarded
        return told_by_shop(
            sender=passed.address if passed else self.letter.sender.address,
            subject=self._inner_subject or self.letter.subject,
            words=self.contents.own,
        )

    def _asked(self) -> tuple[Intent, str]:
        """Go by documents, then by what is crossed out, then by the sender's own words."""
        letter, contents = self.letter, self.contents
        intent, why = intent_of_documents(contents.parts)
        if intent is not Intent.ORDER:
            return intent, why
        if contents.is_struck:
            return Intent.CHANGE, "something is crossed out"
        is_answer = bool(letter.in_reply_to) or is_reply_subject(letter.subject)
        subject = "" if is_answer else letter.subject
        passed = "" if is_reply_subject(self._inner_subject) else self._inner_subject
        return intent_of("\n".join((subject, passed, contents.own)))

    @property
    def _inner_subject(self) -> str:
        passed = self.contents.forwarded
        return passed.subject if passed else ""

    def _hash(self) -> str:
        """Make what is equal for the same words and files of the same sender to the same mail.

        "Please cancel this order" in answer to two mails asks for two things.
        """
        letter = self.letter
        words = [" ".join(text.text.split()) for text in self.contents.texts]
        said = (
            letter.sender.address,
            letter.subject,
            letter.in_reply_to,
            *words,
            *sorted(self.contents.hashes),
        )
        joined = "".join(f"{len(each)}:{each}" for each in said)
        return sha256(joined.encode("utf-8", "replace")).hexdigest()


# What is ordered in it ----------------------------------------------------------------------

_TRUST = list(Source)


def _with_drafts(letter: Letter, contents: Contents, *, extract: Extract) -> Letter:
    """Have every part read; what breaks there leaves a letter that was not read whole."""
    attached = contents.attached
    try:
        found = extract(contents.parts)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - as in read(): a person looks at it
        return replace(letter, attached=tuple(attached), is_cut=True)
    return replace(
        letter,
        attached=_troubled(attached, contents.parts, found),
        drafts=tuple(sorted(found.drafts, key=lambda each: _TRUST.index(each.source))),
        tables=tuple(found.tables),
    )


def _troubled(
    attached: Sequence[Attached], parts: Sequence[Part], found: Extracted
) -> tuple[Attached, ...]:
    """Note which files could not be read after all, and which texts."""
    noted = tuple(
        replace(file, trouble=Trouble.UNREADABLE, why=one_line(found.troubles[file.part]))
        if file.part in found.troubles and file.trouble is None
        else file
        for file in attached
    )
    files = {file.part for file in attached}
    return noted + tuple(
        Attached(
            part=part.id,
            name=part.name,
            media_type=part.media_type,
            size=len(part.data),
            trouble=Trouble.UNREADABLE,
            why=one_line(found.troubles[part.id]),
        )  # fmt: skip
        for part in parts
        if part.id in found.troubles and part.id not in files
    )


# What could not be opened -------------------------------------------------------------------


def _closed(opened: Opened, *, settings: MailSettings, why: str) -> Letter:
    """Say what the head alone says; the mail itself is a file nobody could open."""
    letter = _head(opened, settings=settings)
    kind = opened.type.media_type
    machine = our_own(opened.headers, settings=settings) or answered_by_machine(
        opened.headers, media_type=kind
    )
    too_big = letter.size > MOST_BYTES
    whole = Attached(
        part="0", name="", media_type="message/rfc822", size=letter.size,
        trouble=Trouble.TOO_BIG if too_big else Trouble.UNREADABLE, why=one_line(why),
    )  # fmt: skip
    return replace(
        letter,
        intent=Intent.AUTOMATIC if machine else Intent.ORDER,
        why=machine,
        order_numbers=order_numbers(letter.subject),
        attached=(whole,),
        is_cut=True,
    )


def _given_up(raw: bytes, error: Exception) -> Letter:
    """Say the least there is to say of a mail we made a mistake over."""
    digest = sha256(raw).hexdigest()
    return Letter(
        message_id=message_id_of(raw),
        our_id="",
        content_hash=digest,
        size=len(raw),
        sender=Sender(address="", proof=Proof.UNKNOWN, how="not looked at"),
        subject="",
        intent=Intent.ORDER,
        attached=(
            Attached(
                part="0", name="", media_type="message/rfc822", size=len(raw),
                trouble=Trouble.UNREADABLE, why=f"a mistake in Hornada ({type(error).__name__})",
            ),
        ),
        is_cut=True,
    )  # fmt: skip


def _bare(written: str) -> str:
    return written.strip().removeprefix("<").removesuffix(">")[:250]
