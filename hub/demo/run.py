"""`hornada demo`: the whole hub with a workshop to look at, a shop that sells, and who works."""

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from hub.browser import show_in_browser
from hub.children import Child
from hub.clock import SystemClock
from hub.demo.api import Api, Away
from hub.demo.maker import Maker
from hub.demo.shop import Plan, page_of, run_shop
from hub.demo.workshop import log_in_secret, maker_token, refuse_a_real_workshop
from hub.models.session import Database
from hub.ports import Ports, open_ports
from hub.settings import Settings
from hub.supervise import Supervisor
from hub.web.people.login import enter_path

WORKING = timedelta(seconds=3)
ON_ITS_WAY = timedelta(seconds=25)

BY_HAND = """\
  1. Orders come in: on the page Orders, the newest first. The first is for two orange candles.
  2. There are none, so a run of candles is planned, and one of the blend they need.
     What the workshop does not know, or is short of, it says on the page Today.
  3. Open Production, press Start and Finish on the blend, then on the candles; then Ship the order.
  4. In the shop the order is fulfilled, with your tracking number.
  5. Customers order by mail, too: some mails become orders by themselves, others wait on the page
     Mail for you to say what is meant."""
ALONE = """\
  1. Orders come in: on the page Orders, the newest first. The first is for two orange candles.
  2. There are none, so a run of candles is planned, and one of the blend they need.
     What the workshop does not know, or is short of, it says on the page Today.
  3. A maker works by herself: what she does is written here, and in every order's history.
  4. In the shop one order after another is fulfilled, with its tracking number.
  5. Customers order by mail, too: some mails become orders by themselves, others wait on the page
     Mail for you to say what is meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """How the demo is wanted: with a maker who works alone or not, and how it is told."""

    is_alone: bool
    has_browser: bool
    say: Callable[[str], None]
    every_seconds: float = 8.0
    mails_every: float = 180.0
    pace: float = 2.0
    """Seconds between two things the maker does."""


def run_demo(settings: Settings, demo: Demo) -> None:
    """Run the demo until told to stop; everything it starts ends with it.

    :raises hub.supervise.CannotStart: something stands in the way; the words say what.
    """
    refuse_a_real_workshop(settings)
    plan = Plan(
        port=free_port(settings.port + 1),
        every_seconds=demo.every_seconds,
        mails_every=demo.mails_every,
    )
    supervisor = Supervisor(settings)
    supervisor.children.append(Child("shop", lambda: run_shop(open_ports(settings), plan)))
    supervisor.answers.append(lambda: is_open(plan.port))
    if demo.is_alone:
        supervisor.children.append(
            Child("maker", lambda: run_maker(open_ports(settings), demo))
        )
    supervisor.run(when_ready=lambda: _welcome(settings, demo, plan))


def run_maker(ports: Ports, demo: Demo) -> None:
    """Do the work of the workshop, one thing after another, for as long as we live."""
    now = ports.clock.now()
    token = ports.database.run(lambda session: maker_token(session, now=now))
    ports.database.dispose()
    maker = Maker(
        Api(ports.settings.url, token=token),
        random=Random(ports.random.getrandbits(64)),
        now=ports.clock.now,
        work=WORKING,
        way=ON_ITS_WAY,
    )
    while True:
        try:
            done = maker.act()
        except Away as trouble:
            done = str(trouble)
        if done:
            demo.say(f"  {ports.clock.now().astimezone():%H:%M:%S}  {done}")
        time.sleep(demo.pace)


def free_port(wanted: int) -> int:
    """Choose a port of this machine: the wanted one if it can be had, else any."""
    for port in (wanted, 0):
        try:
            with socket.create_server(("127.0.0.1", port)) as probe:
                found: int = probe.getsockname()[1]
                return found
        except (OSError, OverflowError):
            continue
    raise OSError("this machine has no port left")


def is_open(port: int) -> bool:
    """Say whether somebody listens at a port of this machine."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def _welcome(settings: Settings, demo: Demo, plan: Plan) -> None:
    database, now = Database(settings.database), SystemClock().now()
    secret = database.run(lambda session: log_in_secret(session, now=now))
    database.dispose()
    way_in = f"{settings.url}{enter_path(secret)}"
    demo.say(
        "Cera y Sal, a made-up workshop of candles and soap, is open. Ctrl-C closes it.\n\n"
        f"  The workshop   {way_in}  (logs you in, once)\n"
        f"  Its shop       {page_of(plan.port)}  (a pretend Shopify shop)\n"
        f"  Its customers  {page_of(plan.port)}mail/  (who order by mail)\n\n"
        f"What you will see within a minute:\n{ALONE if demo.is_alone else BY_HAND}\n"
    )
    if demo.has_browser:
        show_in_browser(way_in)
