"""Answers of the server that come late, or after a newer one, change nothing they should not."""

import re
from datetime import timedelta
from typing import Any

import pytest

from hub.domain.people.roles import Role
from hub.ports import Ports
from tests.browser.conftest import LinkFor, come_in
from tests.browser.late_answers import late, wait_until
from tests.browser.test_mapping_keys import a_tip, states
from tests.factories import NOW
from tests.ground.chromium import Page
from tests.web.pages.goods import item, order_of
from tests.web.pages.making.test_production import a_run, run_now
from tests.web.pages.meaning.test_mapping import unmapped

LISTING = "**/mapping/*"
ANEW = re.compile(r"/production\?$")
"""What the board asks for after a move."""
CAMERAS = """
window.asked = 0;
navigator.mediaDevices.getUserMedia = () => {
  window.asked += 1;
  return new Promise((given) => {
    window.give = () => given(document.createElement("canvas").captureStream());
  });
};
window.plays = [];
HTMLMediaElement.prototype.play = () => new Promise((_, failed) => window.plays.push(failed));
"""

MOVES = """async states => {
  for (const to of states) document.querySelector(`.panel form[data-to="${to}"]`).requestSubmit();
  await fetch("/static/icon.svg");
}"""
FAILED = """() => ({ promise: new Promise(done =>
    addEventListener("htmx:responseError", () => setTimeout(done), { once: true })) })"""


def fail(route: Any) -> None:
    """Let what a part of a page asks for come to nothing."""
    if "hx-request" in route.request.headers:
        route.fulfill(status=500)
    else:
        route.fallback()


@pytest.fixture
def two_listings(ports: Ports, page: Page, link: str, base: str) -> None:
    """The mapping page with two listings that wait."""
    with ports.database.begin() as session:
        unmapped(session)
        a_tip(session)
    come_in(page, link)
    page.goto(f"{base}/mapping")


@pytest.mark.usefixtures("two_listings")
def test_the_panel_shows_the_listing_asked_for_last_whatever_comes_last(page: Page) -> None:
    first, second = page.locator("tr[data-listing] a[data-key=e]").all()

    with late(page, LISTING) as answers:
        first.click()
        answers.wait_for()
        second.click()
        answers.wait_for(2)
        answers.let_through(1)
        answers.let_through(0)

    assert second.inner_text() in page.locator("#panel").inner_text()


@pytest.mark.usefixtures("two_listings")
def test_the_panel_calls_nobody_back_who_walked_on(page: Page) -> None:
    with late(page, LISTING) as answers:
        page.keyboard.press("ArrowDown")
        page.keyboard.press("e")
        answers.wait_for()
        page.keyboard.press("ArrowDown")
        answers.let_through()
        page.locator("#panel form").first.wait_for()

    assert page.locator("tr[data-listing]:focus").count() == 1


@pytest.mark.usefixtures("two_listings")
def test_a_preview_that_comes_while_save_is_pressed_waits_until_it_is_let_go(
    page: Page, ports: Ports
) -> None:
    page.locator("tr[data-listing] a[data-key=e]").first.click()
    preview = page.get_by_text("needs 12 pcs of Soy candle, fig")
    preview.wait_for()
    page.locator("#amount-0").fill("")
    preview.wait_for(state="detached")

    with late(page, "**/preview*") as answers:
        page.locator("#amount-0").fill("6")
        page.get_by_role("button", name="Save and plan").hover()
        page.mouse.down()
        answers.wait_for()
        answers.let_through(len(answers.held) - 1)
        assert not preview.count()
        page.mouse.move(5, 5)  # They think better of it.
        page.mouse.up()
        preview.wait_for()
    page.get_by_role("button", name="Save and plan").click()
    page.get_by_text("1 order moved.").wait_for()

    assert states(ports) == ["mapped", "unmapped"]


