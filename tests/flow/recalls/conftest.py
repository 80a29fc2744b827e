"""A workshop whose lots come of each other."""

import pytest
from sqlalchemy.orm import Session

from tests.flow.recalls.ancestry import Workshop, make_workshop


@pytest.fixture
def workshop(session: Session) -> Workshop:
    return make_workshop(session)
