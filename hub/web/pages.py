"""All pages on one app: each noun's routes, the door-keeper, the words, and how errors look."""

from functools import partial
from hashlib import sha256
from pathlib import Path

import structlog
from flask import (
    Blueprint,
    Flask,
    Response,
    make_response,
    render_template,
    request,
    url_for,
)
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import IntegerConverter, RequestRedirect

from hub.flow.refusal import Refusal
from hub.models.by_id import MOST_DIGITS
from hub.models.session import DatabaseDown
from hub.ports import Ports
from hub.request_id import request_id
from hub.web import find, menu, saved_views
from hub.web.asking import what_if
from hub.web.buyer import buyer_page
from hub.web.channels import (
    authorise,
    channel_pages,
    channel_upkeep,
    connect,
    connect_edit,
    message_again,
    message_detail,
    message_lists,
    tasks,
)
from hub.web.compression import add_compression
from hub.web.guard.browser_session import person
from hub.web.guard.csrf import Forged, token
from hub.web.guard.headers import add_headers
from hub.web.guard.page_guard import guard
from hub.web.guard.page_roles import PEOPLE, may_open
from hub.web.guard.slashes import without_slash
from hub.web.house import brand, settings_page, tables, work_centres, workshop_page
from hub.web.mail import customer_list, customer_page, mail_file, mail_list, notices
from hub.web.mail.result_words import result_words
from hub.web.making import (
    production_board,
    production_schedule,
    recipes,
    run_page,
    run_steps,
)
from hub.web.meaning import mapping_page
from hub.web.orders import (
    new_order,
    order_deeds,
    order_list,
    order_page,
    order_ship,
    priority,
    ways_out,
)
from hub.web.page_door import STATUS_OF, PageDoor, Routes
from hub.web.people import audit, login, me, people_page, tokens
from hub.web.pictures.filters import add_picture_filters
from hub.web.purchasing import purchase_list, purchase_page, suppliers
from hub.web.recalls import recall_list, recall_page
from hub.web.reviews import review_page, review_words
from hub.web.shipping import papers, returns, shipment_list, shipment_page
from hub.web.stock import (
    forecast_page,
    item_planning,
    lot_list,
    lot_page,
    stock_list,
    stock_page,
)
from hub.web.today import overview, today_page, welcome
from hub.web.wording import channel_words, done_words, message_words, words
from hub.web.wording.field_words import field_word
from hub.web.wording.finding_words import finding_words
from hub.web.wording.formats import add_formats
from hub.web.wording.language import LANGUAGES, add_languages, gettext, locale
from hub.web.wording.refusal_words import in_their_words

log = structlog.get_logger()

NOUNS: tuple[Routes, ...] = (
    login.ROUTES,
    today_page.ROUTES,
    overview.ROUTES,
    find.ROUTES,
    order_list.ROUTES,
    saved_views.ROUTES,
    order_page.ROUTES,
    order_deeds.ROUTES,
    order_ship.ROUTES,
    ways_out.ROUTES,
    what_if.ROUTES,
    new_order.ROUTES,
    priority.ROUTES,
    mapping_page.ROUTES,
    production_board.ROUTES,
    production_schedule.ROUTES,
    run_page.ROUTES,
    run_steps.ROUTES,
    shipment_list.ROUTES,
    shipment_page.ROUTES,
    returns.ROUTES,
    authorise.ROUTES,
    channel_pages.ROUTES,
    connect.ROUTES,
    connect_edit.ROUTES,
    channel_upkeep.ROUTES,
    tasks.ROUTES,
    message_lists.ROUTES,
    message_again.ROUTES,
    message_detail.ROUTES,
    notices.ROUTES,
    review_page.ROUTES,
    mail_list.ROUTES,
    mail_file.ROUTES,
    customer_list.ROUTES,
    customer_page.ROUTES,
    stock_page.ROUTES,
    stock_list.ROUTES,
    lot_list.ROUTES,
    item_planning.ROUTES,
    forecast_page.ROUTES,
    lot_page.ROUTES,
    recipes.ROUTES,
    recall_list.ROUTES,
    recall_page.ROUTES,
    purchase_list.ROUTES,
    purchase_page.ROUTES,
    suppliers.ROUTES,
    settings_page.ROUTES,
    welcome.ROUTES,
    tables.ROUTES,
    workshop_page.ROUTES,
    me.ROUTES,
    people_page.ROUTES,
    tokens.ROUTES,
    audit.ROUTES,
    work_centres.ROUTES,
    buyer_page.ROUTES,
    brand.ROUTES,
    papers.ROUTES,
)
"""What each noun adds."""

