"""A run's smaller steps on its page: parts, what was scrapped and why, back again, pins."""

import re

import pytest

from hub.ports import Ports
from tests.web.pages.making.test_production import a_run, run_now
from tests.web.pages.orders.order_sections import section
from tests.web.pages.visitor import Visitor


def running(boss: Visitor, ports: Ports) -> str:
    """Start a run of ten candles and return its address."""
    path = f"/production/{a_run(ports)}"
    boss.did(f"{path}/start")
    return path


def test_a_run_comes_out_in_parts_and_says_what_it_gave(
    anywhere: Ports, boss: Visitor
) -> None:
    path = running(boss, anywhere)

    part = boss.did(
        f"{path}/part", produced="4", scrapped="1", scrap_reason="burnt", note="hot"
    )
    form = boss.see(f"{path}/finish")
    done = boss.did(f"{path}/finish", produced="5", scrapped="0")

    assert "5 pcs still to come" in part
    assert "1 pc scrapped: burnt" in part
    assert 'name="produced" type="text" value="5"' in form
    assert "Yield: 90 % of the plan" in done
    assert run_now(anywhere, 1).produced == 9000


def test_each_lot_says_what_came_out_into_it(ports: Ports, owner: Visitor) -> None:
    path = running(owner, ports)
    owner.did(f"{path}/part", produced="4", lot_code="FIG-1")

    done = owner.did(f"{path}/finish", produced="5", scrapped="1", lot_code="FIG-2")
    came_out = done.partition('id="out"')[2].partition("</section>")[0]

    assert "FIG-1</a> 4 pcs" in came_out
    assert "FIG-2</a> 5 pcs · 1 pc scrapped" in came_out


def test_the_page_of_a_run_names_the_lots_it_used_less_what_was_taken_back(
    anywhere: Ports, boss: Visitor
) -> None:
    path = running(boss, anywhere)
    boss.did(f"{path}/part", produced="4")
    boss.did(f"{path}/undo", reason="wrong run")
    boss.did(f"{path}/part", produced="4")

    materials = section(boss.did(f"{path}/finish", produced="6"), "materials")

    used = re.findall(r'<a href="/lots/(\d+)">([^<]+)</a> ([^<]+) used', materials)
    assert used == [("1", "WAX-1", "2\xa0kg")]


def test_the_last_step_is_taken_back_and_then_the_start(
    anywhere: Ports, boss: Visitor
) -> None:
    path = running(boss, anywhere)
    boss.did(f"{path}/part", produced="4")

    back = boss.did(f"{path}/undo", reason="wrong run")
    stopped = boss.did(f"{path}/undo")
    nothing = boss.press(f"{path}/undo")

    assert "taken back" in back
    assert "wrong run" in back
    assert "Released" in stopped
    assert run_now(anywhere, 1).produced == 0
    assert nothing.status_code == 409


@pytest.mark.parametrize(
    "form",
    [
        {"produced": "0"},
        {"produced": "many"},
        {"produced": "1", "scrapped": "1", "scrap_reason": "gremlins"},
        {"produced": "1", "best_before": "soon"},
    ],
)
def test_a_part_that_cannot_be_is_refused_beside_the_form(
    ports: Ports, owner: Visitor, form: dict[str, str]
) -> None:
    path = running(owner, ports)

    response = owner.press(f"{path}/part", **form)

    assert response.status_code == 422
    assert 'id="trouble-part"' in response.text
    assert run_now(ports, 1).produced == 0


def test_a_run_is_pinned_to_a_day_and_let_go_again(anywhere: Ports, boss: Visitor) -> None:
    path = f"/production/{a_run(anywhere)}"

    page = boss.did(f"{path}/pin", on="2026-12-15")
    pinned = run_now(anywhere, 1).pinned_on
    past = boss.press(f"{path}/pin", on="2026-01-01")
    nothing = boss.press(f"{path}/pin", on="")
    boss.did(f"{path}/unpin")

    assert "Pinned to" in page
    assert str(pinned) == "2026-12-15"
    assert (past.status_code, nothing.status_code) == (422, 422)
    assert run_now(anywhere, 1).pinned_on is None
