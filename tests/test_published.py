"""What is published names no machine of ours and no package index."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Written in pieces, so that this file does not contain what it looks for.
NOT_TO_PUBLISH = {
    "the address of a package index": re.compile(r"://[^\s\"'`)]*/" + r"simple\b"),
    "an index option": re.compile(r"--(extra-)?index" + r"-url\b"),
    "a file address": re.compile("file" + ":///"),
    "a path of one machine": re.compile(r"(?<![\w./~$}-])/" + r"(work|root|tmp)/\w"),
}
UNREADABLE = {".png", ".ico", ".gz", ".woff2", ".db", ".jpg", ".pdf", ".mo"}


def published_files() -> list[Path]:
    """Every file git knows or would add; all that is here when there is no git."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode != 0:
        return [path for path in ROOT.rglob("*") if ".venv" not in path.parts]
    return [ROOT / name for name in listed.stdout.split("\0") if name]


@pytest.mark.parametrize("what", NOT_TO_PUBLISH)
def test_no_published_file_holds(what: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in published_files()
        if path.is_file() and path.suffix not in UNREADABLE
        for number, line in enumerate(
            path.read_text(errors="replace").splitlines(), start=1
        )
        if NOT_TO_PUBLISH[what].search(line)
    ]

    assert found == []


@pytest.mark.parametrize(
    "what,line",
    [
        ("the address of a package index", "https://mirror.example/api/" + "simple"),
        ("an index option", "pip install --extra-index" + "-url x"),
        ("a file address", "see file" + ":///etc"),
        ("a path of one machine", "open('/" + "work/shared/x')"),
        ("a path of one machine", "cd /" + "root/hornada"),
    ],
)
def test_the_search_sees_what_must_not_be_published(what: str, line: str) -> None:
    assert NOT_TO_PUBLISH[what].search(line)
