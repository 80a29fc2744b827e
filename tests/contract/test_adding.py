"""A channel is added by a folder, a line in the registry and samples, and by no other edit."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import select

from connectors.protocol import Registration
from connectors.registry import CHANNELS, GROUP, OURS, with_theirs
from connectors.sandbox.serving import serve
from hub.app import create_app
from hub.domain.people.roles import Role
from hub.flow.people.tokens import make_token
from hub.invariants import check
from hub.models.records.channels import ChannelAccount
from hub.models.session import Database
from hub.ports import Ports
from tests.contract.channels.toy.harness import ToyHarness
from tests.contract.channels.toy.serving import create_stall
from tests.contract.found import FOLDER, harness_of
from tests.contract.harness import Basket
from tests.doors import HandClock, make_ports
from tests.web.api.program import Json, Program
from workers.sweep import sweep

_MINUTE = timedelta(minutes=1)
ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("hub", "webhooks", "workers", "mapping", "connectors")
TOY = EntryPoint(
    name="toy", value="tests.contract.channels.toy.channel:REGISTRATION", group=GROUP
)

ALLOWED = {
    "connectors/registry.py": "the one line",
    "hub/domain/tables/order_words.py": "shops' exported tables, told apart by their headings",
    "hub/demo/shop.py": "the demo shows one shop, and says which",
    "hub/web/api/schemas/channel_input.py": "an example in the API's description",
}
"""Who may name a channel, and why. This only shrinks: a name that is gone must leave it too."""


ALSO_WORDS = {"manual", "email"}
"""Keys that mean something else as well, such as a person's address; imports are still seen."""


# Without another edit -----------------------------------------------------------------------


def keys_named(path: Path) -> Iterator[str]:
    """Yield every channel that a file names in a literal, but for words in its docstrings."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and node.value in OURS.keys() - ALSO_WORDS:
            yield str(node.value)
        if isinstance(node, ast.ImportFrom) and node.module:
            parts = node.module.split(".")
            if parts[0] == "connectors" and parts[1:2] and parts[1] in OURS:
                yield parts[1]


def files_for_all_channels() -> Iterator[Path]:
    """Every file of the product that is not one channel's own."""
    own = [ROOT / "connectors" / key for key in OURS] + [ROOT / "connectors" / "sandbox"]
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if not any(path.is_relative_to(folder) for folder in own):
                yield path


def namers() -> dict[str, set[str]]:
    """Who names which channel other than the hub's own, orders typed by hand."""
    return {
        str(path.relative_to(ROOT)): found
        for path in files_for_all_channels()
        if (found := set(keys_named(path)) - {"manual"})
    }


def test_no_other_file_names_a_channel() -> None:
    assert namers().keys() - ALLOWED.keys() - with_a_sandbox() == set()


def test_whoever_no_longer_names_a_channel_is_no_longer_allowed_to() -> None:
    assert ALLOWED.keys() - namers().keys() == set()


def with_a_sandbox() -> set[str]:
    """The doors of the pretended shops: a sandbox is played with by hand, one by one."""
    return {"hub/cli_sandbox.py"}


def test_the_search_sees_a_name(tmp_path: Path) -> None:
    naming = tmp_path / "naming.py"
    naming.write_text(
        '"""About etsy."""\nfrom connectors.shopify.ids import gid\nX = "etsy"\n'
    )

    assert sorted(keys_named(naming)) == ["etsy", "shopify"]


@pytest.mark.parametrize("key", sorted(CHANNELS))
def test_every_registered_channel_is_examined(key: str) -> None:
    harness = harness_of(key)()

    assert harness.registration is CHANNELS[key]
    assert list(harness.samples.glob("*.json"))
    assert (FOLDER / key).is_dir()
    harness.close()


