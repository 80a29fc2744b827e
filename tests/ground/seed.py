"""One seed for everything random in a test run: the same every time, or drawn with --explore."""

import secrets

import hypothesis
import pytest

SEED = 20261123
"""What everything random is drawn from, unless somebody asks for another."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --seed, --explore, --schedules and --mails."""
    parser.addoption(
        "--seed",
        type=int,
        default=None,
        help="replay a test run's random choices (see its header)",
    )
    parser.addoption(
        "--explore",
        action="store_true",
        help="draw the seed, and let Hypothesis look for new examples",
    )
    parser.addoption(
        "--schedules",
        type=int,
        default=600,
        help="how many schedules of crashes run on SQLite, and a tenth of them on PostgreSQL",
    )
    parser.addoption(
        "--mails",
        type=int,
        default=800,
        help="how many mutated mails the reader of mail is given (make fuzz: 100,000)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Choose the seed once; xdist hands the controller's options to its workers.

    The same schedules, days and examples are tried every time, so that what fails is what was
    changed; who wants to find something new says --explore (make storm).
    """
    hypothesis.settings.load_profile("exploring" if config.option.explore else "hornada")
    if config.option.seed is None:
        config.option.seed = secrets.randbelow(2**31) if config.option.explore else SEED


def pytest_report_header(config: pytest.Config) -> str:
    """Say the seed, so that a failure can be replayed."""
    return f"seed: {config.option.seed} (replay with --seed {config.option.seed})"


@pytest.fixture(scope="session")
def seed(pytestconfig: pytest.Config) -> int:
    """The seed of this run."""
    value: int = pytestconfig.option.seed
    return value
