"""./hornada makes the environment once, says what is missing, and hands everything on."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / "hornada"

# All that the script and the fakes below may find, so that no uv of this machine interferes.
NEEDED = (
    *("cat", "chmod", "cksum", "cp", "dirname", "getconf", "grep", "mkdir", "readlink"),
    *("rm", "sh"),
)

# Stands for Python, also inside the environment it "makes": notes what it is asked to do.
FAKE_PYTHON = """#!/bin/sh
case "$1 ${2:-}" in
    "-c import sys"*) exit ${FAKE_TOO_OLD:-0} ;;
    "-c import venv"*) exit ${FAKE_NO_VENV:-0} ;;
    "-m venv")
        rm -rf "$4"
        mkdir -p "$4/bin"
        cp "$0" "$4/bin/python"
        printf '#!/bin/sh\\necho "hornada in $PWD:" "$@" >>"$NOTES"\\n' >"$4/bin/hornada"
        chmod +x "$4/bin/hornada"
        ;;
    "-m pip") if [ "$3" = install ]; then exitcode=${FAKE_PIP_FAILS:-0}; fi ;;
esac
echo "python in $PWD:" "$@" >>"$NOTES"
exit ${exitcode:-0}
"""
FAKE_UV = """#!/bin/sh
echo "uv:" "$@" >>"$NOTES"
if [ "$1" = venv ]; then
    for venv; do :; done
    mkdir -p "$venv/bin"
    cp "$(command -v fake-python)" "$venv/bin/python"
    printf '#!/bin/sh\\necho "hornada in $PWD:" "$@" >>"$NOTES"\\n' >"$venv/bin/hornada"
    chmod +x "$venv/bin/hornada"
fi
"""


@dataclass
class Checkout:
    """A checkout with the real script and, beside it, programs that only note their arguments."""

    home: Path
    programs: Path
    notes: Path

    def start(
        self, *args: str, script: Path | None = None, cwd: Path | None = None, **env: str
    ) -> subprocess.CompletedProcess[str]:
        """Run ./hornada with almost nothing in its environment."""
        self.notes.write_text("")
        return subprocess.run(
            [str(script or self.home / "hornada"), *args],
            cwd=cwd or self.home,
            env={
                "PATH": str(self.programs),
                "HORNADA_PYTHON": "fake-python",
                "NOTES": str(self.notes),
                **env,
            },
            capture_output=True,
            text=True,
            check=False,
        )

    def noted(self, word: str) -> list[str]:
        """What was asked of the programs, as far as it holds `word`."""
        return [line for line in self.notes.read_text().splitlines() if word in line]

    def add_program(self, name: str, text: str) -> None:
        """Put a program on the PATH."""
        (self.programs / name).write_text(text)
        (self.programs / name).chmod(0o755)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A checkout that was never started."""
    made = Checkout(
        home=tmp_path / "check out", programs=tmp_path / "bin", notes=tmp_path / "n"
    )
    (made.home / "requirements").mkdir(parents=True)
    made.programs.mkdir()
    shutil.copy(SCRIPT, made.home / "hornada")
    for name in ("build", "core", "dev"):
        (made.home / "requirements" / f"{name}.txt").write_text(f"{name}==1\n")
    (made.home / "pyproject.toml").write_text("[project]\n")
    made.add_program("fake-python", FAKE_PYTHON)
    for name in NEEDED:
        (made.programs / name).symlink_to(shutil.which(name) or "missing")
    return made


