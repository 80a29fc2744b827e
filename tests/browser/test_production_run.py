"""A run from planned to done in a real browser: by keyboard alone, by hand, and with a camera."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import segno

from hub.domain.people.roles import Role
from hub.ports import Ports
from tests.browser.conftest import PHONE, LinkFor, Window, come_in
from tests.ground.chromium import CHROMIUM, FLAGS, Page
from tests.web.pages.making.test_production import a_run, run_now
from tests.web.pages.making.test_production_bench import more_wax

SIDE = 480
FRAMES = 4
GREY = b"\x80" * (SIDE * SIDE // 2)


def label_film(path: Path, code: str) -> None:
    """Write a film of a label's QR code, as a camera would see it (YUV4MPEG2, 4:2:0)."""
    rows = [bytes(row) for row in segno.make(code, micro=False).matrix]
    scale = SIDE // (len(rows) + 8)
    edge = (SIDE - scale * len(rows)) // 2
    white = bytes([235])
    blank = white * SIDE
    lines = [blank] * edge
    for row in rows:
        dots = b"".join(bytes([16 if dot else 235]) * scale for dot in row)
        lines += [(white * edge + dots).ljust(SIDE, white)] * scale
    lines += [blank] * (SIDE - len(lines))
    frame = b"FRAME\n" + b"".join(lines) + GREY
    head = f"YUV4MPEG2 W{SIDE} H{SIDE} F10:1 Ip A1:1 C420jpeg\n".encode()
    path.write_bytes(head + frame * FRAMES)


@pytest.fixture
def camera(tmp_path: Path, chromium: Any) -> Iterator[Callable[[str], Page]]:
    """Opens a phone whose camera sees a label: camera("WAX-1")."""
    opened = []

    def with_label(code: str) -> Page:
        film = tmp_path / "label.y4m"
        label_film(film, code)
        browser = chromium.browser_type.launch(
            executable_path=str(CHROMIUM),
            args=[
                *FLAGS,
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                f"--use-file-for-fake-video-capture={film}",
            ],
        )
        opened.append(browser)
        return browser.new_context(viewport=PHONE, locale="en-GB").new_page()

    yield with_label
    for browser in opened:
        browser.close()


def press(page: Page, *keys: str) -> None:
    """Press keys one after the other."""
    for key in keys:
        page.keyboard.press(key)


