"""Somebody's hands at a browser: they click, tap and type what their language shows them."""

import re
from dataclasses import dataclass
from pathlib import Path

from babel.support import NullTranslations, Translations

from tests.browser.conftest import Window
from tests.ground.chromium import Page

CATALOGUES = Path(__file__).parents[2] / "hub" / "web" / "translations"


class Words:
    """What a page says, in one language: words("Finish %(number)s", number="P-0001")."""

    def __init__(self, locale: str) -> None:
        self.locale = locale
        self._known: NullTranslations = NullTranslations()
        if locale != "en":
            self._known = Translations.load(str(CATALOGUES), [locale])

    def __call__(self, message: str, **values: object) -> str:
        """Say a message as the page says it."""
        said = self._known.gettext(message)
        return said % values if values else said

    def many(self, one: str, more: str, num: int) -> str:
        """Say a message about so many things."""
        return self._known.ngettext(one, more, num) % {"num": num}


@dataclass(frozen=True)
class Hands:
    """One person at one window, who knows no address: only what is to be seen and pressed."""

    window: Window
    words: Words
    has_touch: bool = False

    @property
    def page(self) -> Page:
        """What the window shows."""
        return self.window.page

    def hit(self, target: Page) -> None:
        """Tap something where there is a touch screen, else click it."""
        if self.has_touch:
            target.first.tap()
        else:
            target.first.click()

    def press(self, message: str, *, of: str = "", inside: str = "main") -> None:
        """Press a button by what it says; `of` names the thing where several say it."""
        said = self.words(message)
        name = f"{said}: {of}" if of else said
        self.hit(self.page.locator(inside).get_by_role("button", name=name, exact=bool(of)))

    def follow(self, message: str, *, of: str = "", inside: str = "main") -> None:
        """Follow a link by what it says."""
        said = self.words(message)
        name = f"{said}: {of}" if of else said
        self.hit(self.page.locator(inside).get_by_role("link", name=name, exact=bool(of)))

    def open(self, name: str, *, inside: str = "main") -> None:
        """Follow the link of a thing by its name, which is the same in every language."""
        self.hit(self.page.locator(inside).get_by_role("link", name=name))

    def arrive(self) -> None:
        """Wait for a whole page, and until its scripts answer what is pressed and typed."""
        self.page.locator("main h1").first.wait_for()
        self.page.wait_for_load_state("load")

    def go(self, message: str) -> None:
        """Open a page of every day by the menu, which on a phone is behind its button."""
        if self.has_touch:
            self.hit(self.page.locator(".menu-opener"))
        menu = self.page.locator("#menu")
        self.hit(menu.get_by_role("link", name=self.words(message), exact=True))
        here = self.page.locator(
            '#menu [aria-current="page"]', has_text=self.words(message)
        )
        here.first.wait_for(state="attached")
        self.arrive()

    def house(self, message: str) -> None:
        """Open a page by the menu behind one's own name."""
        menu = self.page.locator("header .me:not(.more-pages)")
        self.hit(menu.locator("summary"))
        way = menu.get_by_role("link", name=self.words(message), exact=True)
        address = way.get_attribute("href")
        self.hit(way)
        self.page.wait_for_url(f"**{address}")
        self.arrive()

    def write(self, message: str, text: str) -> None:
        """Type into the field whose label begins so, over what is in it."""
        label = re.compile(rf"^\s*{re.escape(self.words(message))}")
        fields = self.page.locator("input, textarea")
        self.page.get_by_label(label).and_(fields).first.fill(text)

    def sees(self, message: str, **values: object) -> None:
        """Wait until the page says something."""
        self.page.get_by_text(self.words(message, **values)).first.wait_for()

    def sees_heading(self, message: str, **values: object) -> None:
        """Wait until a heading says something."""
        said = self.words(message, **values)
        self.page.get_by_role("heading", name=said).first.wait_for()
