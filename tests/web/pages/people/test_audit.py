"""The audit log: who did what, found again, page by page and as a table."""

import ast
import csv
import io
import re
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.people.roles import Role
from hub.flow.people.tokens import make_token
from hub.models.newest import Window
from hub.models.people.audit_views import Sought, find_history
from hub.models.records.history import History, record
from hub.ports import Ports
from hub.web.wording.event_words import EVENTS
from tests.factories import NOW
from tests.web.pages.visitor import PASSWORD, Visitor, email_of

ROOT = Path(__file__).resolve().parents[4]
PLAIN = re.compile(r"[a-z_]+\.[a-z_]*[a-z]")
"""A machine word such as run.started."""
ROW = re.compile(r'data-label="What"')


def happen(session: Session, *, days: int = 0, **what: object) -> None:
    """Write something into the history, some days after NOW."""
    told = {"who": "user:1", "subject": "order", "subject_id": 1, "what": "order.on_hold"}
    record(session, at=NOW + timedelta(days=days), **{**told, **what})  # type: ignore[arg-type]


def test_a_log_in_and_what_an_owner_does_is_found_in_words(
    owner: Visitor, stranger: Visitor
) -> None:
    stranger.press("/login", page="/login", email=email_of(Role.OWNER), password="wrong")
    stranger.press("/login", page="/login", email=email_of(Role.OWNER), password=PASSWORD)
    owner.press("/people", page="/people", email="leo@cerysal.example", role="maker")
    owner.press("/tokens", page="/tokens", name="labels", role="viewer", reach="all")

    page = owner.see("/audit?kind=people")

    assert "Logged in (failed tries before: 1)" in page
    assert "Invited as Maker" in page
    assert "Token made: Viewer" in page
    assert 'href="/people/1"' in page


def test_from_what_to_what_is_said_in_words_and_only_where_it_says_more(
    ports: Ports, owner: Visitor
) -> None:
    states = {
        "order.phase": ("new", "materials_reserved"),
        "run.moved": ("2026-12-01", "2026-12-03"),
        "run.relinked": ("2", "2"),
        "line.changed": ("2 wanted, 0 sent", "1 wanted, 0 sent"),
        "decision.run_grows": ("grown", "1 each SALT"),
    }
    with ports.database.begin() as session:
        for what, (before, after) in states.items():
            happen(session, what=what, from_state=before, to_state=after)

    page = owner.see("/audit")

    said = re.findall(r'class="log-from">([^<]* → [^<]*)<', page)
    assert sorted(said) == [
        "2 wanted, 0 sent → 1 wanted, 0 sent",
        "New → Materials reserved",
        "Tue 1 Dec → Thu 3 Dec",
    ]


def test_no_address_and_no_password_is_kept_of_a_failed_log_in(
    ports: Ports, owner: Visitor, stranger: Visitor
) -> None:
    for _ in range(5):
        stranger.press(
            "/login", page="/login", email=email_of(Role.OWNER), password="wr0ng"
        )

    page = owner.see("/audit")

    assert "Too many tries to log in" in page
    assert "5 tries to log in led nowhere" in page
    with ports.database.reading() as session:
        kept = " ".join(
            f"{row.who} {row.why} {row.detail} {row.to_state}"
            for row in session.scalars(select(History))
        )
    assert "127.0.0.1" not in kept
    assert "wr0ng" not in kept


def test_what_is_asked_for_is_found_and_nothing_else(ports: Ports, owner: Visitor) -> None:
    with ports.database.begin() as session:
        happen(session)
        happen(session, who="worker", subject_id=7)
        happen(session, who="token:3", what="channel.mode", subject="channel")
        happen(session, days=2, what="order.open")
    wanted = {
        "who=user:1": 2,
        "who=system": 1,
        "who=token": 1,
        "kind=orders": 3,
        "kind=orders&who=user:1": 2,
        "kind=people": 1,  # the owner was added
        "about=order:7": 1,
        "from=2026-11-25": 1,
        "to=2026-11-23&kind=orders": 2,
        "from=2026-11-24&to=2026-11-24&kind=orders": 0,
        "from=9999-12-31&to=nonsense&about=x:y&kind=nothing&who=eve": 5,
    }

    found = {asked: len(ROW.findall(owner.see(f"/audit?{asked}"))) for asked in wanted}

    assert found == wanted


def test_each_program_is_named_and_found_by_its_token(ports: Ports, owner: Visitor) -> None:
    with ports.database.begin() as session:
        for name in ("Label bot", "Till"):
            make_token(session, name=name, role=Role.PLANNER, now=NOW)
        happen(session, who="token:1")
        happen(session, who="token:2", what="order.open")

    everything, one = owner.see("/audit"), owner.see("/audit?who=token:2")

    assert 'data-label="Who">the program Label bot<' in everything
    assert '<option value="token:2" selected>the program Till</option>' in one
    assert len(ROW.findall(one)) == 1


def test_pages_follow_each_other_without_a_gap_or_a_repeat(session: Session) -> None:
    for number in range(1, 8):
        what = "order.open" if number % 2 else "order.on_hold"
        happen(session, subject_id=number, what=what, who=f"user:{number % 3}")
    looks = (
        Sought(),
        Sought(whats=["order.open", "order.on_hold"]),
        Sought(who="user:1", whats=["order.open", "order.on_hold"]),
        Sought(since=NOW, until=NOW + timedelta(days=1)),
    )

    for sought in looks:
        seen, after = [], None
        while True:
            part = find_history(session, sought=sought, window=Window(2, after))
            seen += [row.subject_id for row in part.rows]
            after = part.next
            if after is None:
                break
        wanted = [n for n in range(7, 0, -1) if not sought.who or n % 3 == 1]
        assert seen == wanted


def test_the_table_holds_what_the_page_shows_and_no_formula(
    ports: Ports, owner: Visitor
) -> None:
    with ports.database.begin() as session:
        happen(session, why="=HYPERLINK(1)")

    response = owner.open("/audit.csv?kind=orders")

    [line] = csv.DictReader(io.StringIO(response.text))
    assert (line["what"], line["who"], line["why"]) == (
        "order.on_hold", "user:1", "'=HYPERLINK(1)",
    )  # fmt: skip
    assert "attachment" in response.headers["Content-Disposition"]


def recorded() -> set[str]:
    """Return every machine word that a call of ours writes into the history, where it is plain."""
    found = set()
    for path in (ROOT / "hub").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and "record" in ast.unparse(node.func).lower():
                found |= {
                    word.value
                    for given in node.keywords
                    if given.arg == "what"
                    for word in ast.walk(given.value)
                    if isinstance(word, ast.Constant) and isinstance(word.value, str)
                    and PLAIN.fullmatch(word.value)
                }  # fmt: skip
    return found


def test_whatever_is_written_into_the_history_has_words() -> None:
    told = recorded()

    assert len(told) > 60
    assert told - set(EVENTS) == set()
