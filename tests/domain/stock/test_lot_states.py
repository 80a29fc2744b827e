"""Every pair of a lot's states: which step is allowed."""

from itertools import product

import pytest

from hub.domain.states import StepNotAllowed, check_step
from hub.domain.stock.lot_states import LOT_STEPS, LotState

ALLOWED = {
    ("available", "quarantined"),
    ("available", "recalled"),
    ("quarantined", "available"),
    ("quarantined", "recalled"),
}


@pytest.mark.parametrize("old, new", list(product(LotState, LotState)))
def test_a_lot_takes_only_the_steps_of_its_table(old: LotState, new: LotState) -> None:
    if (old.value, new.value) in ALLOWED:
        check_step(LOT_STEPS, old=old, new=new)
        return
    with pytest.raises(StepNotAllowed):
        check_step(LOT_STEPS, old=old, new=new)
