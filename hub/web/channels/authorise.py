"""Letting us into a shop on the shop's own page (OAuth): the way there, and the way back."""

from flask import Response, request

from connectors.errors import ChannelError
from connectors.protocol import AuthorisedByPerson, Token
from hub.flow.channels.authorise import CameBack, let_in, set_out
from hub.flow.channels.authorise import come_back as use_up
from hub.flow.refusal import Refusal
from hub.models.records.channels import ChannelAccount
from hub.ports import open_channel
from hub.web.channels.channel_pages import CALLBACK, account_of, page_of
from hub.web.channels.connect import again_at
from hub.web.page_door import Deed, PageDoor, Routes, Trouble, asked, show, went
from hub.web.wording.finding_words import finding_words
from hub.web.wording.language import gettext

MOST_ANSWERED = 20
"""So many words of a shop's answer are looked at."""


def authorise_channel(door: PageDoor, account_id: int) -> Response:
    """Make the way to the shop's own page. It is a link: our pages send forms nowhere else."""

    def change(deed: Deed) -> tuple[ChannelAccount, str]:
        account = account_of(deed.session, account_id)
        channel = _asked_of(door, account)
        secrets = set_out(
            deed.session,
            vault=door.ports.vault,
            account_id=account_id,
            redirect_uri=door.ports.settings.url + CALLBACK,
            who=deed.who,
            now=deed.now,
        )
        try:
            address = channel.authorise(
                redirect_uri=door.ports.settings.url + CALLBACK,
                state=secrets.state,
                verifier=secrets.verifier,
            )
        except ChannelError as error:
            raise Refusal(_told(error)) from error
        return account, address

    return door.press(
        change,
        done=lambda made: show(
            "channels/authorise.html",
            account=made[0],
            address=made[1],
            callback=door.ports.settings.url + CALLBACK,
        ),
        again=lambda trouble: again_at(door, account_id, trouble),
        about="authorise",
        wake=(),
    )


def come_back(door: PageDoor) -> Response:
    """Take what the shop's page sent back, trade it for a token, and keep that."""
    return door.press(
        lambda deed: use_up(
            deed.session,
            vault=door.ports.vault,
            state=asked("state"),
            who=deed.who,
            now=deed.now,
        ),
        done=lambda back: _finish(door, back),
        again=lambda trouble: show("channels/came_back.html", trouble=trouble),
        about="authorise",
        wake=(),
    )


def _finish(door: PageDoor, back: CameBack) -> Response:
    try:
        token = _trade(door, back)
    except ChannelError as error:
        trouble = Trouble(about="authorise", message=_told(error))
        return page_of(door, back.account_id, trouble=trouble)

    def keep(deed: Deed) -> None:
        let_in(
            deed.session,
            vault=door.ports.vault,
            account_id=back.account_id,
            token=token,
            who=deed.who,
            now=deed.now,
        )

    return door.press(
        keep,
        done=lambda _: went(
            "pages.connect_stage",
            "authorised",
            account_id=back.account_id,
            stage="test",
        ),
        again=lambda trouble: page_of(door, back.account_id, trouble=trouble),
        about="authorise",
        wake=("sweep",),
    )


def _trade(door: PageDoor, back: CameBack) -> Token:
    """Call the shop, with no transaction open."""
    with door.reading() as session:
        account = account_of(session, back.account_id)
    answer = dict(list(request.args.items())[:MOST_ANSWERED])
    return _asked_of(door, account).finish(
        redirect_uri=back.redirect_uri,
        verifier=back.verifier,
        answer=answer,
        now=door.now(),
    )


def _told(error: ChannelError) -> str:
    return gettext("The channel says: %(words)s", words=finding_words(str(error)))


def _asked_of(door: PageDoor, account: ChannelAccount) -> AuthorisedByPerson:
    channel = open_channel(door.ports, account=account)
    if not isinstance(channel, AuthorisedByPerson):
        raise Refusal("This channel has no page of its own to let us in.")
    return channel


ROUTES: Routes = (
    ("POST", "/channels/<id:account_id>/authorise", authorise_channel),
    ("GET", CALLBACK, come_back),
)
