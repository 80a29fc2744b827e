"""What a look at a connection finds is said in the reader's language, whatever channel says it."""

import ast
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale

import hub.web
from connectors.etsy.checkup import NEEDED_FOR
from connectors.statuses import error_for
from connectors.transport import Answer
from hub.web.wording.finding_words import (
    FINDINGS,
    WAYS_OUT,
    finding_words,
    knows_finding,
    knows_part,
)
from hub.web.wording.phrases import is_known

WEB = Path(hub.web.__file__).parent
ROOT = WEB.parent.parent
LOOKS = (
    "connectors/email/checkup.py",
    "connectors/etsy/checkup.py",
    "connectors/shopify/check_up.py",
    "connectors/shopify/subscriptions.py",
    "hub/flow/reading/checkups.py",
    "workers/checkups.py",
)
"""The files that find something, and say what to press."""

CALLERS = sorted(
    path
    for path in (ROOT / "connectors").rglob("*.py")
    if "sandbox" not in path.relative_to(ROOT).parts
)
KEPT = {"AuthExpired", "NotLetInYet", "PermissionDenied", "NotAllowedHere"}
"""The errors whose words stay on the page of a connection until somebody mends it."""


def test_every_finding_and_way_out_has_words() -> None:
    found = [
        text
        for name in LOOKS
        for text in sentences(ROOT / name)
        if text.endswith((".", ": X"))
    ]

    assert len(found) > 25
    assert [each for each in found if not knows_finding(each)] == []


def test_every_known_finding_is_still_said_somewhere() -> None:
    folders = ("connectors", "hub/flow", "workers")
    paths = [path for name in folders for path in (ROOT / name).rglob("*.py")]
    said = {text for path in paths for text in sentences(path)}
    known = (*FINDINGS, *WAYS_OUT)

    assert [
        one for one in known if not any(is_known(each, among=[one]) for each in said)
    ] == []


def test_every_task_asked_of_a_person_has_words() -> None:
    whys = [
        text
        for node in ast.walk(parsed(ROOT / "hub" / "flow" / "telling" / "tasks.py"))
        if isinstance(node, ast.keyword) and node.arg == "why"
        if (text := filled(node.value))
    ]

    assert len(whys) >= 2
    assert [each for each in whys if not knows_finding(each)] == []


def test_every_error_that_stays_on_a_connection_has_words() -> None:
    found = [
        text
        for path in CALLERS
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if node.func.id in KEPT and node.args
        if (text := filled(node.args[0]))
    ]

    assert len(found) > 8
    assert [each for each in found if not knows_finding(each)] == []


@pytest.mark.parametrize("channel", ["shopify", "etsy"])
def test_every_reason_why_a_channel_gives_no_token_has_words(channel: str) -> None:
    tree = parsed(ROOT / "connectors" / channel / "auth.py")
    tables = [node for node in tree.body if isinstance(node, ast.AnnAssign | ast.Assign)]
    said = [text for node in tables for text in sentences_in(node)]
    reasons = [text for text in said if len(text.split()) > 3]

    assert len(reasons) >= 4
    assert [
        each
        for each in reasons
        if not knows_finding(each) and not knows_part("advice", each)
    ] == []


@pytest.mark.parametrize("status", [301, 400, 401, 402, 403, 404, 408, 409, 423, 429, 503])
def test_every_status_has_words(app: Flask, status: int) -> None:
    answer = Answer(status=status, headers={}, body=b"")
    words = str(error_for(answer, title="Etsy", write=False))

    with app.test_request_context(), force_locale("es"):
        assert finding_words(words) != words
        assert finding_words(words).endswith(f"({status})")


@pytest.mark.parametrize("doing", NEEDED_FOR.values())
def test_what_a_permission_is_needed_for_has_words(doing: str) -> None:
    assert knows_part("doing", doing)


def test_what_a_missing_scope_costs_has_words() -> None:
    [table] = [
        node.value
        for node in ast.walk(parsed(ROOT / "connectors" / "shopify" / "check_up.py"))
        if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Dict)
    ]
    costs = [filled(value) for value in table.values]

    assert len(costs) >= 8
    assert [each for each in costs if not knows_part("without", each)] == []


@pytest.mark.parametrize(
    "english, spanish",
    [
        (
            "Shopify answers for version 2026-10 of its API only until 01 October 2027.",
            "Shopify responde a la versión 2026-10 de su API solo hasta el 1 de octubre de 2027.",
        ),
        (
            "We may not publish stock: the permission listings_w is missing.",
            "No podemos publicar existencias: falta el permiso listings_w.",
        ),
        (
            "Shopify does not let us in: Shopify does not accept our token (any more) (401).",
            "Shopify no nos deja entrar: Shopify no acepta nuestro token (o ya no) (401).",
        ),
        (
            "The app was not let into the shop yet: press Connect.",
            "Aún no se ha dejado entrar a la app en la tienda: pulsa Conectar.",
        ),
        (
            "Etsy says we may not do that (403): Insufficient scope",
            "Etsy dice que no podemos hacer eso (403): Insufficient scope",
        ),
        (
            "Etsy's answer is not as it promises, at results.0.",
            "La respuesta de Etsy no es como promete, en results.0.",
        ),
        ("Waiting for Soy wax and 2 more", "A la espera de Soy wax y 2 más"),
        ("Nobody knows these words.", "Nobody knows these words."),
        ("", ""),
    ],
)
def test_a_finding_is_said_in_the_readers_language(
    app: Flask, english: str, spanish: str
) -> None:
    with app.test_request_context(), force_locale("es"):
        assert finding_words(english) == spanish


# Reading code -------------------------------------------------------------------------------


def parsed(path: Path) -> ast.Module:
    """Read a file of ours."""
    return ast.parse(path.read_text("utf-8"))


def sentences(path: Path) -> list[str]:
    """Collect what a file says, with X in the holes; neither single words nor docstrings."""
    return sentences_in(parsed(path))


def sentences_in(tree: ast.AST) -> list[str]:
    """Collect what a part of a file says."""
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    inner = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for part in node.values
    }
    said = [
        filled(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.expr) and id(node) not in silent | inner
    ]
    return [text for text in said if len(text.split()) > 1]


def filled(node: ast.expr) -> str:
    """Write what a literal says, its holes filled; empty for what is no literal."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "X"
            for part in node.values
        )
    return ""
