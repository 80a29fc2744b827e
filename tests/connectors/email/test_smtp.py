"""A real mail server takes each letter once, and whatever it says has one meaning for us."""

import ssl
from collections.abc import Iterator

import pytest

from connectors.email.push import look_up, push
from connectors.errors import (
    AuthExpired,
    ChannelError,
    OutcomeUnknown,
    PermissionDenied,
    Rejected,
    Retryable,
    Unsupported,
)
from connectors.protocol import Connection
from mapping.effects import Mail, Progress
from tests.smtp_server import (
    HOST,
    PASSWORD,
    TOKEN,
    USER,
    PostOffice,
    Proof,
    post_office,
    prove,
)

MAIL = Mail(
    notification=7,
    to="marta@panaderia.example",
    subject="Tu pedido",
    text="Hola\n.\n..fin\n",
    html="<p>Hola</p>",
    language="es",
    message_id="0f3a@cerasal.example",
)


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """A mail server without TLS, which only this machine may use."""
    with post_office() as opened:
        yield opened


@pytest.fixture(scope="module")
def proof(tmp_path_factory: pytest.TempPathFactory) -> Proof:
    """A certificate of this machine."""
    return prove(tmp_path_factory.mktemp("proof"))


def _connection(
    office: PostOffice,
    *,
    security: str = "none",
    allow_loopback: bool = True,
    credentials: dict[str, str] | None = None,
    **settings: str,
) -> Connection:
    return Connection(
        settings={
            "address": USER,
            "smtp_host": HOST,
            "smtp_port": str(office.port),
            "smtp_security": security,
            **settings,
        },
        credentials=credentials or {},
        allow_loopback=allow_loopback,
    )


def test_a_letter_arrives_as_it_was_written(office: PostOffice) -> None:
    pushed = push(_connection(office), MAIL)

    (letter,) = office.letters
    assert (pushed.remote_ref, pushed.outcome) == ("0f3a@cerasal.example", "created")
    assert office.recipients == ["marta@panaderia.example"]
    text = letter.get_body(("plain",))
    assert text is not None
    assert text.get_content().replace("\r\n", "\n") == MAIL.text


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
@pytest.mark.parametrize(
    "answer, error",
    [
        ("421 4.3.2 going down", Retryable),
        ("451 4.7.1 greylisted, come again", Retryable),
        ("452 4.2.2 mailbox full", Retryable),
        ("550 5.1.1 no such user here", Rejected),
        ("554 5.7.1 we do not like it", Rejected),
    ],
)
def test_what_the_server_refuses_surely_did_not_happen(
    office: PostOffice, stage: str, answer: str, error: type[ChannelError]
) -> None:
    office.refuse(stage, answer)

    with pytest.raises(error, match=answer[:9]):
        push(_connection(office), MAIL)

    assert office.taken == []


def test_words_of_the_server_are_shown_without_addresses(office: PostOffice) -> None:
    office.refuse("rcpt", "550 5.1.1 <marta@panaderia.example> is unknown here")

    with pytest.raises(Rejected) as caught:
        push(_connection(office), MAIL)

    assert "is unknown here" in str(caught.value)
    assert "panaderia" not in str(caught.value)


def test_a_lost_answer_after_the_letter_may_have_been_a_yes(office: PostOffice) -> None:
    office.deaths = 1

    with pytest.raises(OutcomeUnknown):
        push(_connection(office), MAIL)

    assert len(office.taken) == 1


def test_nobody_can_say_later_whether_it_was_sent() -> None:
    with pytest.raises(Unsupported, match="may have been sent"):
        look_up(MAIL)


def test_a_server_that_is_not_there_is_asked_again_later() -> None:
    gone = PostOffice(port=1)

    with pytest.raises(Retryable):
        push(_connection(gone), MAIL)


def test_without_tls_only_a_sandbox_is_spoken_to(office: PostOffice) -> None:
    with pytest.raises(Rejected, match="sandbox"):
        push(_connection(office, allow_loopback=False), MAIL)

    assert office.taken == []


def test_this_machine_is_refused_to_whoever_is_not_in_a_sandbox(proof: Proof) -> None:
    with post_office(tls=proof.server) as office:
        connection = _connection(office, security="tls", allow_loopback=False)

        with pytest.raises(Rejected, match="not public"):
            push(connection, MAIL, context=proof.client)

        assert office.taken == []


def _open(security: str, proof: Proof) -> dict[str, ssl.SSLContext]:
    return {"tls" if security == "tls" else "starttls": proof.server}


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_server_that_proves_itself_gets_the_password_and_the_letter(
    security: str, proof: Proof
) -> None:
    with post_office(**_open(security, proof)) as office:
        connection = _connection(
            office, security=security, credentials={"password": PASSWORD}
        )

        push(connection, MAIL, context=proof.client)

        assert len(office.taken) == 1
        assert len(office.logins) == 1


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_server_that_cannot_prove_itself_gets_neither(
    security: str, proof: Proof
) -> None:
    with post_office(**_open(security, proof)) as office:
        connection = _connection(
            office, security=security, credentials={"password": PASSWORD}
        )

        with pytest.raises(Retryable, match="certificate"):
            push(connection, MAIL)

        assert (office.taken, office.logins) == ([], [])


def test_a_server_without_starttls_gets_neither(office: PostOffice, proof: Proof) -> None:
    connection = _connection(
        office, security="starttls", credentials={"password": PASSWORD}
    )

    with pytest.raises(PermissionDenied, match="STARTTLS"):
        push(connection, MAIL, context=proof.client)

    assert (office.taken, office.logins) == ([], [])


def test_a_token_opens_the_door_where_there_is_no_password(office: PostOffice) -> None:
    connection = _connection(office, auth="xoauth2", credentials={"access_token": TOKEN})

    push(connection, MAIL)

    assert office.logins == ["XOAUTH2"]
    assert len(office.taken) == 1


@pytest.mark.parametrize(
    "auth, credentials",
    [
        ("password", {"password": "an old password"}),
        ("xoauth2", {"access_token": "ya29-over"}),
    ],
)
def test_a_login_that_is_not_taken_asks_for_the_owner_and_is_not_quoted(
    office: PostOffice, auth: str, credentials: dict[str, str]
) -> None:
    with pytest.raises(AuthExpired) as caught:
        push(_connection(office, auth=auth, credentials=credentials), MAIL)

    assert office.taken == []
    assert not any(secret in str(caught.value) for secret in credentials.values())


def test_a_mailbox_without_a_sending_server_sends_nothing() -> None:
    with pytest.raises(Unsupported, match="SMTP"):
        push(Connection(settings={"address": USER}, credentials={}), MAIL)


def test_a_mailbox_is_told_letters_only(office: PostOffice) -> None:
    with pytest.raises(Unsupported):
        push(_connection(office), Progress(order_id="1", note="in production"))
