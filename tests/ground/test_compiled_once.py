"""What is compiled for one app serves the next, and only as long as it says the same."""

from pathlib import Path

import pytest
from flask import Flask, url_for
from jinja2 import Environment
from werkzeug.routing import Rule

from tests.ground.compiled_once import Builder, building_once


def app_of(folder: Path) -> Flask:
    made = Flask("jars", template_folder=str(folder))
    made.add_url_rule("/jars/<int:size>", "jar")
    made.add_url_rule("/shelves/<name>", "shelf", defaults={"board": "top"})
    made.add_url_rule("/shelves/<name>/<board>", "shelf")
    return made


def say(app: Flask, **words: object) -> str:
    with app.app_context():
        return app.jinja_env.get_template("jar.txt").render(**words)


def test_a_template_is_compiled_once_for_all_apps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "jar.txt").write_text("a jar of {{ grams }} g")
    first = say(app_of(tmp_path), grams=200)
    monkeypatch.delattr(Environment, "compile")

    assert (first, say(app_of(tmp_path), grams=90)) == ("a jar of 200 g", "a jar of 90 g")


def test_a_template_that_was_changed_is_compiled_anew(tmp_path: Path) -> None:
    (tmp_path / "jar.txt").write_text("a jar of {{ grams }} g")
    before = say(app_of(tmp_path), grams=200)
    (tmp_path / "jar.txt").write_text("a tin of {{ grams }} g")

    assert (before, say(app_of(tmp_path), grams=200)) == (
        "a jar of 200 g",
        "a tin of 200 g",
    )


def test_each_app_builds_its_addresses(tmp_path: Path) -> None:
    for _ in range(2):
        with app_of(tmp_path).test_request_context():
            assert url_for("jar", size=200) == "/jars/200"
            assert url_for("jar", size=90, lid="cork") == "/jars/90?lid=cork"
            assert url_for("shelf", name="a b") == "/shelves/a%20b"
            assert url_for("shelf", name="a", board="low") == "/shelves/a/low"


def test_an_address_is_compiled_once_for_all_apps(tmp_path: Path) -> None:
    asked: list[str] = []

    def make(rule: Rule, append_unknown: bool) -> Builder:
        asked.append(f"{rule.rule} {append_unknown}")
        return Rule._compile_builder(rule, append_unknown)  # noqa: SLF001

    once = building_once(make)
    for _ in range(2):
        for rule in app_of(tmp_path).url_map.iter_rules("jar"):
            for append_unknown in (True, False):
                once(rule, append_unknown)

    assert asked == ["/jars/<int:size> True", "/jars/<int:size> False"]
