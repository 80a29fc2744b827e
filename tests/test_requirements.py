"""What we depend on is pinned, hashed, explained, and names no place to fetch it from."""

import json
import re
import tomllib
from hashlib import sha256
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def pins(name: str) -> dict[str, str]:
    """Read `requirements/<name>.txt`: each pin with all that belongs to it."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {line.partition(" ")[0]: line for line in lines}


def wishes(name: str) -> dict[str, str]:
    """Read `requirements/<name>.in`: each package's name and the whole line."""
    lines = (ROOT / "requirements" / f"{name}.in").read_text().splitlines()
    return {package(line): line for line in lines if line and line[0] not in "#-"}


def package(line: str) -> str:
    """The name at the start of a requirement."""
    found = re.match(r"[A-Za-z0-9_.-]+", line)
    assert found, line
    return found[0].lower()


@pytest.mark.parametrize("name", ["build", "core", "dev"])
def test_every_requirement_is_pinned_with_hashes_and_without_an_address(name: str) -> None:
    loose = [
        line
        for pin, line in pins(name).items()
        if not re.fullmatch(r"[a-z0-9.-]+==[\w.+!]+", pin)
        or "--hash=sha256:" not in line
        or "://" in line
    ]

    assert loose == []
    assert {package(pin) for pin in pins(name)} >= set(wishes(name))


def test_the_environment_for_tests_also_runs_the_product() -> None:
    assert set(pins("core")) <= set(pins("dev"))


def test_build_tools_and_requirements_agree_on_what_they_share() -> None:
    dev = {package(pin): pin for pin in pins("dev")}

    assert [pin for pin in pins("build") if dev.get(package(pin), pin) != pin] == []


def test_the_wheel_asks_for_what_the_checkout_pins() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    asked = {package(line): line.replace("'", '"') for line in project["dependencies"]}

    assert asked == wishes("core")


@pytest.mark.parametrize("name", ["build", "core", "dev"])
def test_every_dependency_has_its_reason_written_down(name: str) -> None:
    page = (ROOT / "docs" / "decisions" / "0002-dependencies.md").read_text().lower()
    named = {
        word.strip()
        for line in page.splitlines()
        if line.startswith("| ")
        for word in line.split("|")[1].split(",")
    }

    assert {wish for wish in wishes(name) if wish not in named} == set()


def test_what_pages_are_given_of_others_is_named_with_its_hash_and_licence() -> None:
    vendor = ROOT / "hub" / "web" / "static" / "vendor"
    named = json.loads((vendor / "vendor.json").read_text())

    held = {path.name: path for path in vendor.iterdir() if path.suffix in {".js", ".css"}}
    assert {each["file"] for each in named} == set(held)
    for each in named:
        content = held[each["file"]].read_bytes()
        assert sha256(content).hexdigest() == each["sha256"], each["file"]
        assert each["licence"]
        assert each["version"]
        assert b"://registry." not in content
