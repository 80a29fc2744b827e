"""The pages speak Spanish throughout: nothing is missing, nothing is left over, nothing stale."""

import ast
import io
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from flask import Flask

import hub.web
from hub.domain.orders.phase import HoldReason, Phase
from hub.domain.people.roles import Role
from hub.domain.states import Production, Shipment
from hub.ports import Ports
from hub.web.wording import words
from hub.web.wording.language import LANGUAGES
from hub.web.wording.phrases import is_known
from hub.web.wording.refusal_words import REFUSALS, in_their_words, knows
from hub.web.wording.table_words import FAULTS, PROBLEMS
from mapping.canonical import Payment
from mapping.effects import KINDS
from mapping.match import Hint
from tests.web.pages.goods import order_to_make
from tests.web.pages.house.test_tables import look
from tests.web.pages.mail.test_mails import a_box, a_mail
from tests.web.pages.visitor import visit

WEB = Path(hub.web.__file__).parent
HOLE = re.compile(r"%\((\w+)\)s")


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Every message the pages say, collected from the code and the templates."""
    found = tmp_path_factory.mktemp("messages") / "messages.pot"
    babel = shutil.which("pybabel", path=str(Path(sys.executable).parent)) or "pybabel"
    subprocess.run(
        [babel, "-q", "extract", "-F", "translations/babel.cfg", "-k", "N_"]
        + ["-o", str(found), "."],
        cwd=WEB,
        check=True,
    )
    return read_po(io.BytesIO(found.read_bytes()))


def catalogue(language: str) -> Catalog:
    """Read what translators wrote."""
    path = WEB / "translations" / language / "LC_MESSAGES" / "messages.po"
    return read_po(io.BytesIO(path.read_bytes()), locale=language)


OTHERS = sorted(set(LANGUAGES) - {"en"})


@pytest.mark.parametrize("language", OTHERS)
def test_no_message_lacks_its_translation(said: Catalog, language: str) -> None:
    translated = catalogue(language)
    lacking = [
        message.id
        for message in said
        if message.id
        and not (found := translated.get(message.id, message.context))
        or (message.id and found and (not all(strings_of(found)) or found.fuzzy))
    ]

    assert len(said) > 300
    assert lacking == []


@pytest.mark.parametrize("language", OTHERS)
def test_no_translation_is_left_over(said: Catalog, language: str) -> None:
    over = [
        each.id
        for each in catalogue(language)
        if each.id and said.get(each.id, each.context) is None
    ]

    assert over == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_fills_the_same_holes(language: str) -> None:
    wrong = [
        message.id
        for message in catalogue(language)
        if message.id
        for string in strings_of(message)
        if holes(string) != holes(plural_of(message))
    ]

    assert wrong == []


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_read_at_run_time_is_what_translators_wrote(language: str) -> None:
    path = WEB / "translations" / language / "LC_MESSAGES" / "messages.mo"
    compiled = read_mo(io.BytesIO(path.read_bytes()))

    assert by_words(compiled) == by_words(catalogue(language))


def strings_of(message: object) -> list[str]:
    """Return the translations of a message, one or one for each number."""
    string = getattr(message, "string", "")
    return list(string) if isinstance(string, tuple | list) else [string]


def by_words(found: Catalog) -> dict[tuple[str, str], list[str]]:
    """Return the translations of a catalogue by their context and their English words."""
    return {
        (context_of(message), plural_of(message)): strings_of(message)
        for message in found
        if message.id
    }


def context_of(message: object) -> str:
    """Return which meaning of its words a message has; Babel reads it from a .mo as bytes."""
    known = getattr(message, "context", None) or ""
    return known.decode() if isinstance(known, bytes) else str(known)


def plural_of(message: object) -> str:
    """Return the English words of a message, of several things if it counts."""
    identity = getattr(message, "id", "")
    return str(identity[-1]) if isinstance(identity, tuple | list) else str(identity)


def holes(text: str) -> set[str]:
    """Return the names that are filled in."""
    return set(HOLE.findall(text))


def test_every_state_and_reason_has_words() -> None:
    assert set(words.PHASES) == set(Phase)
    assert set(words.RUNS) == set(Production)
    assert set(words.SHIPMENTS) == set(Shipment)
    assert set(words.REASONS) == set(HoldReason)
    assert set(words.ROLES) == set(Role)
    assert set(words.PAYMENTS) == set(Payment)
    assert set(words.KINDS_OF_NEWS) == set(KINDS)
    assert set(words.HINTS) == set(Hint)


def test_pages_are_written_in_the_readers_language_with_their_numbers(
    app: Flask, ports: Ports
) -> None:
    with ports.database.begin() as session:
        order_id = order_to_make(session, pieces=4, wax_grams=500)

    reader = visit(app, ports, role=Role.OWNER, locale="es")

    page = reader.see(f"/orders/{order_id}")
    assert 'lang="es"' in page
    assert "Esperando materiales" in page
    assert "Faltan 1,5\N{NO-BREAK SPACE}kg de Soy wax" in page
    assert "25,00\N{NO-BREAK SPACE}€" in page
    assert "4 uds." in page
    assert "1 pedido abierto" in reader.see("/")


def test_one_english_word_for_two_things_is_two_words_in_spanish(
    app: Flask, ports: Ports
) -> None:
    a_mail(ports, a_box(ports), sender="ana@sol.example", subject="Jabón", state="failed")
    reader = visit(app, ports, role=Role.OWNER, locale="es")

    since, sender = reader.see("/audit"), reader.see("/mails")
    file = reader.see("/mails?as=csv")

    assert "<span>Desde</span>" in since
    assert ">De</th>" in sender
    assert "Desde" not in sender
    assert "De,Asunto" in file


def test_a_spanish_reader_types_a_comma_and_a_dot_of_thousands_is_not_guessed(
    app: Flask, ports: Ports
) -> None:
    with ports.database.begin() as session:
        order_to_make(session, pieces=1, wax_grams=0)
    reader = visit(app, ports, role=Role.OWNER, locale="es")

    unsure = reader.press("/stock/2/receive", quantity="1.250")

    assert unsure.status_code == 422
    assert "Escríbelo sin separador de miles." in unsure.text
    assert "1,25" in reader.did("/stock/2/receive", quantity="1250,0")


# What the flow refuses ----------------------------------------------------------------------

ROOT = WEB.parent.parent
SAYS_NO = ("Refusal", "Invalid", "Missing", "CannotReplay", "CannotRetry")


def pages_code() -> list[Path]:
    """Return the code of the pages; the API says no in English, to programs."""
    return [path for path in sorted(WEB.rglob("*.py")) if WEB / "api" not in path.parents]


def refusals() -> list[str]:
    """Collect the words of every refusal of the flow and the pages, with something filled in."""
    trees = [
        ast.parse(path.read_text("utf-8"))
        for path in (
            *sorted((ROOT / "hub" / "flow").rglob("*.py")),
            ROOT / "hub" / "models" / "claims" / "inbox.py",
            ROOT / "hub" / "models" / "claims" / "outbox.py",
            *pages_code(),
        )
    ]
    kinds = {
        node.name
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        and any(isinstance(base, ast.Name) and base.id in SAYS_NO for base in node.bases)
    } | set(SAYS_NO)
    found = [
        filled(node.args[0])
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in kinds
        and node.args
    ]
    found += [
        filled(keyword.value)
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) != "Finding"
        for keyword in node.keywords
        if keyword.arg == "words"
    ]
    return [each for each in found if each]


def filled(node: ast.expr) -> str:
    """Write what a literal says, its holes filled; empty for what is no literal."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else suffix_or_word(part)
            for part in node.values
        )
    return ""


