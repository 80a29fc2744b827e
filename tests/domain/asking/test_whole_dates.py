"""Which runs owe something to whom, in a plan in memory."""

import pytest

from hub.domain.asking.whole_dates import making_of
from hub.domain.asking.whole_plan import plan_everything
from tests.domain.asking.workshops import Size, workshop


@pytest.mark.parametrize("seed", range(3))
def test_what_is_made_for_some_is_what_is_made_for_them_among_all(seed: int) -> None:
    state = workshop(Size(orders=80, products=12, materials=8), seed=seed)
    cover = plan_everything(state).cover
    every = making_of(cover)
    some = set(sorted(every)[::2])

    found = making_of(cover, keys=some)

    assert found == {key: owed for key, owed in every.items() if key in some}
    assert 0 < len(found) < len(every)
