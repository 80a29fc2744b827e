"""E-mail read in the test's own process, its signatures asked of a list instead of servers."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import ClassVar

from connectors.email.channel import REGISTRATION, SPEC, Email
from connectors.email.mail_settings import MailSettings
from connectors.email.read import read
from connectors.protocol import Connection, Registration
from connectors.readings import LetterSeen, Message, Reading
from connectors.registry import CHANNELS
from connectors.spec import Spec
from mapping.letter import Proof, Sender
from tests.letters.corpus.signed import told
from tests.letters.post import BOSQUE, address_of

CUSTOMER = Sender(address=address_of(BOSQUE), proof=Proof.YES, how="switched off")
HERE_SPEC = replace(SPEC, reads_apart=False)


class ReadHere(Email):
    """The same channel, but that nothing starts a process or asks a name server."""

    spec: ClassVar[Spec] = HERE_SPEC

    def read(self, message: Message) -> Reading:
        """Say what a mail says."""
        given = self._connection.settings
        settings = MailSettings(
            address=given["address"],
            authserv_id=given.get("authserv_id", ""),
            own_domains=frozenset(given.get("own_domains", "").split(",")),
            trust_forwards=given.get("trust_forwards") == "yes",
            instance="here",
        )
        return read(message, settings=settings, lookup=told)


def channels_with(
    connect: Callable[[Connection], Email],
) -> Mapping[str, Registration]:
    """Return all channels, with e-mail connected in this way."""
    made = Registration(spec=HERE_SPEC, connect=connect, check=REGISTRATION.check)
    return {**CHANNELS, SPEC.key: made}


HERE = channels_with(ReadHere)


class Believing(ReadHere):
    """Takes every mail for one a customer of long standing wrote, whoever did.

    So the allow list and the proof of senders are off, and all that is left to say that a mail is
    no order is what it says.
    """

    def read(self, message: Message) -> Reading:
        """Say what a mail says, and that the customer wrote it."""
        reading = super().read(message)
        assert isinstance(reading, LetterSeen)
        letter = reading.letter
        return LetterSeen(letter=replace(letter, sender=CUSTOMER, forwarded=None))


BELIEVING = channels_with(Believing)
