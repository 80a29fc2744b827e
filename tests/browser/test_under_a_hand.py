"""On a slow connection nothing is lost under a hand: no press, no letter, no place, no fold."""

from sqlalchemy import select

from hub.flow.orders.change import hold_order
from hub.models.records.production import ProductionOrder
from hub.models.records.purchasing import PurchaseOrder
from hub.ports import Ports
from tests.browser.conftest import come_in
from tests.browser.late_answers import late
from tests.factories import NOW, PIECE, make_purchase
from tests.ground.chromium import Page
from tests.web.pages.goods import item, order_of, order_to_make
from tests.web.pages.making.test_production import a_run, run_now

POLL = "**/*stamp=*"
STEP = "**/production/*/part"
MOMENTS = """box => {
  const [{ id }, field] = [box, document.getElementById("board-q")];
  addEventListener("htmx:afterSwap", () => {
    window.isTicked = document.getElementById(id).checked;
    field.focus();
  }, { once: true });
  window.settled = new Promise((done) => addEventListener(
    "htmx:afterSettle", () => done(document.activeElement === field), { once: true }));
}"""
"""What is ticked as soon as a part was swapped, and whether the keyboard may go elsewhere then."""

LEAVE = """button => {
  const live = document.getElementById("live");
  const detail = { target: live, requestConfig: { elt: live }, shouldSwap: true };
  button.click();
  live.dispatchEvent(new CustomEvent("htmx:beforeSwap", { bubbles: true, detail }));
  return detail.shouldSwap;
}"""
"""A press that leads away, and news that come before the page is left."""


def rename(ports: Ports, code: str, name: str) -> None:
    """Change what pages call an item, so that their live parts have news."""
    with ports.database.begin() as session:
        item(session, code).name = name


def test_a_button_stays_under_a_finger_until_it_is_lifted(
    page: Page, link: str, ports: Ports, complaints: list[str]
) -> None:
    run_id = a_run(ports)
    come_in(page, link)
    rename(ports, "CANDLE", "Candle of another name")

    with late(page, POLL) as answers:
        answers.wait_for()
        page.get_by_role("button", name="Start: P-0001").hover()
        page.mouse.down()
        answers.let_through()
        page.mouse.up()
        page.get_by_text("Started. The materials are picked.").wait_for()

    assert run_now(ports, run_id).state == "running"
    assert complaints == []


def test_news_come_once_the_finger_is_lifted(page: Page, link: str, ports: Ports) -> None:
    a_run(ports)
    come_in(page, link)
    rename(ports, "CANDLE", "Candle of another name")

    with late(page, POLL) as answers:
        answers.wait_for()
        page.get_by_role("heading", name="Today").hover()
        page.mouse.down()
        answers.let_through()
        assert not page.get_by_text("Candle of another name").count()
        page.mouse.up()

    page.get_by_text("Candle of another name").first.wait_for()


def test_what_is_typed_into_a_live_part_stays_when_there_is_news(
    page: Page, link: str, base: str, ports: Ports, complaints: list[str]
) -> None:
    with ports.database.begin() as session:
        make_purchase(session, item=item(session, "WAX"), quantity=5 * PIECE, state="draft")
        order_id = session.scalars(select(PurchaseOrder.id)).one()
    come_in(page, link)
    page.goto(f"{base}/purchases/{order_id}")
    rename(ports, "WAX", "Wax of another name")
    quantity = page.locator('#live input[name="quantity"]').first

    with late(page, POLL) as answers:
        answers.wait_for()
        quantity.fill("12")
        page.keyboard.press("Tab")
        answers.let_through()

    assert quantity.input_value() == "12"
    assert complaints == []


def test_the_keyboard_stays_where_it_was_when_a_live_part_has_news(
    page: Page, link: str, ports: Ports
) -> None:
    run_id = a_run(ports)
    come_in(page, link)
    rename(ports, "CANDLE", "Candle of another name")

    with late(page, POLL) as answers:
        answers.wait_for()
        page.get_by_role("button", name="Start: P-0001").focus()
        answers.let_through()
        page.get_by_text("Candle of another name").first.wait_for()
    page.keyboard.press("Enter")
    page.get_by_text("Started. The materials are picked.").wait_for()

    assert run_now(ports, run_id).state == "running"


def test_the_board_holds_what_was_ticked_at_once_and_calls_nobody_back(
    page: Page, link: str, base: str, ports: Ports
) -> None:
    run_id = a_run(ports)
    come_in(page, link)
    page.goto(f"{base}/production")
    rename(ports, "CANDLE", "Candle of another name")
    box = page.locator(f"#tick-{run_id}")

    with late(page, POLL) as answers:
        answers.wait_for()
        box.check()
        box.evaluate(MOMENTS)
        answers.let_through()

    assert page.evaluate("window.isTicked")
    assert page.evaluate("window.settled")


def test_what_was_unfolded_stays_unfolded_when_a_live_part_has_news(
    page: Page, link: str, base: str, ports: Ports
) -> None:
    with ports.database.begin() as session:
        order_id = order_of(session, pieces=2, in_stock=10)
    come_in(page, link)
    page.goto(f"{base}/orders/{order_id}")
    with ports.database.begin() as session:
        hold_order(session, order_id=order_id, reason="a call", who="user:1", now=NOW)

    with late(page, POLL) as answers:
        answers.wait_for()
        page.locator("summary", has_text="Make a new link").click()
        answers.let_through()
        page.locator("#live").get_by_text("a call").first.wait_for()

    assert page.locator("#live details[open]", has_text="Make a new link").count() == 1


def test_a_page_that_is_being_left_by_a_press_has_no_news_under_the_finger(
    page: Page, link: str, ports: Ports
) -> None:
    run_id = a_run(ports)
    come_in(page, link)

    is_swapped = page.get_by_role("button", name="Start: P-0001").evaluate(LEAVE)
    page.get_by_text("Started. The materials are picked.").wait_for()

    assert not is_swapped
    assert run_now(ports, run_id).state == "running"


def test_a_button_pressed_twice_before_the_answer_came_counts_once(
    page: Page, link: str, base: str, ports: Ports
) -> None:
    with ports.database.begin() as session:
        order_to_make(session, pieces=34, wax_grams=9000)
        run_id = session.scalars(select(ProductionOrder.id)).one()
    come_in(page, link)
    page.goto(f"{base}/production/{run_id}")
    page.get_by_role("button", name="Start").click()
    page.get_by_role("heading", name="Batch 1 of 4").wait_for()
    done = page.get_by_role("button", name="This batch is done")

    with late(page, STEP, method="POST") as answers:
        done.hover()
        for _ in ("impatient", "finger"):
            page.mouse.down()
            page.mouse.up()
            answers.wait_for()
    answers.let_through()
    page.get_by_role("heading", name="Batch 2 of 4").wait_for()

    assert run_now(ports, run_id).produced == 10 * PIECE
