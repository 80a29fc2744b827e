"""Cards of the board that are moved, started, taken back and released, by whom one may."""

import pytest
from sqlalchemy import select

from hub.domain.people.roles import Role
from hub.domain.states import PRODUCTION_STEPS, PRODUCTION_UNDO, Production
from hub.flow.planning.plan import replan
from hub.models.records.production import ProductionOrder
from hub.ports import Ports
from hub.web.making.production_moves import BOARD, move_between
from tests.factories import NOW, PIECE, make_item, make_order, make_recipe
from tests.web.pages.conftest import As
from tests.web.pages.goods import item, shop
from tests.web.pages.making.test_production import a_run, run_now
from tests.web.pages.visitor import Visitor

PATH = "/production/1"


def bring_to(visitor: Visitor, ports: Ports, state: str) -> int:
    """Plan a run of ten candles and press its buttons until it is in a state."""
    run_id = a_run(ports)
    steps = {"planned": 0, "released": 1, "running": 2, "done": 3}[state]
    buttons = [("release", {}), ("start", {}), ("finish", {"produced": "10"})]
    for name, form in buttons[:steps]:
        visitor.did(f"/production/{run_id}/{name}", **form)
    return run_id


@pytest.mark.parametrize("old", BOARD)
def test_a_card_moves_as_the_state_table_says_and_no_other_way(
    ports: Ports, owner: Visitor, old: Production
) -> None:
    run_id = bring_to(owner, ports, old)
    at_once = {Production.RUNNING} if old is Production.PLANNED else set()
    ways = PRODUCTION_STEPS[old] | PRODUCTION_UNDO[old] | at_once
    page = owner.see("/production")

    for new in BOARD:
        assert (f'data-to="{new}"' in page) is (new in ways), new
        if new in ways or new is Production.DONE:
            continue
        refused = owner.press(f"/production/{run_id}/move", to=new)
        assert refused.status_code in (409, 422), new
        assert 'id="trouble-move"' in refused.text
        assert run_now(ports, run_id).state == old
    to_finish = owner.press(f"/production/{run_id}/move", to="done")
    assert to_finish.location == f"/production/{run_id}/finish"
    [new] = (ways & set(BOARD)) - {Production.DONE} - at_once
    owner.did(f"/production/{run_id}/move", to=new)
    assert run_now(ports, run_id).state == new


def test_nothing_leads_to_a_column_that_is_none(ports: Ports, owner: Visitor) -> None:
    a_run(ports)

    for to in ("cancelled", "", "sideways"):
        assert owner.press(f"{PATH}/move", to=to).status_code == 422
    assert owner.press("/production/77/move", to="released").status_code == 404
    assert move_between(Production.PLANNED, Production.CANCELLED) is None


def test_a_planned_run_is_moved_to_running_as_its_start_button_does(
    ports: Ports, owner: Visitor
) -> None:
    run_id = a_run(ports)
    data = {"csrf": owner.token(), "to": "running"}
    headers = {"Sec-Fetch-Site": "same-origin", "X-Board": "1"}

    moved = owner.client.post(f"/production/{run_id}/move", data=data, headers=headers)

    assert run_now(ports, run_id).state == "running"
    assert "P-0001: Running" in moved.text
    assert 'value="released"' in moved.text


def test_a_move_by_script_says_what_it_did_and_offers_the_way_back(
    ports: Ports, owner: Visitor
) -> None:
    run_id = bring_to(owner, ports, "released")
    data = {"csrf": owner.token(), "to": "running"}
    headers = {"Sec-Fetch-Site": "same-origin", "X-Board": "1"}

    moved = owner.client.post(f"/production/{run_id}/move", data=data, headers=headers)
    again = owner.client.post(
        f"/production/{run_id}/move", data={**data, "to": "planned"}, headers=headers
    )

    assert "P-0001: Running" in moved.text
    assert "Undo" in moved.text
    assert 'value="released"' in moved.text
    assert again.status_code == 409
    assert 'role="alert"' in again.text
    assert "<html" not in moved.text + again.text


def test_a_run_that_lacks_material_is_not_offered_a_start_and_refused_one(
    ports: Ports, owner: Visitor
) -> None:
    run_id = a_run(ports, wax_grams=500)
    owner.did(f"/production/{run_id}/release")

    page = owner.see("/production")
    refused = owner.press(f"/production/{run_id}/move", to="running")

    assert 'data-to="running"' not in page
    assert "Short 1.5" in page
    assert refused.status_code == 409
    assert "still lacks 1.5" in refused.text


def test_a_start_is_offered_back_only_while_it_has_given_nothing(
    ports: Ports, owner: Visitor
) -> None:
    run_id = bring_to(owner, ports, "running")
    before = owner.see("/production")
    owner.did(f"/production/{run_id}/part", produced="4")

    after = owner.see("/production")

    assert 'data-to="released"' in before
    assert 'data-to="released"' not in after
    assert "4 pcs came out" in after


def test_makers_are_offered_only_what_they_may_press(
    ports: Ports, owner: Visitor, be: As
) -> None:
    run_id = a_run(ports)
    maker, viewer = be(Role.MAKER), be(Role.VIEWER)

    planned = maker.see("/production")
    refused = maker.press(f"/production/{run_id}/move", to="released")
    owner.did(f"/production/{run_id}/release")
    released = maker.see("/production")

    assert 'data-to="released"' not in planned
    assert 'id="bulk"' not in planned
    assert refused.status_code == 403
    assert run_now(ports, run_id).state == "released"
    assert 'data-to="running"' in released
    assert 'draggable="true"' not in viewer.see("/production")


def test_several_planned_runs_are_released_at_once(anywhere: Ports, boss: Visitor) -> None:
    run_id = a_run(anywhere)
    with anywhere.database.begin() as session:
        soap = make_item(session, code="SOAP")
        make_recipe(session, item=soap, uses={item(session, "WAX"): PIECE})
        make_order(session, account=shop(session), lines={soap: 3})
        replan(session, now=NOW)

    nothing = boss.press("/production/release")
    form = {"csrf": boss.token(), "run": [str(run_id), "2", "nonsense"]}
    done = boss.client.post(
        "/production/release", data=form, headers={"Sec-Fetch-Site": "same-origin"}
    )

    assert nothing.status_code == 422
    assert "Choose at least one run." in nothing.text
    assert done.status_code == 303
    assert {run_now(anywhere, each).state for each in (run_id, 2)} == {"released"}


def test_of_chosen_runs_all_are_released_or_none(ports: Ports, owner: Visitor) -> None:
    run_id = a_run(ports)
    owner.did(f"/production/{run_id}/cancel")
    with ports.database.begin() as session:
        replan(session, now=NOW)
        planned = session.scalars(
            select(ProductionOrder.id).filter_by(state="planned")
        ).one()

    data = {"csrf": owner.token(), "run": [str(run_id), str(planned)]}
    response = owner.client.post(
        "/production/release", data=data, headers={"Sec-Fetch-Site": "same-origin"}
    )

    assert response.status_code == 409
    assert run_now(ports, planned).state == "planned"
