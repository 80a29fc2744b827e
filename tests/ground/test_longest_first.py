"""The tests that may take longest begin first, by their own word."""

import pytest

pytest_plugins = ["pytester"]

TESTS = """
import pytest

def test_a_quick_one(): pass
def test_another_quick_one(): pass
@pytest.mark.slow
def test_a_slow_one(): pass
@pytest.mark.timeout(1800)
def test_half_an_hour(): pass
@pytest.mark.timeout(5)
def test_one_that_must_not_hang(): pass
@pytest.mark.timeout(0)
def test_one_without_end(): pass
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_ten_minutes(): pass
"""


def test_what_may_take_longest_begins_first_and_all_else_stays_in_its_order(
    pytester: pytest.Pytester,
) -> None:
    pytester.makeini("[pytest]\ntimeout = 120\nmarkers =\n  slow: takes long\n")
    pytester.makeconftest(
        "from tests.ground.longest_first import pytest_collection_modifyitems\n"
    )
    pytester.makepyfile(test_of_the_house=TESTS)

    [collected] = pytester.inline_run("--collect-only").getcalls("pytest_collection_finish")

    assert [item.name.removeprefix("test_") for item in collected.session.items] == [
        "one_without_end",
        "half_an_hour",
        "ten_minutes",
        "a_slow_one",
        "a_quick_one",
        "another_quick_one",
        "one_that_must_not_hang",
    ]