@pytest.mark.parametrize("shell", ["sh", "dash", "bash"])
def test_the_script_is_plain_shell(shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here")

    done = subprocess.run([shell, "-n", str(SCRIPT)], capture_output=True, check=False)

    assert (done.returncode, done.stderr) == (0, b"")


def test_no_chain_swallows_a_failure() -> None:
    text = SCRIPT.read_text()

    assert "set -eu" in text
    assert "&&" not in text


def test_a_python_that_is_too_old_is_refused_with_the_way_out(checkout: Checkout) -> None:
    done = checkout.start("demo", FAKE_TOO_OLD="1")

    assert done.returncode == 1
    assert "Python 3.11 or newer is needed" in done.stderr
    assert "apt install python3 python3-venv" in done.stderr
    assert not (checkout.home / ".venv").exists()


def test_a_python_without_venv_says_what_to_install(checkout: Checkout) -> None:
    done = checkout.start("demo", FAKE_NO_VENV="1")

    assert done.returncode == 1
    assert "apt install python3-venv" in done.stderr
    assert not (checkout.home / ".venv").exists()


def test_the_next_python_is_tried_when_the_first_is_not_there(checkout: Checkout) -> None:
    done = checkout.start("demo", HORNADA_PYTHON="no-such-python fake-python")

    assert done.returncode == 0


def test_the_first_start_installs_only_what_carries_hashes(checkout: Checkout) -> None:
    done = checkout.start("demo")

    build, core, itself = checkout.noted("-m pip install")
    assert done.returncode == 0
    assert "--require-hashes" in build
    assert build.endswith("requirements/build.txt")
    assert "--require-hashes" in core
    assert core.endswith("requirements/core.txt")
    assert "--no-deps --no-build-isolation -e" in itself


def test_the_arguments_are_handed_on_untouched(checkout: Checkout) -> None:
    checkout.start("demo", "--auto", "two words", "", "*")

    assert checkout.noted("hornada in") == [
        f"hornada in {checkout.home}: demo --auto two words  *"
    ]


def test_the_second_start_installs_nothing(checkout: Checkout) -> None:
    checkout.start("demo")

    done = checkout.start("up")

    assert done.stderr == ""
    assert checkout.noted("-m pip") == []
    assert checkout.noted("hornada in") == [f"hornada in {checkout.home}: up"]


@pytest.mark.parametrize(
    "file", ["requirements/core.txt", "requirements/build.txt", "pyproject.toml"]
)
def test_what_changed_is_installed_again(checkout: Checkout, file: str) -> None:
    checkout.start("demo")
    (checkout.home / file).write_text("changed==2\n")

    checkout.start("demo")

    assert len(checkout.noted("-m pip install")) == 3
    assert checkout.noted("-m venv") == []


def test_a_failed_installation_fails_the_start_and_is_tried_again(
    checkout: Checkout,
) -> None:
    failed = checkout.start("demo", FAKE_PIP_FAILS="7")
    after_failure = checkout.noted("hornada in")

    healed = checkout.start("demo")

    assert failed.returncode == 7
    assert after_failure == []
    assert healed.returncode == 0
    assert len(checkout.noted("-m pip install")) == 3


def test_the_tests_run_in_the_checkout_with_the_arguments_given(
    checkout: Checkout, tmp_path: Path
) -> None:
    checkout.start("test", "-k", "lot and wax", cwd=tmp_path)

    assert checkout.noted("requirements/dev.txt")
    assert checkout.noted("-m pytest") == [
        f"python in {checkout.home}: -m pytest -k lot and wax"
    ]


def test_without_arguments_the_whole_suite_runs_on_the_cores_there_are(
    checkout: Checkout,
) -> None:
    checkout.start("test")

    [line] = checkout.noted("-m pytest")
    cores = min(os.cpu_count() or 1, 4)
    several = f" -n {cores} --dist worksteal" if cores > 1 else ""
    assert line.endswith(f"-m pytest{several}")


def test_an_environment_for_the_tests_also_runs_the_product(checkout: Checkout) -> None:
    checkout.start("test")

    checkout.start("demo")

    assert checkout.noted("-m pip") == []
    assert checkout.noted("hornada in")


def test_an_environment_for_the_product_is_completed_for_the_tests(
    checkout: Checkout,
) -> None:
    checkout.start("demo")

    checkout.start("test")

    assert checkout.noted("requirements/dev.txt")


def test_it_works_through_a_link_and_keeps_the_callers_folder(
    checkout: Checkout, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "real").symlink_to(checkout.home / "hornada")
    (elsewhere / "link").symlink_to("real")

    done = checkout.start("demo", script=elsewhere / "link", cwd=elsewhere)

    assert done.returncode == 0
    assert (checkout.home / ".venv").is_dir()
    assert checkout.noted("hornada in") == [f"hornada in {elsewhere}: demo"]


def test_a_moved_checkout_gets_a_new_environment(
    checkout: Checkout, tmp_path: Path
) -> None:
    checkout.start("demo")
    checkout.home = checkout.home.rename(tmp_path / "moved")

    checkout.start("demo")

    assert checkout.noted("-m venv")
    assert len(checkout.noted("-m pip install")) == 3


def test_an_environment_whose_python_is_gone_is_made_anew(checkout: Checkout) -> None:
    checkout.start("demo")
    (checkout.home / ".venv" / "bin" / "python").unlink()

    done = checkout.start("demo")

    assert done.returncode == 0
    assert checkout.noted("-m venv")


def test_uv_is_used_when_it_is_there(checkout: Checkout) -> None:
    checkout.add_program("uv", FAKE_UV)

    done = checkout.start("demo")

    assert done.returncode == 0
    assert checkout.noted("-m pip") == []
    assert [line.split()[1] for line in checkout.noted("uv:")] == [
        "venv",
        "pip",
        "pip",
        "pip",
    ]
    assert sum("--require-hashes" in line for line in checkout.noted("uv: pip")) == 2
