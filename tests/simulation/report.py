"""The summary says how many schedules ran and where processes died in them (a pytest plugin)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import cast

import pytest

_TOLD = pytest.StashKey[Counter[str]]()


def note_schedules(
    config: pytest.Config,
    engine: str,
    *,
    crashes: Iterable[Mapping[str, int]],
    parcels: int,
) -> None:
    """Add finished schedules to this process's account: where processes died in each."""
    told = _told(config)
    told[f"{engine}: parcels shipped"] += parcels
    for each in crashes:
        told[f"{engine}: schedules"] += 1
        told.update({f"{engine}: died or slept at {where}": n for where, n in each.items()})


def _told(config: pytest.Config) -> Counter[str]:
    return config.stash.setdefault(_TOLD, Counter())


def pytest_sessionfinish(session: pytest.Session) -> None:
    """An xdist worker hands its account to the controller."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["schedules"] = dict(_told(session.config))


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """The controller adds it up."""
    config = getattr(node, "config", None)
    output = getattr(node, "workeroutput", {})
    if isinstance(config, pytest.Config) and isinstance(output, dict):
        told = _told(config)
        told.update(cast(Mapping[str, int], output.get("schedules", {})))


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print the account."""
    told = _told(config)
    if told:
        terminalreporter.section("crash schedules")
    for what, count in sorted(told.items()):
        terminalreporter.write_line(f"{what}: {count:,}")
