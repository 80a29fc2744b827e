"""The summary says how many mails became orders by themselves, and how many wrongly."""

from collections import Counter
from collections.abc import Mapping
from typing import cast

import pytest

from tests.letters.expected import Auto, Case
from tests.letters.judging import Outcome, fault

_TOLD = pytest.StashKey[Counter[str]]()

MAILS = "mails"
ASKED = "mails that order something clear"
TAKEN = "of these taken without a person"
PERHAPS = "mails that may be taken or looked at"
PERHAPS_TAKEN = "of these taken without a person (perhaps)"
WRONG = "orders that should not be, or not be so"


def note_mail(config: pytest.Config, case: Case, outcome: Outcome) -> None:
    """Add one mail to this process's account."""
    told = _told(config)
    told[MAILS] += 1
    taken = len(outcome.orders)
    told[WRONG] += bool(taken and fault(case, outcome))
    if isinstance(case.becomes, Auto):
        strict = not case.becomes.or_reasons
        told[ASKED if strict else PERHAPS] += 1
        told[TAKEN if strict else PERHAPS_TAKEN] += taken


def _told(config: pytest.Config) -> Counter[str]:
    return config.stash.setdefault(_TOLD, Counter())


def pytest_sessionfinish(session: pytest.Session) -> None:
    """An xdist worker hands its account to the controller."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["letters"] = dict(_told(session.config))


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """The controller adds it up."""
    config = getattr(node, "config", None)
    output = getattr(node, "workeroutput", {})
    if isinstance(config, pytest.Config) and isinstance(output, dict):
        told = _told(config)
        told.update(cast(Mapping[str, int], output.get("letters", {})))


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print the account."""
    told = _told(config)
    if not told:
        return
    terminalreporter.section("orders by mail")
    write = terminalreporter.write_line
    write(f"mails judged: {told[MAILS]:,}; orders that are wrong: {told[WRONG]:,}")
    taken = told[TAKEN]
    write(f"clear orders taken without a person: {taken:,} of {told[ASKED]:,}")
    taken += told[PERHAPS_TAKEN]
    asked = told[ASKED] + told[PERHAPS]
    share = 100 * taken / asked if asked else 0
    write(f"all that may be taken: {taken:,} of {asked:,} ({share:.0f} %)")