LARGEST_FORM = 256 * 1024
LARGEST_TABLE = 2 * 1024 * 1024
"""A file of ten thousand rows, as a page carries it from the look to the deed."""
LARGEST_MAIL = 26 * 1024 * 1024
"""A mail of 25 MiB and the form around it."""
TABLES = frozenset({"pages.look_table", "pages.take_table"})
MOST_FIELDS = 2000
"""A shipment of an order with 250 lines has some 300 fields."""
RETRY_SECONDS = "30"


class Id(IntegerConverter):
    """An id in an address: never more digits than the database can hold."""

    regex = rf"\d{{1,{MOST_DIGITS}}}"


STATIC = Path(__file__).parent / "static"


def register_pages(app: Flask, ports: Ports) -> None:
    """Put the pages on an app. This function will leave shut what page_roles.py does not open."""
    add_compression(app)
    add_headers(app, settings=ports.settings)
    add_languages(app, settings=ports.settings)
    add_formats(app, ports=ports)
    add_picture_filters(app, zone=ports.settings.zone)
    app.before_request(_limit_form)
    guard(app, ports=ports)
    app.url_map.converters["id"] = Id
    blueprint = Blueprint("pages", __name__)
    door = PageDoor(ports)
    buyer_page.add_buyer_links(app, ports=ports)
    for routes in NOUNS:
        for method, rule, view in routes:
            blueprint.add_url_rule(
                rule, view.__name__, partial(view, door), methods=[method]
            )
    app.register_blueprint(blueprint)
    app.jinja_env.globals |= {
        "csrf_token": token,
        "person": person,
        "may": _may,
        "may_see_people": _may_see_people,
        "word": words.word,
        "unit_word": words.unit_word,
        "hint_words": words.hint_words,
        "field_word": field_word,
        "refusal_words": in_their_words,
        "finding_words": finding_words,
        "result_words": result_words,
        "asset": _asset,
        "language": lambda: str(locale()),
        "languages": LANGUAGES,
        "did": _did,
        "account_name": message_words.account_name,
        "menu": menu,
    }
    app.jinja_env.globals |= {
        f"{name}_word": partial(words.said, table)
        for name, table in (
            *words.SAID.items(),
            *review_words.SAID.items(),
            *message_words.SAID.items(),
            *channel_words.SAID.items(),
        )
    }


def show_error(error: Exception) -> Response:
    """Show an error as a page. This function will show nothing of what happened inside."""
    if isinstance(error, RequestRedirect):
        return make_response(error.get_response())
    if isinstance(error, NotFound) and (page_meant := without_slash()):
        return page_meant
    status, words, headers = _told(error)
    page = render_template(
        "error.html", status=status, words=words, request_id=request_id()
    )
    response = make_response(page, status)
    response.headers.update(headers)
    return response


def _told(error: Exception) -> tuple[int, str, dict[str, str]]:
    match error:
        case Forged():
            words = gettext("This form was not sent from here. Open the page again.")
            return 403, words, {}
        case Refusal():
            return STATUS_OF.get(error.kind, 409), in_their_words(error.message), {}
        case HTTPException():
            status = error.code or 500
            return status, _words_of(status), _kept(error)
        case IntegrityError():
            words = gettext("Somebody else changed the same thing: open the page again.")
            return 409, words, {}
        case OperationalError() | InterfaceError() | DatabaseDown():
            log.error("page.database_away", error=type(error).__name__)
            words = gettext("The database does not answer. Try again in a moment.")
            return 503, words, {"Retry-After": RETRY_SECONDS}
        case _:
            log.error("page.failed", endpoint=request.endpoint, exc_info=error)
            words = gettext("Something went wrong here; nothing was changed.")
            return 500, words, {}


def _words_of(status: int) -> str:
    return {
        403: gettext("Your role may not do that. Ask the owner of this workshop."),
        404: gettext("There is nothing here."),
        405: gettext("This cannot be done here."),
        413: gettext("That was too much at once."),
    }.get(status, gettext("This cannot be answered."))


def _kept(error: HTTPException) -> dict[str, str]:
    kept = {"Allow", "Retry-After", "Location"}
    return {name: value for name, value in error.get_headers() if name in kept}


def _limit_form() -> None:
    if request.blueprint == "pages":
        most = LARGEST_TABLE if request.endpoint in TABLES else LARGEST_FORM
        if request.endpoint == "pages.upload_mail":
            most = LARGEST_MAIL
        request.max_content_length = request.max_form_memory_size = most
        request.max_form_parts = MOST_FIELDS


def _may(view: str) -> bool:
    known = person()
    return known is not None and may_open(known.role, view=f"pages.{view}")


def _may_see_people() -> bool:
    known = person()
    return known is not None and known.role in PEOPLE


def _did() -> str:
    did = request.args.get("did", "")
    return words.said(done_words.DID, did) if did in done_words.DID else ""


def _asset(name: str) -> str:
    """Return the address of one of our files, which changes when the file does."""
    stamp = sha256((STATIC / name).read_bytes()).hexdigest()[:8]
    return url_for("static", filename=name, v=stamp)
