"""The house rules that can be checked, checked."""

import ast
import importlib.util
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("hub", "connectors", "mapping", "workers", "webhooks")
BIN = Path(sys.executable).parent
MIGRATIONS = ROOT / "hub" / "models" / "migrations" / "versions"

# Nobody holds more than this in the head at once; a file that grows beyond it has two subjects.
MOST_LINES = 400

EMPTY_NAMES = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "manager",
    "managers",
    "misc",
}
UNSAFE_MODULES = {"pickle", "cPickle", "dill", "marshal", "shelve", "jsonpickle"}
SECRET_NAME = re.compile(r"(^|_)(hmac|signature|digest|mac)($|_)", re.IGNORECASE)


def room_files() -> list[Path]:
    """Every Python file of the rooms, but for migrations.

    A migration is written once and never read again; its DDL cannot take parameters.
    """
    return sorted(
        path
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if path.parent != MIGRATIONS
    )


def python_files() -> list[Path]:
    """Every Python file of the rooms and the tests."""
    return room_files() + sorted((ROOT / "tests").rglob("*.py"))


def tell(path: Path, line: int) -> str:
    """Name a place the way editors understand it."""
    return f"{path.relative_to(ROOT)}:{line}"


def offences(files: list[Path], judge: Callable[[ast.Module], Iterator[int]]) -> list[str]:
    """Name every place in `files` whose syntax tree the judge objects to."""
    return [
        tell(path, line)
        for path in files
        for line in judge(ast.parse(path.read_text(), filename=str(path)))
    ]


# The judges: each yields the lines it objects to ------------------------------------------


def star_imports(tree: ast.Module) -> Iterator[int]:
    """Object to `from x import *`: nobody can see where a name comes from."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and any(
            name.name == "*" for name in node.names
        ):
            yield node.lineno


def local_imports(tree: ast.Module) -> Iterator[int]:
    """Object to imports inside functions: they hide what a module depends on."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            for inner in ast.walk(node):
                if isinstance(inner, ast.Import | ast.ImportFrom):
                    yield inner.lineno


def unsafe_calls(tree: ast.Module) -> Iterator[int]:
    """Object to everything that turns data into code."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="eval" | "exec" | "__import__")):
                yield node.lineno
            case ast.Import(names=names):
                if any(name.name.partition(".")[0] in UNSAFE_MODULES for name in names):
                    yield node.lineno
            case ast.ImportFrom(module=str(module)):
                if module.partition(".")[0] in UNSAFE_MODULES:
                    yield node.lineno


def leaky_compares(tree: ast.Module) -> Iterator[int]:
    """Object to == on proofs: its duration tells how much of a guess was right.

    A column of a record (`ApiToken.digest == value`) becomes SQL and is looked up by index;
    a content hash tells whether something changed and proves nothing.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            by_value = any(isinstance(op, ast.Eq | ast.NotEq) for op in node.ops)
            constant = any(isinstance(side, ast.Constant) for side in sides)
            proof = any(SECRET_NAME.search(_last_name(side)) for side in sides)
            content = any(
                _last_name(side) in {"content_hash", "body_hash"} for side in sides
            )
            column = any(_is_column(side) for side in sides)
            if by_value and proof and not (constant or content or column):
                yield node.lineno


def _is_column(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id[:1].isupper()
    )


def _last_name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(func=func):
            return _last_name(func)
        case _:
            return ""


