"""What the documents say is there is there, and what is there is said."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from connectors.sandbox.shopify.webhooks import HUB_TOPICS
from connectors.shopify.channel import SPEC
from hub.cli import hornada
from hub.settings import UNPREFIXED, Settings

ROOT = Path(__file__).resolve().parent.parent
OPERATING = ROOT / "docs" / "operating.md"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\(([^)#]+)(?:#[^)]*)?\)")


def setting_names() -> dict[str, str]:
    """Every setting's field, by the name people set it by."""
    return {
        name.upper() if name.upper() in UNPREFIXED else f"HORNADA_{name.upper()}": name
        for name in Settings.model_fields
    }


def rows_of(first_cell: str) -> dict[str, str]:
    """The rows of the operating guide's tables whose first cell fits, by that cell's code."""
    found = re.findall(rf"(?m)^\| `({first_cell})` \|(.*)\|$", OPERATING.read_text())
    return dict(found)


def commands(group: click.Group, *, above: str = "hornada") -> Iterator[str]:
    """Every command people can type, in full."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, above=f"{above} {name}")
        else:
            yield f"{above} {name}"


def test_every_setting_is_in_the_operating_guide_and_no_other() -> None:
    assert rows_of("[A-Z_]+").keys() == setting_names().keys()


@pytest.mark.parametrize("name", setting_names())
def test_the_guide_tells_the_default_of(name: str) -> None:
    default = Settings.model_fields[setting_names()[name]].default
    told = rows_of("[A-Z_]+")[name].split("|")[0].strip()

    assert told == (f"`{default}`" if default not in {None, "", ()} else "")


def test_every_command_is_in_the_operating_guide_and_no_other() -> None:
    assert rows_of(r"hornada [a-z ]+").keys() == set(commands(hornada))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_to_a_file_of_ours_leads_somewhere(document: Path) -> None:
    links = LINK.findall(document.read_text())
    dead = [
        link
        for link in links
        if not link.startswith(("http://", "https://", "mailto:"))
        and not (document.parent / link).exists()
    ]

    assert dead == []


def test_the_scopes_and_topics_in_the_guide_are_those_of_the_channel() -> None:
    text = OPERATING.read_text()

    for scope in SPEC.scopes:
        assert f"`{scope}`" in text
    for topic in HUB_TOPICS:
        assert f'"{topic}"' in text


def test_the_readme_starts_with_the_two_commands() -> None:
    readme = (ROOT / "README.md").read_text()

    assert re.search(r"(?m)^\./hornada demo\b", readme)
    assert re.search(r"(?m)^\./hornada test\b", readme)
