"""The steps a lot may take: put aside, let go again, called back."""

from enum import StrEnum

from hub.domain.states import Steps


class LotState(StrEnum):
    """Whether what is in a lot may be used and sent."""

    AVAILABLE = "available"
    QUARANTINED = "quarantined"
    RECALLED = "recalled"


LOT_STEPS: Steps[LotState] = {
    LotState.AVAILABLE: frozenset({LotState.QUARANTINED, LotState.RECALLED}),
    LotState.QUARANTINED: frozenset({LotState.AVAILABLE, LotState.RECALLED}),
    # Once buyers were told to send it back, it is not sold again.
    LotState.RECALLED: frozenset(),
}
