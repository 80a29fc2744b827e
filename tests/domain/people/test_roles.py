"""Roles: what two of them have in common."""

from itertools import product

import pytest

from hub.domain.people.roles import Role, in_common
from hub.web.guard.api_roles import ALLOWED, may_call


@pytest.mark.parametrize(
    "one, other, common",
    [
        (Role.OWNER, Role.PLANNER, Role.PLANNER),
        (Role.PLANNER, Role.PACKER, Role.PACKER),
        (Role.MAKER, Role.PACKER, Role.VIEWER),
        (Role.OWNER, Role.OWNER, Role.OWNER),
    ],
)
def test_two_roles_have_the_lesser_one_in_common_and_maker_and_packer_only_to_look(
    one: Role, other: Role, common: Role
) -> None:
    assert in_common(one, other) == in_common(other, one) == common


def test_what_two_roles_have_in_common_opens_no_route_that_one_of_them_may_not() -> None:
    too_much = [
        (route, one, other)
        for route in ALLOWED
        for one, other in product(Role, Role)
        if may_call(in_common(one, other), route=route)
        and not (may_call(one, route=route) and may_call(other, route=route))
    ]

    assert too_much == []