def glued_sql(tree: ast.Module) -> Iterator[int]:
    """Object to SQL put together from strings: values go in as parameters.

    A PRAGMA takes none.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            is_sql = _last_name(node.func) in {"text", "exec_driver_sql", "execute", "DDL"}
            if is_sql and _is_glued(node.args[0]):
                yield node.lineno


def _is_glued(node: ast.expr) -> bool:
    match node:
        case ast.JoinedStr(values=values):
            return any(isinstance(value, ast.FormattedValue) for value in values)
        case ast.BinOp(left=ast.Constant(value="PRAGMA ")):
            return False
        case ast.BinOp(op=ast.Mod() | ast.Add(), left=left, right=right):
            return any(_is_glued(side) or _is_string(side) for side in (left, right))
        case ast.Call(func=ast.Attribute(value=value, attr="format" | "join")):
            return _is_string(value)
        case _:
            return False


def _is_string(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


@pytest.mark.parametrize(
    "judge", [star_imports, local_imports, unsafe_calls, leaky_compares, glued_sql]
)
def test_no_room_breaks_the_rule_of(judge: Callable[[ast.Module], Iterator[int]]) -> None:
    assert offences(room_files(), judge) == []


@pytest.mark.parametrize(
    "judge,offence",
    [
        (star_imports, "from os import *"),
        (local_imports, "def look():\n    import os"),
        (local_imports, "class A:\n    async def look(self):\n        from os import sep"),
        (unsafe_calls, "eval('1')"),
        (unsafe_calls, "import os, pickle"),
        (unsafe_calls, "from pickle import loads"),
        (leaky_compares, "ok = sent_hmac == expected"),
        (leaky_compares, "if header.signature != compute(): ..."),
        (leaky_compares, "ok = mac.hexdigest() == given or digest(x) == y"),
        (glued_sql, "session.execute(text(f'SELECT {name}'))"),
        (glued_sql, "text('SELECT * FROM item WHERE id = %s' % item)"),
        (glued_sql, "connection.exec_driver_sql('DROP TABLE ' + name)"),
        (glued_sql, "text('SELECT {}'.format(name))"),
    ],
)
def test_the_judge_sees_an_offence(
    judge: Callable[[ast.Module], Iterator[int]], offence: str
) -> None:
    assert list(judge(ast.parse(offence)))


@pytest.mark.parametrize(
    "judge,fine",
    [
        (leaky_compares, "select(ApiToken).where(ApiToken.digest == wanted)"),
        (leaky_compares, "ok = compare_digest(signature, expected)"),
        (leaky_compares, "ok = macro == 3 or stomach == x"),
        (unsafe_calls, "session.execute(query)"),
        (glued_sql, "text('SELECT 1 WHERE id = :id')"),
        (glued_sql, "text(f'SELECT 1')"),
        (glued_sql, "cursor.execute('PRAGMA ' + setting)"),
        (leaky_compares, "changed = digest != known.content_hash"),
        (local_imports, "import os\ndef look(): return os.sep"),
    ],
)
def test_the_judge_lets_good_code_through(
    judge: Callable[[ast.Module], Iterator[int]], fine: str
) -> None:
    assert list(judge(ast.parse(fine))) == []


def test_every_module_starts_with_one_line_that_says_what_lives_in_it() -> None:
    silent = [
        tell(path, 1)
        for path in python_files()
        if not (ast.get_docstring(ast.parse(path.read_text())) or "")
        .partition("\n")[0]
        .strip()
    ]

    assert silent == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    empty = [
        str(path.relative_to(ROOT))
        for path in python_files()
        if EMPTY_NAMES & {part.removesuffix(".py") for part in path.relative_to(ROOT).parts}
    ]

    assert empty == []


def test_no_file_is_longer_than_a_head_holds() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in room_files()
        if (lines := path.read_text().count("\n")) > MOST_LINES
    }

    assert long == {}, f"more than {MOST_LINES} lines: two subjects live in one file"


@pytest.mark.parametrize(
    "tests, package",
    [("domain", "hub/domain"), ("flow", "hub/flow"), ("web/pages", "hub/web")],
)
def test_a_test_stands_in_the_room_of_what_it_tests(tests: str, package: str) -> None:
    rooms: dict[str, set[str]] = {}
    for path in (ROOT / package).glob("*/*.py"):
        rooms.setdefault(path.stem, {path.stem}).add(path.parent.name)

    misplaced = [
        f"{path.relative_to(ROOT)} belongs to {' or '.join(sorted(homes))}"
        for path in sorted((ROOT / "tests" / tests).rglob("test_*.py"))
        if (homes := rooms.get(path.stem.removeprefix("test_")))
        and path.parent.name not in homes
    ]

    assert misplaced == []


@pytest.mark.parametrize("folder", ["config", "tests"])
def test_a_folder_that_is_not_a_package_has_no_init(folder: str) -> None:
    assert list((ROOT / folder).rglob("__init__.py")) == []


def test_no_installed_distribution_hides_our_tests_folder() -> None:
    found = importlib.util.find_spec("tests")

    assert found is not None
    assert set(found.submodule_search_locations or []) == {str(ROOT / "tests")}


# Tools ------------------------------------------------------------------------------------


def run_tool(*command: str) -> None:
    """Run one of our tools over the checkout; what it says is the failure."""
    done = subprocess.run(
        [str(BIN / command[0]), *command[1:]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_imports_walk_one_way() -> None:
    run_tool("lint-imports", "--no-logo")


def test_the_style_is_kept() -> None:
    run_tool("ruff", "check", "--output-format", "concise", *ROOMS, "tests")


def test_the_formatting_is_kept() -> None:
    run_tool("ruff", "format", "--check", "--output-format", "concise", *ROOMS, "tests")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_types_are_sound() -> None:
    run_tool("mypy")


@pytest.mark.parametrize("script", ["hornada", ".ci/run"])
def test_a_script_can_be_run_as_it_is(script: str) -> None:
    assert (ROOT / script).stat().st_mode & 0o111 == 0o111


def test_the_build_server_runs_the_test_command_of_the_readme() -> None:
    last = (ROOT / ".ci" / "run").read_text().strip().splitlines()[-1]

    assert last == "exec ./hornada test"
    assert "./hornada test" in (ROOT / "README.md").read_text()
