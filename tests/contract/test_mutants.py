"""Proof that the suite notices what it says it notices: the toy with one mistake at a time."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from itertools import product
from pathlib import Path
from types import ModuleType

import pytest

from tests.contract.channels.toy.harness import ToyHarness, toy
from tests.contract.channels.toy.mutants import MUTANTS, mutated
from tests.contract.harness import Harness

SUITE = (
    "test_declared",
    "test_reading",
    "test_webhooks",
    "test_lists",
    "test_interleavings",
    "test_pushing",
    "test_stock",
    "test_standing",
    "test_errors",
    "test_golden",
)
Open = Callable[[], Harness]
Test = Callable[..., None]


def modules() -> list[ModuleType]:
    """The suite, subject by subject."""
    return [import_module(f"tests.contract.{name}") for name in SUITE]


def suite_in(module: ModuleType) -> Iterator[tuple[str, Test]]:
    """Every test of a part of the suite that is about one channel."""
    for name, found in vars(module).items():
        if name.startswith("test_") and inspect.isfunction(found):
            asked = inspect.signature(found).parameters
            if {"h", "open_shop"} & asked.keys():
                yield name, found


def parameters(test: Test) -> Iterator[Mapping[str, object]]:
    """Every set of values that a test is parametrised with."""
    sets = []
    for mark in getattr(test, "pytestmark", []):
        if mark.name == "parametrize":
            names = mark.args[0].split(",")
            rows = [row if len(names) > 1 else (row,) for row in mark.args[1]]
            sets.append([dict(zip(names, row, strict=True)) for row in rows])
    for chosen in product(*sets):
        yield {name: value for one in chosen for name, value in one.items()}


def notices(test: Test, open_shop: Open, *, may_skip: bool = True) -> bool:
    """Run one test on one channel, and say whether it found something wrong."""
    asked = inspect.signature(test).parameters
    for given in parameters(test):
        fixtures: dict[str, object] = (
            {"open_shop": open_shop} if "open_shop" in asked else {}
        )
        if "h" in asked:
            fixtures["h"] = open_shop()
        try:
            test(**fixtures, **given)
        except pytest.skip.Exception:
            if not may_skip:
                return True
        except (Exception, pytest.fail.Exception):  # noqa: BLE001 - whatever it is, it is noticed
            return True
    return False


ALL_TESTS: dict[str, Test] = dict(one for module in modules() for one in suite_in(module))


def test_the_toy_as_it_is_passes_and_nothing_of_it_is_skipped() -> None:
    for name, test in ALL_TESTS.items():
        assert not notices(test, lambda: ToyHarness(toy), may_skip=False), name


@pytest.mark.parametrize("mistake", MUTANTS)
def test_the_suite_notices(mistake: str) -> None:
    mutant = MUTANTS[mistake]
    noticing = ALL_TESTS[mutant.noticed_by]

    assert notices(noticing, lambda: ToyHarness(mutated(mutant.make)))


def test_every_part_of_the_suite_is_run_here() -> None:
    here = Path(__file__).parent
    about_channels = {
        path.stem
        for path in here.glob("test_*.py")
        if "h: Harness" in path.read_text(encoding="utf-8")
    }

    # The echoes are about the whole hub over a channel, and need a database; a stall is no mailbox
    # (test_mailbox_mutants.py).
    others = {"test_mutants", "test_echoes", "test_mailbox", "test_mailbox_mutants"}
    assert about_channels - others <= set(SUITE)


def test_there_are_enough_mistakes_to_learn_from() -> None:
    assert len(MUTANTS) >= 40
