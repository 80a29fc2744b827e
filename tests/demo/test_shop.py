"""The demo's shop moves in, and one that comes after it puts the earlier one's affairs in order."""

import re
from datetime import UTC
from pathlib import Path

import requests
from click.testing import CliRunner
from sqlalchemy import select

from hub.cli import hornada
from hub.demo.shop import FIRST_PIECES, FIRST_SKU, Plan, Shop, move_in, open_shop
from hub.flow.planning.forecasts import refresh_forecasts
from hub.flow.planning.plan import replan
from hub.invariants import check
from hub.models.purchasing.purchase_needs import suggestion_rows
from hub.models.records.channels import ChannelAccount
from hub.models.records.forecasts import Forecast
from hub.models.records.items import Item
from hub.models.records.orders import SalesOrder
from hub.models.session import Database
from hub.ports import Ports
from tests.doors import make_ports
from tests.factories import NOW, make_order
from tests.hub_process import free_port
from tests.journeys.processes import Program, wait_for


def arrive(ports: Ports, shop: Shop) -> str:
    """Let a shop move in."""
    return ports.database.run(lambda session: move_in(session, ports, shop, now=NOW))


def accounts(database: Database) -> list[ChannelAccount]:
    """Every shop that was connected, the oldest first."""
    shops = select(ChannelAccount).where(ChannelAccount.channel != "manual")
    with database.reading() as session:
        return list(session.scalars(shops.order_by(ChannelAccount.id)))


def test_a_shop_moves_into_an_empty_workshop_and_is_live(
    sqlite_database: Database,
) -> None:
    ports = make_ports(sqlite_database)

    with open_shop(Plan(port=0)) as shop:
        path = arrive(ports, shop)

    [account] = accounts(sqlite_database)
    with sqlite_database.reading() as session:
        item = session.scalar(select(Item).filter_by(code=FIRST_SKU))
    assert path == f"/webhooks/shopify/{account.key}"
    assert (account.name, account.mode) == ("Sandbox shop", "live")
    assert item is not None


def test_the_next_shop_turns_the_one_before_off_and_cancels_what_it_still_wanted(
    sqlite_database: Database,
) -> None:
    ports = make_ports(sqlite_database)
    with open_shop(Plan(port=0)) as first:
        arrive(ports, first)
    [account] = accounts(sqlite_database)
    with sqlite_database.begin() as session:
        item = session.scalars(select(Item).filter_by(code=FIRST_SKU)).one()
        order = make_order(session, account=account, lines={item: FIRST_PIECES})

    with open_shop(Plan(port=0)) as second:
        arrive(ports, second)

    assert [(each.name, each.mode) for each in accounts(sqlite_database)] == [
        ("Sandbox shop", "off"),
        ("Sandbox shop 2", "live"),
    ]
    with sqlite_database.reading() as session:
        assert session.get_one(SalesOrder, order.id).intent == "cancelled"


def test_the_workshop_knows_who_sells_what_it_needs_and_what_it_sold_before(
    sqlite_database: Database,
) -> None:
    ports = make_ports(sqlite_database)
    with open_shop(Plan(port=0)) as shop:
        arrive(ports, shop)
    with sqlite_database.begin() as session:
        [account] = session.scalars(select(ChannelAccount).filter_by(channel="shopify"))
        candle = session.scalars(select(Item).filter_by(code=FIRST_SKU)).one()
        make_order(session, account=account, lines={candle: 150})
        replan(session, now=NOW)
        refresh_forecasts(session, now=NOW, zone=UTC)

    with sqlite_database.reading() as session:
        suggested = suggestion_rows(session, today=NOW.date())
        kept = session.scalars(
            select(Item).join(Forecast, Forecast.item_id == Item.id)
        ).all()
        assert check(session, now=NOW) == []

    sellers = {each.supplier.name for each in suggested if each.supplier}
    assert sellers >= {"Cera Vega", "Envases Alhambra"}
    assert [item.code for item in kept] == ["SALT-LAV-500"]


def test_the_sandbox_command_plays_shops_that_sell_and_take_orders(tmp_path: Path) -> None:
    program = Program(
        *("sandbox", "--port", str(free_port()), "--orders-every", "0.2"),
        *("--faults", "lose=0.5", "--faults", "storm", "--faults", "throttled=0.1"),
        *("--mails-every", "0.2", "--mail-secret", "a-secret-of-my-own"),
        settings={},
        folder=tmp_path,
    )
    program.start()
    try:
        page = wait_for(
            lambda: re.search(r"to look into\s+(\S+)", program.said), what="its page"
        )[1]

        orders = wait_for(
            lambda: requests.get(f"{page}orders", timeout=5).json(), what="an order"
        )

        at_etsy = wait_for(
            lambda: requests.get(f"{page}etsy/orders", timeout=5).json(), what="an order"
        )
        mails = wait_for(
            lambda: requests.get(f"{page}mail/mails", timeout=5).json(), what="a mail"
        )
        weather = {
            name: {
                each["kind"]
                for each in requests.get(f"{page}{name}faults", timeout=5).json()
            }
            for name in ("", "etsy/", "mail/")
        }

        assert re.search(r"client secret\s+shpss_\w{32}", program.said)
        assert re.search(r"webhook secret\s+whsec_\S{32}", program.said)
        assert at_etsy[0]["lines"]
        assert "Lavender candle" in requests.get(f"{page}etsy/", timeout=5).text
        assert weather[""] - weather["etsy/"] == {"throttled"}
        assert weather["etsy/"] >= {"lose", "drop_after_apply"}
        assert weather["mail/"] >= {"lose", "altered", "damaged"}
        assert "webhook secret a-secret-of-my-own" in program.said
        assert mails[0]["from"] in program.said
        assert orders[0]["name"] == "#1001"
        assert "Lavender candle" in requests.get(page, timeout=5).text
    finally:
        program.stop()
    assert "Traceback" not in program.said


def test_the_sandbox_command_refuses_weather_it_does_not_know() -> None:
    for words in ("hail", "lose=2", "lose=often"):
        made = CliRunner().invoke(hornada, ["sandbox", "--faults", words])

        assert made.exit_code == 2
        assert "--faults" in made.output