def test_enter_opens_what_was_typed_though_the_palette_still_shows_fewer_letters(
    page: Page, link: str, base: str, ports: Ports
) -> None:
    with ports.database.begin() as session:
        order_id = order_of(session, pieces=2, in_stock=10)
    come_in(page, link)
    page.keyboard.press("Control+k")
    page.locator("#palette-hits a").first.wait_for()

    with late(page, "**/find?q=h-0001") as answers:
        page.keyboard.type("h-0001")
        answers.wait_for()
        page.keyboard.press("Enter")
        answers.let_through()
        page.wait_for_url(f"{base}/orders/{order_id}")


def test_enter_opens_the_page_of_what_is_found_when_the_palette_was_not_answered(
    page: Page, link: str
) -> None:
    come_in(page, link)
    page.keyboard.press("Control+k")
    page.locator("#palette-hits a").first.wait_for()
    page.route("**/find?q=h-0001", fail)
    failed = page.evaluate_handle(FAILED)

    page.keyboard.type("h-0001")
    failed.evaluate("failed => failed.promise")
    page.keyboard.press("Enter")

    page.wait_for_url("**/find?q=h-0001")


def test_the_palette_keeps_the_keyboard_when_what_is_found_changes(
    page: Page, link: str
) -> None:
    come_in(page, link)
    page.keyboard.press("Control+k")
    page.locator("#palette-hits a").first.wait_for()

    with late(page, "**/find?q=zzzz") as answers:
        page.keyboard.type("zzzz")
        answers.wait_for()
        page.keyboard.press("ArrowDown")
        page.locator("#palette-hits a:focus").wait_for()
        answers.let_through()

    assert page.locator("#palette-q:focus").count() == 1


def test_the_second_of_two_ways_by_key_has_as_much_time_as_the_first(
    page: Page, link_for: LinkFor, base: str
) -> None:
    come_in(page, link_for(Role.MAKER))
    page.clock.install(time=NOW)
    page.goto(f"{base}/orders")
    page.clock.pause_at(NOW + timedelta(minutes=1))

    page.keyboard.press("g")
    page.keyboard.press("c")
    page.clock.run_for(1400)
    page.keyboard.press("g")
    page.clock.run_for(200)
    page.keyboard.press("p")

    page.wait_for_url("**/production")


def test_a_line_of_an_order_is_offered_what_fits_it_and_not_the_line_before(
    page: Page, link: str, base: str, ports: Ports
) -> None:
    with ports.database.begin() as session:
        order_of(session, pieces=2, in_stock=10)
    come_in(page, link)
    page.goto(f"{base}/orders/new")
    first, code = page.locator('input[name="sku-1"]'), "**/orders/new/goods*"
    offered = page.locator("#sold option")

    with late(page, code) as answers:
        first.press_sequentially("nothing such")
        answers.wait_for()
        first.press("Enter")
        page.keyboard.type("CAND")
        answers.wait_for(2)
        answers.let_through(1)
        assert offered.count() == 1
        answers.let_through(0)

    assert offered.count() == 1


def test_a_camera_asked_for_twice_is_opened_once_and_stopped_in_silence(
    page: Page, link: str, base: str, ports: Ports
) -> None:
    run_id = a_run(ports)
    come_in(page, link)
    page.add_init_script(CAMERAS)
    page.goto(f"{base}/production/{run_id}")
    camera = page.get_by_role("button", name="Scan with the camera")

    camera.click()
    camera.click()
    page.evaluate("give()")
    page.get_by_role("button", name="Stop the camera").click()
    page.evaluate("plays[0](new Error('it was stopped'))")

    assert page.evaluate("window.asked") == 1
    assert page.locator("[data-says]").inner_text() == ""


def test_a_camera_begun_anew_is_not_stopped_by_the_end_of_the_one_before(
    page: Page, link: str, base: str, ports: Ports
) -> None:
    run_id = a_run(ports)
    come_in(page, link)
    page.add_init_script(CAMERAS)
    page.goto(f"{base}/production/{run_id}")

    begin = page.get_by_role("button", name="Scan with the camera")
    end = page.get_by_role("button", name="Stop the camera")

    begin.click()
    page.evaluate("give()")
    end.click()
    begin.click()
    page.evaluate("give()")
    end.wait_for()
    page.evaluate("plays[0](new Error('it was stopped'))")

    assert end.count() == 1


