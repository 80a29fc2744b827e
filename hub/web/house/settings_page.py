"""Settings: one page that leads to everything that is set up once, with a line about each."""

from dataclasses import dataclass

from flask import Response, current_app, url_for

from hub.web.guard.browser_session import me
from hub.web.guard.page_roles import may_open
from hub.web.page_door import PageDoor, Routes, show
from hub.web.wording.language import N_, gettext


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that is set up: its page, its name, and what it decides."""

    view: str
    name: str
    about: str
    part: str = ""
    """Where on the page it is."""


GROUPS: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    (
        N_("The workshop"),
        (
            Entry(
                "show_workshop",
                N_("Work centres and hours"),
                N_("Where runs happen, when it is open, and when it is shut."),
                "centres",
            ),
            Entry(
                "show_workshop",
                N_("Calendars and habits"),
                N_("Public holidays, how orders share a run, when parcels leave."),
                "habits",
            ),
            Entry(
                "show_workshop",
                N_("How long parcels take"),
                N_("Days to each country, which every promise counts with."),
                "ways",
            ),
            Entry(
                "list_tables",
                N_("Tables"),
                N_("Items, recipes, stock and suppliers in and out as CSV."),
            ),
            Entry(
                "welcome",
                N_("First steps"),
                N_("What a new workshop needs, with templates to write over."),
            ),
        ),
    ),
    (
        N_("Where you sell"),
        (
            Entry(
                "list_channels",
                N_("Channels"),
                N_("Shops and mailboxes: connect, rehearse, go live."),
            ),
            Entry("list_customers", N_("Customers"), N_("Whose mail is taken as orders.")),
            Entry(
                "show_letters",
                N_("Letters"),
                N_("What buyers are written, when, and in which words."),
            ),
            Entry(
                "show_brand",
                N_("Brand"),
                N_("Name, colour and logo of the buyer's page and of documents."),
            ),
        ),
    ),
    (
        N_("People and programs"),
        (
            Entry(
                "show_me",
                N_("My account"),
                N_("Password, second proof, language, and where you are logged in."),
            ),
            Entry("list_people", N_("People"), N_("Who may log in, and what they may do.")),
            Entry(
                "list_tokens",
                N_("Keys for programs"),
                N_("What other programs may do here."),
            ),
            Entry("show_audit", N_("Who did what"), N_("Every change, by whom and when.")),
        ),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """An entry as the page shows it."""

    name: str
    about: str
    address: str


def show_settings(door: PageDoor) -> Response:  # noqa: ARG001 - every view's signature
    """Show what can be set up by whoever looks, and nothing else."""
    groups = [(gettext(name), _ways(entries)) for name, entries in GROUPS]
    return show("settings/settings.html", groups=[each for each in groups if each[1]])


def _ways(entries: tuple[Entry, ...]) -> list[Way]:
    """Return what a role may open and what exists in this build."""
    there = current_app.view_functions
    return [
        Way(
            name=gettext(each.name),
            about=gettext(each.about),
            address=url_for(f"pages.{each.view}", _anchor=each.part or None),
        )
        for each in entries
        if f"pages.{each.view}" in there and may_open(me().role, view=f"pages.{each.view}")
    ]


ROUTES: Routes = (("GET", "/settings", show_settings),)
