"""What the build server runs: a browser first, where it may have one, and then the tests."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[1]
TOOLS = ("bash", "dirname", "env")


@dataclass(frozen=True)
class Machine:
    """A machine of a few commands; those of ours write down how they were called."""

    bin: Path
    calls: Path

    def has(self, name: str, *, says: str = "", code: int = 0) -> None:
        """Put a command on the machine that notes its call, says something and ends."""
        path = self.bin / name
        path.write_text(
            f'#!/usr/bin/env bash\necho "{name} $*" >>"{self.calls}"\n'
            f'echo "{says}"\nexit {code}\n'
        )
        path.chmod(0o755)

    def run(self) -> tuple[list[str], str]:
        """Run what the build server runs; return the calls and all that was said."""
        done = subprocess.run(
            [self.bin.parent / ".ci" / "run"],
            env={"PATH": str(self.bin)}, capture_output=True, text=True, check=True,
        )  # fmt: skip
        calls = self.calls.read_text().splitlines()
        return [call for call in calls if not call.startswith("id ")], (
            done.stdout + done.stderr
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A root's machine without a browser, with a checkout whose command only notes its call."""
    (tmp_path / "bin").mkdir()
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci" / "run")
    for name in TOOLS:
        (tmp_path / "bin" / name).symlink_to(shutil.which(name) or name)
    made = Machine(tmp_path / "bin", tmp_path / "calls")
    made.has("id", says="0")
    made.has("apt-get", says="Reading package lists")
    made.has("../hornada")
    return made


TEST = "../hornada test"
INSTALL = "apt-get -qq install --yes --no-install-recommends chromium"


def test_a_missing_browser_is_installed_quietly_before_the_tests(machine: Machine) -> None:
    calls, said = machine.run()

    assert calls == ["apt-get -qq update", INSTALL, TEST]
    assert said.strip() == ""


def test_the_tests_run_where_no_browser_can_be_installed(machine: Machine) -> None:
    machine.has("apt-get", says="Temporary failure resolving", code=100)

    calls, said = machine.run()

    assert calls == ["apt-get -qq update", TEST]
    assert said.strip() == "Chromium could not be installed."


@pytest.mark.parametrize("lacks", ["the right to", "apt-get", "nothing"])
def test_nothing_is_installed_without_a_need_or_the_right_to(
    machine: Machine, lacks: str
) -> None:
    if lacks == "the right to":
        machine.has("id", says="1000")
    elif lacks == "apt-get":
        (machine.bin / "apt-get").unlink()
    else:
        machine.has("chromium")

    calls, said = machine.run()

    assert calls == [TEST]
    assert said.strip() == ""


def test_without_a_browser_tests_are_skipped_by_name_and_it_is_said_how_to_get_one(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.ground.chromium.CHROMIUM", Path(os.devnull) / "chromium")
    pytester.makeconftest(
        "from tests.ground.chromium import chromium, pytest_terminal_summary\n"
    )
    pytester.makepyfile(
        test_pages="def test_the_board_is_drawn(chromium): raise SystemExit"
    )

    result = pytester.runpytest_inprocess("-p", "no:randomly")

    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(
        [
            "*tests without a browser*",
            "test_pages.py::test_the_board_is_drawn",
            "*apt-get install chromium*",
        ]
    )
