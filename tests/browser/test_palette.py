"""The palette and the keys of every page, from the keyboard alone: no mouse is touched."""

from hub.domain.people.roles import Role
from hub.ports import Ports
from tests.browser.conftest import LinkFor, come_in
from tests.ground.chromium import Page
from tests.web.pages.goods import order_of

AT_ONCE = """keys => keys.forEach(key => document.activeElement.dispatchEvent(
    new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })))"""
"""Keys between which nothing is drawn: a browser takes the focus from what closed when it draws."""


HASTY = """() => {
  const field = document.getElementById("palette-q");
  const hit = document.querySelector("#palette-hits a");
  let isOpened = false;
  hit.addEventListener("click", (event) => {
    isOpened = true;
    event.preventDefault();
  });
  field.value = "zz";
  field.dispatchEvent(new Event("input", { bubbles: true }));
  for (const key of ["Enter", "Escape"]) {
    field.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  }
  const detail = { requestConfig: { parameters: { q: "zz" } } };
  hit.dispatchEvent(new CustomEvent("htmx:afterSwap", { bubbles: true, detail }));
  return isOpened;
}"""
"""Enter, Escape and the answer, all before the browser says that the palette has closed."""


def press(page: Page, *keys: str) -> None:
    """Press keys one after the other."""
    for key in keys:
        page.keyboard.press(key)


def test_an_order_is_found_and_opened_without_leaving_the_keyboard(
    page: Page, link: str, ports: Ports, complaints: list[str]
) -> None:
    with ports.database.begin() as session:
        order_id = order_of(session, pieces=2, in_stock=10)
    come_in(page, link)

    press(page, "Control+k")
    page.locator("#palette-q:focus").wait_for()
    page.keyboard.type("h1")
    page.locator("#palette-hits a", has_text="H-0001").wait_for()
    press(page, "Enter")

    page.get_by_role("heading", name="H-0001").wait_for()
    assert page.url.endswith(f"/orders/{order_id}")
    assert complaints == []


def test_the_arrows_walk_through_what_is_found_and_escape_leads_back(
    page: Page, link: str, complaints: list[str]
) -> None:
    come_in(page, link)
    where = page.url

    press(page, "Control+k")
    page.keyboard.type("or")
    page.locator("#palette-hits a", has_text="Orders").wait_for()
    page.locator("#palette-hits a", has_text="Today").wait_for(state="detached")
    press(page, "ArrowDown")
    page.locator("#palette-hits a:focus").wait_for()
    press(page, "ArrowUp")
    page.locator("#palette-q:focus").wait_for()
    press(page, "Escape")
    page.locator("#palette").wait_for(state="hidden")

    assert page.url == where
    press(page, "/")
    page.locator("#palette-q:focus").wait_for()
    assert complaints == []


def test_a_key_pressed_in_the_very_moment_the_palette_closes_is_for_the_page(
    page: Page, link: str, complaints: list[str]
) -> None:
    come_in(page, link)
    press(page, "Control+k")
    page.locator("#palette-q:focus").wait_for()

    page.evaluate(AT_ONCE, ["Escape", "/"])

    page.locator("#palette-q:focus").wait_for()
    assert complaints == []


def test_an_answer_in_the_very_moment_the_palette_closes_opens_nothing(
    page: Page, link: str
) -> None:
    come_in(page, link)
    press(page, "Control+k")
    page.locator("#palette-hits a").first.wait_for()

    assert page.evaluate(HASTY) is False


def test_two_keys_go_anywhere_and_a_question_mark_names_them(
    page: Page, link: str, complaints: list[str]
) -> None:
    come_in(page, link)

    press(page, "?")
    page.get_by_role("heading", name="Keys").wait_for()
    press(page, "Escape")
    page.locator("#keys").wait_for(state="hidden")
    page.evaluate(AT_ONCE, ["g", "o"])
    page.wait_for_url("**/orders")
    press(page, "/")
    page.locator("main #q:focus").wait_for()
    page.keyboard.type("g p ? /")

    assert page.locator("main #q").input_value() == "g p ? /"
    assert page.url.endswith("/orders")
    assert not page.locator("dialog[open]").count()
    assert complaints == []


def test_tab_goes_on_after_the_first_of_two_keys(page: Page, link: str) -> None:
    come_in(page, link)

    press(page, "g", "Tab")

    page.locator("a.skip:focus").wait_for()


def test_the_keys_of_a_role_lead_only_where_it_may_go(
    page: Page, link_for: LinkFor, base: str, complaints: list[str]
) -> None:
    come_in(page, link_for(Role.MAKER))

    page.evaluate(AT_ONCE, ["g", "c", "g", "p"])

    page.wait_for_url("**/production")
    assert not page.locator('#keys [data-key="c"]').count()
    assert complaints == []
