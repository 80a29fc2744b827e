"""What the documents say is there is there, and what is there is said."""

import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import click
import pytest

from connectors import errors, protocol
from connectors.registry import GROUP, OURS, with_theirs
from connectors.sandbox.shopify.webhooks import HUB_TOPICS
from connectors.shopify.channel import SPEC
from hub.cli import hornada
from hub.domain.mail.review_reasons import Reason
from hub.settings import UNPREFIXED, Settings
from hub.web.reviews.review_words import REASONS

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
    assert rows_of(r"hornada [a-z -]+").keys() == set(commands(hornada))


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


# Adding a channel -------------------------------------------------------------------------

ADDING = ROOT / "docs" / "adding-a-channel.md"
PAGES = ROOT / "docs" / "pages.md"


def blocks(language: str, *, of: Path = ADDING) -> list[str]:
    """The fenced blocks of one language in a guide."""
    return re.findall(rf"(?ms)^```{language}\n(.*?)^```$", of.read_text())


@pytest.mark.parametrize("guide, least", [(ADDING, 3), (PAGES, 2)])
def test_the_code_in_a_guide_is_the_code_that_runs(guide: Path, least: int) -> None:
    excerpts = [block.split("\n", 1) for block in blocks("python", of=guide)]

    assert len(excerpts) >= least
    for first, code in excerpts:
        assert code in (ROOT / first.removeprefix("# ")).read_text()


def test_every_file_in_the_guide_for_channels_is_there() -> None:
    named = re.findall(r"`((?:connectors|tests|workers)/[^`*\s]+)`", ADDING.read_text())
    ours = [name.replace("connectors/<key>", "connectors/shopify") for name in named]
    paths = [ROOT / name.replace("<key>", "shopify") for name in ours]

    assert len(paths) >= 10
    assert [path for path in paths if not path.exists()] == []


def test_every_file_in_the_guide_for_pages_is_there() -> None:
    text = PAGES.read_text()
    named = set(re.findall(r"`((?:hub|tests|templates)/[^`*<>\s]+)`", text))
    paths = {ROOT / name for name in named if not name.startswith("templates/")}
    paths |= {ROOT / "hub/web" / name for name in named if name.startswith("templates/")}

    assert len(paths) >= 25
    assert sorted(path for path in paths if not path.exists()) == []


def test_the_entry_point_in_the_guide_for_channels_can_be_loaded() -> None:
    [written] = blocks("toml")
    [(group, offered)] = tomllib.loads(written)["project"]["entry-points"].items()
    points = [EntryPoint(name=n, value=v, group=group) for n, v in offered.items()]

    assert group == GROUP
    assert with_theirs(OURS, offered=points).keys() - OURS.keys() == {"toy"}


def test_every_error_and_protocol_in_the_guide_for_channels_exists() -> None:
    text = ADDING.read_text()
    raisable = {name for name in vars(errors) if name in text}

    told = {name for row in re.findall(r"(?m)^\| (`[A-Z].*?) \|", text) for name in
            re.findall(r"`(\w+)", row)}  # fmt: skip
    known = vars(errors).keys() | vars(protocol).keys()
    assert told - known == {"SetStock"}
    kinds = vars(errors).values()
    every = {
        one.__name__
        for one in kinds
        if isinstance(one, type) and issubclass(one, errors.ChannelError)
    }
    assert every - raisable == {"ChannelError"}


def test_the_commands_in_the_guide_for_channels_run_something() -> None:
    [commands] = blocks("sh")

    for line in commands.strip().splitlines():
        program, verb, folder, *_ = line.split()
        assert (program, verb) == ("./hornada", "test")
        assert list((ROOT / folder).glob("test_*.py"))
        assert "-k" not in line or (ROOT / folder / "channels" / line.split()[-1]).is_dir()


def test_every_reason_a_mail_waits_for_is_in_the_guide_in_its_order() -> None:
    guide = (ROOT / "docs" / "mail.md").read_text(encoding="utf-8")

    told = re.findall(r"^\| `([a-z_]+)` \| (.+) \|$", guide, re.MULTILINE)

    assert told == [
        (reason.value, f"{REASONS[reason].short}. {REASONS[reason].means}")
        for reason in Reason
    ]
