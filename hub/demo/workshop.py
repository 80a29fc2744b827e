"""The demo's workshop: never one of somebody's own, and a way in that needs no password."""

from datetime import datetime
from secrets import token_urlsafe

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.domain.people.roles import Role
from hub.flow.people.entrance import add_user, make_login_link
from hub.flow.people.tokens import make_token
from hub.models import migrate
from hub.models.records.people import ApiToken, User
from hub.models.session import Database
from hub.sample.company import is_empty
from hub.settings import Settings
from hub.supervise import CannotStart

OWNER = "maker@cera-y-sal.example"
MAKER_TOKEN = "Demo maker"  # noqa: S105 - its name


def refuse_a_real_workshop(settings: Settings) -> None:
    """Make sure that nobody's own orders and stock get mixed up with made-up ones.

    :raises CannotStart: the database holds a workshop that is not the demo's.
    """
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if migrate.current(settings.database) is None:
        return
    database = Database(settings.database)
    try:
        with database.reading() as session:
            is_ours = _is_ours(session)
    finally:
        database.dispose()
    if not is_ours:
        raise CannotStart(
            "there is a workshop here that is not the demo's: choose another --data,"
            " and leave DATABASE_URL out"
        )


def log_in_secret(session: Session, *, now: datetime) -> str:
    """Make the secret of a link that logs in the demo's owner, once; makes the owner, too."""
    known = session.scalar(select(User.id).filter_by(email=OWNER))
    user_id = known or add_user(
        session,
        email=OWNER,
        name="Carmen",
        password=token_urlsafe(24),
        role=Role.OWNER,
        who="system",
        now=now,
    )
    return make_login_link(session, user_id=user_id, now=now)


def maker_token(session: Session, *, now: datetime) -> str:
    """Make the token of the maker who works alone; those of earlier starts end."""
    session.execute(
        update(ApiToken)
        .where(ApiToken.name == MAKER_TOKEN, ApiToken.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return make_token(session, name=MAKER_TOKEN, role=Role.PLANNER, now=now)


def _is_ours(session: Session) -> bool:
    has_users = session.scalar(select(User.id).limit(1)) is not None
    if has_users:
        return session.scalar(select(User.id).filter_by(email=OWNER)) is not None
    return is_empty(session)