def test_a_package_that_is_installed_adds_its_channel_by_itself(tmp_path: Path) -> None:
    installed = tmp_path / "hornada_stall-1.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: hornada-stall\nVersion: 1\n"
    )
    (installed / "entry_points.txt").write_text(f"[{GROUP}]\n{TOY.name} = {TOY.value}\n")
    ask = "from connectors.registry import CHANNELS; print(CHANNELS['toy'].spec.title)"

    done = subprocess.run(
        [sys.executable, "-c", ask],
        env={"PYTHONPATH": f"{tmp_path}:{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.strip() == "Market stall", done.stderr


# A channel nobody here knew -----------------------------------------------------------------


@pytest.fixture
def ports(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> Ports:
    """A hub beside which a package with the toy was installed before it started."""
    there = cast("dict[str, Registration]", CHANNELS)
    monkeypatch.setitem(there, "toy", with_theirs(OURS, offered=[TOY])["toy"])
    return make_ports(sqlite_database)


@pytest.fixture
def owner(ports: Ports) -> Program:
    """The owner's program."""
    token = ports.database.run(
        lambda session: make_token(
            session, name="owner", role=Role.OWNER, now=ports.clock.now()
        )
    )
    return Program(create_app(ports).test_client(), token=token, ports=ports)


@pytest.fixture
def stall(ports: Ports) -> ToyHarness:
    """A market stall, whose clock is the hub's."""
    made = ToyHarness()
    made.stall.now = ports.clock.now()
    return made


def connect(owner: Program, stall: ToyHarness, *, base_url: str) -> Json:
    """Connect the stall by the API, and turn it on."""
    body = {
        "channel": "toy",
        "name": "Saturday market",
        "settings": {"shop": "stall-1", "base_url": base_url},
        "credentials": {"key": stall.stall.key, "refresh": stall.stall.refresh},
        "webhook_secrets": [stall.webhook_secret],
    }
    channel = owner.post("/channels", body)
    assert channel.json["mode"] == "shadow"
    answer = owner.call("PATCH", f"/channels/{channel.id}", {"mode": "live"})
    assert answer.status == 200, answer.text
    return channel.json


def deliver(owner: Program, stall: ToyHarness, *, order_id: str, url: str) -> int:
    """Post a webhook as the stall does."""
    posted = stall.post(order_id, event=f"event-of-{order_id}")
    path = "/" + url.split("/", 3)[3]
    answer = owner.client.post(
        path,
        data=posted.body,
        headers={**posted.headers, "Content-Type": "application/json"},
    )
    return answer.status_code


def catch_up(ports: Ports, stall: ToyHarness, *, minutes: int = 0) -> None:
    """Let time pass, and the workers do what there is to do."""
    assert isinstance(ports.clock, HandClock)
    for _ in range(max(1, minutes)):
        ports.clock.at = ports.clock.at.replace(second=0)
        if minutes:
            ports.clock.move(_MINUTE)
        stall.stall.now = ports.clock.now()
        sweep(ports)


def test_a_channel_of_another_package_walks_through_the_whole_hub(
    ports: Ports, owner: Program, stall: ToyHarness
) -> None:
    with serve(create_stall(stall.stall)) as served:
        channel = connect(owner, stall, base_url=served.url)
        catch_up(ports, stall, minutes=2)

        told = stall.place(Basket(quantity=2))
        unheard_of = stall.place(Basket(quantity=1))
        url = cast(str, channel["webhook_url"])
        assert deliver(owner, stall, order_id=told, url=url) in {200, 202}
        catch_up(ports, stall)
        assert [one["external_id"] for one in owner.get("/orders").items] == [told]
        catch_up(ports, stall, minutes=12)
        orders = {one["external_id"]: one for one in owner.get("/orders").items}
        assert orders.keys() == {told, unheard_of}

        make_stock_and_map(owner)
        catch_up(ports, stall, minutes=2)
        parcel = {
            "order": orders[told]["id"],
            "carrier": "Correos",
            "tracking_number": "PK7",
        }
        owner.post("/shipments", parcel)
        catch_up(ports, stall, minutes=2)

        assert [(one.number, one.pieces) for one in stall.parcels(told)] == [("PK7", 2)]
        assert stall.mails() == 1
        seen = owner.get(f"/orders/{orders[told]['id']}").json
        assert seen["phase"] == "shipped"
    assert_all_is_well(ports)


def make_stock_and_map(owner: Program) -> None:
    """Make soap known, say that the stall's listing is one soap, and lay ten in stock."""
    owner.post(
        "/items", {"code": "SOAP", "name": "Soap", "kind": "product", "unit": "each"}
    )
    amount = {"amount": "10", "unit": "each"}
    owner.post("/lots", {"item": "SOAP", "quantity": amount, "code": "SOAP-1"})
    [listing] = owner.get("/listings?sku=SOAP-1").items
    one = {"item": "SOAP", "quantity": {"amount": "1", "unit": "each"}}
    answer = owner.call("PUT", f"/listings/{listing['id']}/mapping", {"components": [one]})
    assert answer.status == 200, answer.text


def assert_all_is_well(ports: Ports) -> None:
    """See that the hub holds its laws, and that the account has no problem."""
    with ports.database.reading() as session:
        assert check(session) == []
        [account] = session.scalars(select(ChannelAccount).filter_by(channel="toy"))
        assert not account.needs_reconnect
        assert account.problem == ""
