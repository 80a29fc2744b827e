"""The rows of the first page, grouped and in the order in which a role needs them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from hub.domain.people.roles import Role
from hub.models.today.today import Today
from hub.web.today.today_dates import at_risk, short
from hub.web.today.today_needs import attention, cut_off, to_decide, to_map
from hub.web.today.today_row import MAKE, NEEDS, RISK, SEND, Row
from hub.web.today.today_work import running, to_send, to_start
from hub.web.wording.decision_words import Question
from hub.web.wording.language import N_, gettext

GROUPS: Mapping[str, str] = {
    NEEDS: N_("Needs somebody"),
    RISK: N_("At risk"),
    MAKE: N_("To make"),
    SEND: N_("To send"),
}
ORDER: Mapping[Role, tuple[str, ...]] = {
    Role.MAKER: (MAKE, NEEDS, RISK, SEND),
    Role.PACKER: (SEND, NEEDS, MAKE, RISK),
}
"""What a role sees first; everybody else as below."""
USUAL = (NEEDS, RISK, MAKE, SEND)

May = Callable[[str], bool]
"""Whether the person may open a view, by its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Rows of one kind, with the heading they share."""

    key: str
    title: str
    rows: Sequence[Row]


def groups_for(
    role: Role,
    needed: Today,
    *,
    questions: Sequence[Question],
    causes: Mapping[int, str],
    may: May,
    today: date,
) -> list[Group]:
    """Put what needs a person in the order of a role; each row with the one button it may press.

    What somebody can do nothing about is left out, but for viewers, who look at all of it.
    """
    every = [
        *to_map(needed),
        *cut_off(needed),
        *to_decide(needed, questions),
        *attention(needed),
        *short(needed, today=today),
        *at_risk(needed, causes),
        *running(needed),
        *to_start(needed, today=today),
        *to_send(needed),
    ]
    is_viewer = role is Role.VIEWER
    mine = [_of(row, may=may) for row in every]
    shown = [row for row in mine if row.buttons or is_viewer]
    return [
        Group(key=key, title=gettext(GROUPS[key]), rows=rows)
        for key in ORDER.get(role, USUAL)
        if (rows := [row for row in shown if row.group == key])
    ]


def _of(row: Row, *, may: May) -> Row:
    mine = [button for button in row.buttons if may(button.view)]
    paper = row.paper if row.paper and may(row.paper.view) else None
    return replace(row, buttons=tuple(mine[:1]), paper=paper)
