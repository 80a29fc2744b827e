"""What a mailbox can be told: letters of ours, each sent once or left to a person."""

import ssl

from connectors.email.compose import addressed, compose
from connectors.email.settings import address_of, instance_of, login_of, smtp_of
from connectors.email.smtp import send
from connectors.errors import Unsupported
from connectors.protocol import Connection, Pushed
from mapping.effects import Effect, Mail


def push(
    connection: Connection, effect: Effect, *, context: ssl.SSLContext | None = None
) -> Pushed:
    """Send a letter; its Message-ID is what it is known by. `context` is for tests of TLS.

    :raises Unsupported: this is no letter, or the account has no server to send through.
    :raises ChannelError: the kind says what the outcome was (connectors/email/smtp.py).
    """
    mail, server = _letter(effect), smtp_of(connection)
    if server is None:
        raise Unsupported("this mailbox cannot send: it has no sending server (SMTP)")
    address = address_of(connection)
    letter = compose(mail, address=address, instance=instance_of(connection))
    send(
        letter,
        sender=addressed(address).addr_spec,
        recipient=addressed(mail.to).addr_spec,
        server=server,
        login=login_of(connection),
        context=context,
    )
    return Pushed(remote_ref=mail.message_id, outcome="created")


def look_up(effect: Effect) -> Pushed | None:
    """Say whether a letter was sent. Nobody can: SMTP keeps nothing that could be asked.

    A letter twice is worse than one that a person looks after (facts: reliability 3.6).

    :raises Unsupported: always; the words are for the person who decides.
    """
    _letter(effect)
    raise Unsupported(
        "This letter may have been sent: the mail server's answer was lost. "
        "Look whether it arrived, or press Send again."
    )


def _letter(effect: Effect) -> Mail:
    if not isinstance(effect, Mail):
        raise Unsupported("a mailbox cannot be told this")
    return effect
