"""The command that shows the whole hub at work, with a made-up workshop and a pretend shop."""

import os
from pathlib import Path

import click

from hub.cli_options import settings_for
from hub.demo.run import Demo, run_demo

FOLDER = Path("var") / "demo"


@click.command()
@click.option(
    "--auto", is_flag=True, help="Let a maker do the work: start, finish, ship, receive."
)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="The demo's own folder (or HORNADA_DATA; default ./var/demo).",
)
@click.option("--port", type=int, help="The port to listen on (or HORNADA_PORT; 8470).")
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
@click.option(
    "--orders-every",
    default=8.0,
    show_default=True,
    type=click.FloatRange(min=0),
    help="Seconds between two orders; 0: nobody orders but once.",
)
@click.option(
    "--mails-every",
    default=180.0,
    show_default=True,
    type=click.FloatRange(min=0),
    help="Seconds between two mails of customers; 0: they write on the first day only.",
)
def demo(
    *,
    auto: bool,
    data: Path | None,
    port: int | None,
    no_browser: bool,
    orders_every: float,
    mails_every: float,
) -> None:
    """Show the hub at work: a sample workshop, a pretend Shopify shop, and customers who write.

    Nothing of it leaves this machine, and it never touches a workshop of your own. What is made
    and sold stays in the folder for the next time; the shop starts anew each time.
    """
    folder = data or Path(os.environ.get("HORNADA_DATA") or FOLDER)
    # What the processes do is told in other words; what goes wrong is still in the log.
    level = os.environ.get("HORNADA_LOG_LEVEL", "warning")
    settings = settings_for(data=folder, port=port, allow_loopback=True, log_level=level)
    run_demo(
        settings,
        Demo(
            is_alone=auto,
            has_browser=not no_browser,
            say=click.echo,
            every_seconds=orders_every,
            mails_every=mails_every,
        ),
    )
