"""E-mail read in the test's own process, its signatures asked of a list instead of servers."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from connectors.email.channel import REGISTRATION, Email
from connectors.protocol import Connection, Registration
from connectors.readings import LetterSeen, Message, Reading
from connectors.registry import CHANNELS
from mapping.letter import Proof, Sender
from tests.letters.corpus.signed import told
from tests.letters.post import BOSQUE, address_of

CUSTOMER = Sender(address=address_of(BOSQUE), proof=Proof.YES, how="switched off")


def read_here(connection: Connection) -> Email:
    """Make the channel as it is, but that no name server is asked."""
    return Email(connection, lookup=told)


def channels_with(
    connect: Callable[[Connection], Email],
) -> Mapping[str, Registration]:
    """Return all channels, with e-mail connected in this way; so no child process reads it."""
    key = REGISTRATION.spec.key
    made = Registration(spec=REGISTRATION.spec, connect=connect, check=REGISTRATION.check)
    return {**CHANNELS, key: made}


class Believing(Email):
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


HERE = channels_with(read_here)
BELIEVING = channels_with(Believing)