def suffix_or_word(part: ast.expr) -> str:
    """Fill one hole; the reason a parcel cannot leave is added as a sentence of its own."""
    said = ast.unparse(part)
    if "why" in said:
        return " Too old or put aside: lot L1."
    return "done" if "state" in said or "intent" in said else "X"


def test_every_refusal_of_the_flow_has_words_in_every_language() -> None:
    found = refusals()

    assert len(found) > 60
    assert [each for each in found if not knows(each)] == []


SAYS_OF_TABLES = {"BadTable", "BadCell", "_unknown"}
"""What refuses a whole file or what is written in a cell."""


def faults_of_tables() -> list[str]:
    """Collect what can be wrong with a table: of the file, of a row, of what a cell holds."""
    calls = [
        node
        for folder in ("hub/domain", "hub/flow", "mapping")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
    ]
    found = [
        filled(call.args[0])
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id in SAYS_OF_TABLES
    ]
    for call in calls:
        is_row = isinstance(call.func, ast.Attribute) and call.func.attr == "refused"
        is_unit = isinstance(call.func, ast.Name) and call.func.id == "UnitProblem"
        if (is_row or is_unit) and len(call.args) == 2:
            found.append(filled(call.args[1]))
    return [each for each in found if each]


def test_everything_wrong_with_a_table_has_words_in_every_language() -> None:
    found = faults_of_tables()

    assert len(found) > 50
    assert sorted({each for each in found if not knows(each)}) == []


def test_what_is_said_exactly_comes_before_what_would_also_fit() -> None:
    known = (*FAULTS, *REFUSALS)

    hidden = {
        each: first
        for each in known
        if (first := next(k for k in known if is_known(HOLE.sub("X", each), among=[k])))
        != each
    }

    assert hidden == {}


def test_a_sentence_that_only_looks_like_a_state_is_said_as_it_is(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "es"}):
        stands = in_their_words("P-0001 is done.")
        strange = in_their_words("There is no such pudding.")

    assert stands == "P-0001 está terminada."
    assert strange == "There is no such pudding."


def test_everything_wrong_with_an_amount_has_words_in_every_language() -> None:
    found = [
        filled(call.args[0])
        for path in sorted((ROOT / "mapping").glob("*.py"))
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "UnitProblem"
    ]

    lacking = {each for each in found if each and not is_known(each, among=PROBLEMS)}
    assert len(found) > 10
    assert sorted(lacking) == []


def test_a_reader_is_told_in_their_language_what_is_wrong_with_a_table(
    app: Flask, ports: Ports
) -> None:
    reader = visit(app, ports, role=Role.OWNER, locale="es")
    wrong = b"code,name,kind,unit\nSOAP,Soap,product,each\nLYE,,material,g\n"

    strange = look(reader, b"colour\nred\n")
    empty = look(reader, wrong)

    assert "No hay ninguna columna colour" in strange.text
    assert "No puede quedar vacío." in empty.text


def test_a_refusal_is_said_in_the_readers_language(app: Flask, ports: Ports) -> None:
    with ports.database.begin() as session:
        order_to_make(session, pieces=4, wax_grams=500)
    reader = visit(app, ports, role=Role.OWNER, locale="es")

    short = reader.press("/production/1/start")
    late = reader.press("/orders/1/release")
    reader.did("/orders/1/cancel")
    again = reader.press("/orders/1/cancel")

    assert "A P-0001 aún le falta: 1.5 kg de Soy wax." in short.text
    assert "H-0001 no está retenido." in late.text
    assert "Lo que está cancelado no puede pasar a cancelado" in again.text
