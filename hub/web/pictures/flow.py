"""Where orders are now: from the shops they came from to how far they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from hub.domain.orders.phase import Phase
from hub.models.orders.order_flow import order_flow
from hub.models.records.channels import ChannelAccount
from hub.web.pictures.sankey import Sankey, sankey

SINCE = timedelta(days=14)
BROAD, NARROW = 640, 352
POSTS: Mapping[int, tuple[float, float]] = {BROAD: (148.0, 452.0), NARROW: (96.0, 196.0)}
"""By width, where the posts of both sides begin; what is left beside them is for their names."""
PHASES = tuple(each.value for each in Phase)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowPicture:
    """The flows, and the accounts by id in their order."""

    sankey: Sankey[int, str]
    narrow: Sankey[int, str]
    """The same for a phone."""
    accounts: dict[int, ChannelAccount]
    counts: dict[tuple[int, str], int]

    @property
    def phases(self) -> Sequence[str]:
        """The phases that have orders, in their order."""
        return list(self.sankey.right)

    @property
    def total(self) -> int:
        """How many orders there are in all."""
        return sum(self.counts.values())


def flow_picture(session: Session, *, now: datetime) -> FlowPicture:
    """Draw the open orders and those of the last two weeks; biggest shop first."""
    found = order_flow(session, since=now - SINCE)
    sums = {
        account_id: sum(n for (of, _), n in found.counts.items() if of == account_id)
        for account_id in found.accounts
    }
    biggest_first = sorted(sums, key=lambda each: (-sums[each], each))

    def drawn(width: int) -> Sankey[int, str]:
        return sankey(
            found.counts, left=biggest_first, right=PHASES, x=POSTS[width], width=width
        )

    return FlowPicture(
        sankey=drawn(BROAD),
        narrow=drawn(NARROW),
        accounts=found.accounts,
        counts=found.counts,
    )