def test_a_button_that_copies_says_what_it_does_again_though_it_was_pressed_twice(
    page: Page, link: str, base: str
) -> None:
    come_in(page, link)
    page.clock.install()
    page.goto(f"{base}/channels/connect/shopify")
    page.evaluate("navigator.clipboard.writeText = async () => {}")  # It takes no time.
    button = page.locator("[data-copy]").first
    before = button.inner_text()

    for _ in range(2):
        button.click()
        page.locator("[data-copy]", has_text="Copied").first.wait_for()
    page.clock.run_for(2000)

    assert button.inner_text() == before


def test_the_board_shows_a_move_though_a_look_from_before_it_comes_in_between(
    page: Page, link: str, base: str, ports: Ports
) -> None:
    run_id = a_run(ports)
    come_in(page, link)
    page.goto(f"{base}/production")
    with ports.database.begin() as session:
        item(session, "CANDLE").name = "Candle of another name"
    menu = page.locator(f"#menu-{run_id}")

    with late(page, "**/*stamp=*") as before, late(page, ANEW) as after:
        before.wait_for()
        menu.click()
        page.locator(f'#card-{run_id} .panel form[data-to="released"] button').click()
        after.wait_for()
        before.let_through()
        after.let_through()

        shown = page.locator('.column[data-state="released"]').inner_text()

    assert "Candle of another name" in shown


def test_a_move_is_made_though_its_page_is_left_at_once(
    page: Page, link: str, base: str, ports: Ports
) -> None:
    run_id = a_run(ports)
    come_in(page, link)
    page.goto(f"{base}/production")
    move = page.locator(f'#card-{run_id} form[data-to="released"]').first

    move.evaluate("form => { form.requestSubmit(); stop(); }")

    wait_until(page, lambda: run_now(ports, run_id).state == "released")


def test_of_two_moves_of_a_run_the_later_one_waits_for_the_first(
    page: Page, link: str, base: str, ports: Ports
) -> None:
    run_id = a_run(ports)
    come_in(page, link)
    page.goto(f"{base}/production")
    moves: list[Any] = []
    page.route("**/production/*/move*", lambda route: moves.insert(0, route))

    page.evaluate(MOVES, ["released", "running"])
    assert len(moves) == 1  # What was asked for after both has been answered by now.
    page.unroute_all()
    moves[0].fallback()
    page.locator("#board-says", has_text="P-0001: Running").wait_for()

    assert run_now(ports, run_id).state == "running"


def test_a_move_pressed_twice_before_its_answer_came_is_asked_for_once(
    page: Page, link: str, base: str, ports: Ports
) -> None:
    run_id = a_run(ports)
    come_in(page, link)
    page.goto(f"{base}/production")
    asked: list[Any] = []
    page.on("request", lambda each: asked.insert(0, each))

    page.evaluate(MOVES, ["released", "released"])
    page.locator(f"#menu-{run_id}:focus").wait_for()
    page.evaluate(MOVES, [])

    assert [each.method for each in asked].count("POST") == 1
    assert "P-0001: Released" in page.locator("#board-says").inner_text()


def test_the_board_calls_nobody_back_who_went_on_to_its_filter(
    page: Page, link: str, base: str, ports: Ports
) -> None:
    run_id = a_run(ports)
    come_in(page, link)
    page.goto(f"{base}/production")

    with late(page, "**/production/*/move*", method="POST") as answers:
        page.locator(f"#menu-{run_id}").click()
        page.locator(f'#card-{run_id} .panel form[data-to="released"] button').click()
        answers.wait_for()
        page.locator("#board-q").press_sequentially("fi")
        answers.let_through()
        page.locator(f'#card-{run_id}[data-state="released"]').wait_for()
        page.keyboard.type("g")

    assert page.locator("#board-q").input_value() == "fig"