def tab_to(page: Page, selector: str) -> None:
    """Go on with Tab until something has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement?.matches(s) ?? false", selector):
            return
    raise AssertionError(f"no Tab leads to {selector}")


def let_through(page: Page, held_back: list[Any]) -> None:
    """Let what the page asked for while it was cut off come in, and nothing wait again."""
    page.evaluate(
        "document.addEventListener('htmx:afterOnLoad', () => { document.body.title = 'in' })"
    )
    for asked in held_back:
        asked.continue_()
    page.unroute_all(behavior="ignoreErrors")
    page.locator('body[title="in"]').wait_for()


def test_a_run_goes_from_planned_to_done_by_keyboard_alone(
    page: Page, link: str, base: str, ports: Ports, complaints: list[str]
) -> None:
    run_id = a_run(ports)
    come_in(page, link)
    page.goto(f"{base}/production")

    tab_to(page, f"#menu-{run_id}")
    press(page, "Enter", "ArrowDown", "Enter")
    page.locator("#board-says", has_text="P-0001: Released").wait_for()
    page.locator(f'.column[data-state="released"] #card-{run_id}').wait_for()
    assert run_now(ports, run_id).state == "released"

    page.locator(f"#menu-{run_id}:focus").wait_for()
    press(page, "Enter", "ArrowDown", "Enter")
    page.locator("#board-says", has_text="P-0001: Running").wait_for()
    assert run_now(ports, run_id).state == "running"

    tab_to(page, f'a[href="/production/{run_id}/finish"]')
    press(page, "Enter")
    page.get_by_role("heading", name="Finish P-0001").wait_for()
    tab_to(page, 'input[name="produced"]')
    press(page, "Enter")
    page.get_by_text("Finished. The new lot is in stock.").wait_for()

    assert run_now(ports, run_id).state == "done"
    assert complaints == []


def test_a_card_is_dragged_where_it_may_go_and_the_move_is_undone(
    page: Page, link: str, base: str, ports: Ports, complaints: list[str]
) -> None:
    run_id = a_run(ports)
    come_in(page, link)
    page.goto(f"{base}/production")
    card = page.locator(f"#card-{run_id} p").first

    card.drag_to(page.locator('.column[data-state="released"]'))
    page.locator("#board-says", has_text="P-0001: Released").wait_for()
    page.locator(f'#card-{run_id}[data-state="released"]').wait_for()
    card.drag_to(page.locator('.column[data-state="running"]'))
    page.locator("#board-says", has_text="P-0001: Running").wait_for()
    assert run_now(ports, run_id).state == "running"
    page.locator("#board-says").get_by_role("button", name="Undo").click()
    page.locator("#board-says", has_text="P-0001: Released").wait_for()

    assert run_now(ports, run_id).state == "released"
    assert complaints == []


def test_the_board_stays_under_a_hand_until_the_card_is_let_go(
    page: Page, link: str, base: str, ports: Ports
) -> None:
    run_id = a_run(ports)
    come_in(page, link)
    page.goto(f"{base}/production")
    held_back: list[Any] = []
    page.route(re.compile(r"/production(\?|$)"), lambda asked: held_back.insert(0, asked))
    card = page.locator(f"#card-{run_id} p").first
    card.drag_to(page.locator('.column[data-state="released"]'))
    page.locator("#board-says", has_text="P-0001: Released").wait_for()

    card.hover()
    page.mouse.down()
    page.evaluate(
        "id => { document.getElementById(id).title = 'in the hand' }", f"card-{run_id}"
    )
    let_through(page, held_back)
    in_the_hand = page.locator(f'#card-{run_id}[title="in the hand"]').count()
    page.locator('.column[data-state="running"]').hover()
    page.mouse.up()
    page.locator("#board-says", has_text="P-0001: Running").wait_for()

    assert in_the_hand == 1
    assert run_now(ports, run_id).state == "running"


def test_a_card_dragged_where_it_may_not_go_stays_and_says_why(
    page: Page, link: str, base: str, ports: Ports
) -> None:
    run_id = a_run(ports, wax_grams=500)
    come_in(page, link)
    page.goto(f"{base}/production")

    card = page.locator(f"#card-{run_id} p").first
    card.drag_to(page.locator('.column[data-state="running"]'))
    page.locator("#board-says [role=alert]", has_text="still lacks 1.5 kg").wait_for()

    page.locator(f'.column[data-state="planned"] #card-{run_id}').wait_for()
    assert run_now(ports, run_id).state == "planned"


def test_a_move_the_server_refuses_goes_back_where_it_was(
    page: Page, link: str, base: str, ports: Ports
) -> None:
    run_id = a_run(ports)
    come_in(page, link)
    page.goto(f"{base}/production")
    page.evaluate(
        "id => { const form = document.querySelector(`#card-${id} form.move`);"
        " form.querySelector('[name=to]').value = 'sideways'; }",
        run_id,
    )

    page.locator(f"#menu-{run_id}").click()
    page.locator(f"#card-{run_id} .panel button").first.click()

    page.locator("#board-says [role=alert]").wait_for()
    page.locator(f'.column[data-state="planned"] #card-{run_id}').wait_for()


def test_a_lot_is_scanned_with_the_camera_and_the_run_is_made_on_a_phone(
    camera: Callable[[str], Page], link_for: LinkFor, base: str, ports: Ports
) -> None:
    run_id = a_run(ports)
    page = camera("WAX-1")
    window = Window(page)
    window.listen()
    come_in(page, link_for(Role.MAKER))
    page.goto(f"{base}/production/{run_id}")

    page.get_by_role("button", name="Scan with the camera").click()
    page.get_by_text("WAX-1 is the right lot.").wait_for()
    small = page.evaluate(
        "[...document.querySelectorAll('#bench .big, #bench .pick-lot')]"
        ".filter(e => e.offsetHeight && e.offsetHeight < 56).map(e => e.outerHTML)"
    )
    page.get_by_role("button", name="Start").click()
    page.get_by_text("Started. The materials are picked.").wait_for()
    page.locator("#bench").get_by_role("link", name="Finish").click()
    page.get_by_role("button", name="Finish").click()
    page.get_by_text("Finished. The new lot is in stock.").wait_for()

    assert run_now(ports, run_id).state == "done"
    assert small == []
    assert window.complaints == []


def test_a_keyboard_scanner_types_a_code_and_enter_and_a_wrong_lot_is_refused(
    open_window: Callable[..., Window], link: str, base: str, ports: Ports
) -> None:
    run_id = a_run(ports)
    more_wax(ports, "OLD-1", days=-1)
    page = open_window(size=PHONE).page
    come_in(page, link)
    page.goto(f"{base}/production/{run_id}")

    page.locator("#scan").focus()
    page.keyboard.type("OLD-1\n")
    page.get_by_text("Lot OLD-1 is past its best before").wait_for()
    page.locator("#scan").fill("")
    page.keyboard.type("WAX-1\n")
    page.get_by_text("WAX-1 is the right lot.").wait_for()

    page.locator("#scan:focus").wait_for()
    assert run_now(ports, run_id).state == "planned"


def test_without_a_camera_the_page_says_so_and_waits_for_the_keyboard(
    page: Page, link: str, base: str, ports: Ports
) -> None:
    run_id = a_run(ports)
    come_in(page, link)
    page.goto(f"{base}/production/{run_id}")

    page.get_by_role("button", name="Scan with the camera").click()

    page.locator("[data-says]:not(:empty)").wait_for()
    page.locator("#scan:focus").wait_for()
