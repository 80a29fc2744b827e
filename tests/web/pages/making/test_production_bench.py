"""A run at the bench: lots picked and scanned, a wrong one refused in words, batch after batch."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from hub.domain.people.roles import Role
from hub.flow.planning.plan import replan
from hub.models.records.alternates import Alternate
from hub.models.records.history import History
from hub.models.records.stock import Lot, Reservation, StockMove
from hub.ports import Ports
from tests.factories import NOW, PIECE, make_lot, make_recipe
from tests.web.pages.conftest import As
from tests.web.pages.goods import item, order_of
from tests.web.pages.making.test_production import a_run, run_now
from tests.web.pages.visitor import Visitor

TODAY = NOW.date()
WHY = "the planned one is empty"


def more_wax(
    ports: Ports,
    code: str,
    *,
    state: str = "available",
    days: int = 90,
    grams: int = 9000,
) -> int:
    """Receive another lot of wax, which the plan has no use for."""
    with ports.database.begin() as session:
        lot = make_lot(
            session,
            item=item(session, "WAX"),
            quantity=grams * PIECE,
            code=code,
            state=state,
            best_before=TODAY + timedelta(days=days),
        )
        return lot.id


def used(ports: Ports) -> dict[str, int]:
    """Return what was used of which lot."""
    with ports.database.reading() as session:
        rows = select(Lot.code, StockMove.quantity).join(Lot, Lot.id == StockMove.lot_id)
        return {
            code: -quantity
            for code, quantity in session.execute(rows.where(StockMove.kind == "consumed"))
        }


def test_the_lots_to_take_are_listed_first_expired_first(
    ports: Ports, owner: Visitor
) -> None:
    more_wax(ports, "LATE", days=200, grams=1000)
    more_wax(ports, "SOON", days=20, grams=1000)
    path = f"/production/{a_run(ports, wax_grams=0)}"

    page = owner.see(path)

    bench = page[page.index('id="bench"') : page.index('id="live"')]
    assert bench.index("SOON") < bench.index("LATE")
    assert bench.count("1\N{NO-BREAK SPACE}kg") == 2
    assert "0 of 2 in hand" in bench


def test_the_right_lot_is_confirmed_by_its_code_and_nothing_is_written(
    anywhere: Ports, boss: Visitor
) -> None:
    path = f"/production/{a_run(anywhere)}"

    scanned = boss.press(path, scan=" wax-1 ")

    assert scanned.status_code == 200
    assert "WAX-1 is the right lot." in scanned.text
    assert "1 of 1 in hand" in scanned.text
    assert "checked" in scanned.text
    with anywhere.database.reading() as session:
        assert session.scalars(select(Reservation.is_firm)).all() == [False]
    assert run_now(anywhere, 1).state == "planned"


@pytest.mark.parametrize(
    "code, said",
    [
        ("NOPE-1", "No lot has the code NOPE-1."),
        ("", "No lot has the code"),
        ("<b>x</b>", "No lot has the code &lt;b&gt;x&lt;/b&gt;."),
        ("JAR-1", "Lot JAR-1 is Glass jar: that does not go into this run."),
        ("OLD", "Lot OLD is past its best before"),
        ("ASIDE", "Lot ASIDE is in quarantine"),
        ("BACK", "Lot BACK is recalled"),
    ],
)
def test_a_lot_that_may_not_go_in_is_refused_in_words(
    ports: Ports, owner: Visitor, code: str, said: str
) -> None:
    path = f"/production/{a_run(ports)}"
    more_wax(ports, "OLD", days=-1)
    more_wax(ports, "ASIDE", state="quarantined")
    more_wax(ports, "BACK", state="recalled")
    with ports.database.begin() as session:
        make_lot(session, item=item(session, "JAR"), quantity=PIECE, code="JAR-1")

    response = owner.press(path, scan=code, lot="1")

    assert response.status_code in (409, 422), response.text
    assert 'id="trouble-scan"' in response.text
    assert said in response.text.replace("quarantined", "in quarantine")
    assert 'value="1" checked' in response.text


def test_another_lot_goes_in_when_somebody_says_why(ports: Ports, owner: Visitor) -> None:
    path = f"/production/{a_run(ports)}"
    other = more_wax(ports, "OTHER")

    scanned = owner.press(path, scan="OTHER")
    silent = owner.press(f"{path}/start", lot=str(other))
    owner.did(f"{path}/start", lot=str(other), why=WHY)
    page = owner.did(f"{path}/finish", produced="10")

    assert "OTHER goes in instead." in scanned.text
    assert WHY in scanned.text
    assert silent.status_code == 422
    assert "Say why another lot goes in." in silent.text
    assert f'value="{other}" checked' in silent.text
    assert used(ports) == {"OTHER": 2000 * PIECE}
    assert "takes another lot, OTHER" in page
    assert WHY in page


def test_an_allowed_substitute_may_be_scanned_and_a_forbidden_one_not(
    ports: Ports, owner: Visitor
) -> None:
    path = f"/production/{a_run(ports)}"
    with ports.database.begin() as session:
        wax, oil, lye = (item(session, code) for code in ("WAX", "OIL", "LYE"))
        for substitute, is_allowed in ((oil, True), (lye, False)):
            make_lot(session, item=substitute, quantity=9000 * PIECE)
            session.add(
                Alternate(
                    item_id=wax.id, substitute_id=substitute.id, is_allowed=is_allowed
                )
            )
        oil_lot = session.scalars(select(Lot.id).filter_by(code="OIL-1")).one()

    no = owner.press(path, scan="LYE-1")
    yes = owner.press(path, scan="OIL-1")
    owner.did(f"{path}/start", lot=str(oil_lot), why="", why_else="wax kettle is cold")

    assert "Lye may not stand in for Soy wax." in no.text
    assert yes.status_code == 200
    with ports.database.reading() as session:
        whats = set(session.scalars(select(History.what)))
        whys = set(session.scalars(select(History.why)))
    assert {"run.substituted", "run.other_lot"} <= whats
    assert "wax kettle is cold" in whys


def test_lots_the_plan_picked_need_no_reason(ports: Ports, owner: Visitor) -> None:
    path = f"/production/{a_run(ports)}"

    page = owner.did(f"{path}/start", lot="1")

    assert "Started" in page
    assert "takes another lot" not in page


def test_nonsense_in_the_form_is_no_lot(ports: Ports, owner: Visitor) -> None:
    path = f"/production/{a_run(ports)}"

    response = owner.press(f"{path}/start", lot="99999", why=WHY)

    assert response.status_code == 422
    assert run_now(ports, 1).state == "planned"
    assert owner.press(f"{path}/start", lot="x" * 30).status_code == 303
    assert owner.press("/production/77", scan="WAX-1").status_code in (404, 422)


def of_three_batches(ports: Ports) -> str:
    """Plan a run of three batches of ten candles and return its address."""
    with ports.database.begin() as session:
        candle, wax = item(session, "CANDLE"), item(session, "WAX")
        make_recipe(session, item=candle, uses={wax: 1000 * PIECE})
        make_lot(session, item=wax, quantity=5000 * PIECE)
        order_of(session, pieces=30)
        replan(session, now=NOW)
    return "/production/1"


def test_batch_after_batch_and_back_and_the_last_one_finishes(
    ports: Ports, owner: Visitor
) -> None:
    path = of_three_batches(ports)

    first = owner.did(f"{path}/start")
    second = owner.did(f"{path}/part", produced="10", lot_code="FIG-1")
    back = owner.did(f"{path}/undo", reason="too early")
    owner.did(f"{path}/part", produced="9", scrapped="1", lot_code="FIG-1")
    last = owner.did(f"{path}/part", produced="10", lot_code="FIG-1")
    form = owner.see(f"{path}/finish")
    done = owner.did(f"{path}/finish", produced="10", lot_code="FIG-1")

    assert "Batch 1 of 3" in first
    assert 'name="produced" type="text" value="10"' in first
    assert "Batch 2 of 3" in second
    assert "Batch 1 of 3" in back
    assert "Batch 3 of 3" in last
    assert f'href="{path}/finish"' in last
    assert 'name="lot_code" type="text" value="FIG-1"' in form
    assert "Finished" in done
    assert run_now(ports, 1).produced == 29 * PIECE


def test_a_batch_that_cannot_be_keeps_what_was_typed(ports: Ports, owner: Visitor) -> None:
    path = of_three_batches(ports)
    owner.did(f"{path}/start")

    response = owner.press(f"{path}/part", produced="ten", lot_code="KEEP", note="hm")

    assert response.status_code == 422
    assert 'id="trouble-part"' in response.text
    assert 'value="ten"' in response.text
    assert 'value="KEEP"' in response.text


def test_the_next_code_and_best_before_are_there_to_take(
    ports: Ports, owner: Visitor
) -> None:
    path = f"/production/{a_run(ports)}"
    with ports.database.begin() as session:
        item(session, "CANDLE").shelf_life_days = 365
    owner.did(f"{path}/start")

    form = owner.see(f"{path}/finish")
    owner.did(f"{path}/finish", produced="10")

    assert 'value="2027-11-23"' in form
    with ports.database.reading() as session:
        code = session.scalars(select(Lot.code).where(Lot.code.startswith("CANDLE"))).one()
    assert code in form


def test_the_page_names_whom_it_is_for_and_each_of_them_names_the_run(
    ports: Ports, owner: Visitor
) -> None:
    path = f"/production/{a_run(ports)}"

    page = owner.see(path)

    assert "H-0001" in page
    assert "stock 6 pcs" in page
    assert path in owner.see("/orders/1")


def test_only_the_page_of_a_run_may_ask_for_the_camera(
    ports: Ports, owner: Visitor
) -> None:
    path = f"/production/{a_run(ports)}"
    headers = [
        owner.open(path).headers,
        owner.press(path, scan="NOPE").headers,
        owner.press(f"{path}/pin", on="").headers,
    ]

    assert {each["Permissions-Policy"] for each in headers} == {
        "camera=(self), geolocation=(), microphone=()"
    }
    for other in ("/production", "/", f"{path}/finish"):
        assert "camera=()" in owner.open(other).headers["Permissions-Policy"]


def test_who_may_not_start_has_no_field_to_scan(ports: Ports, be: As) -> None:
    path = f"/production/{a_run(ports)}"

    assert 'name="scan"' not in be(Role.VIEWER).see(path)
    assert be(Role.PACKER).press(path, scan="WAX-1").status_code == 403
    assert 'name="scan"' in be(Role.MAKER).see(path)
