"""Makes a letter of a template and its words: sandboxed, and checked before anybody relies on it.

A template may say words, choose between texts and go through a list of lines. It cannot call,
count, include or reach anything else, so that what an owner pastes does no harm and every word
it asks for is known when it is saved.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from hub.flow.refusal import Invalid

LONGEST_SUBJECT = 200
LONGEST = 20_000
LONGEST_LETTER = 200_000
FILTERS = frozenset({"upper", "lower", "capitalize", "title", "trim", "e", "default"})

Words = Mapping[str, "str | Words | list[Mapping[str, str]]"]
"""What a template may say: texts, groups of texts, and lists of lines."""

_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Const,
    nodes.If, nodes.For, nodes.Filter, nodes.Compare, nodes.Operand, nodes.And, nodes.Or,
    nodes.Not, nodes.CondExpr,
)  # fmt: skip
_GAPS = re.compile(r"\n{3,}")

_SHELL = (
    '<!doctype html>\n<html lang="{language}">\n<head><meta charset="utf-8"></head>\n'
    '<body style="font-family: sans-serif; font-size: 16px; line-height: 1.5">\n'
    "{body}\n</body>\n</html>\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """The words of a letter; all three are templates."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A letter as it will be read."""

    subject: str
    text: str
    html: str


def _environment(*, escapes: bool) -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        autoescape=escapes,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


_PLAIN, _HTML = _environment(escapes=False), _environment(escapes=True)


def render(template: Template, *, words: Words, language: str) -> Rendered:
    """Write a letter.

    :raises Invalid: the template asks for what there is not, or the letter has no end.
    """
    subject = " ".join(_rendered(template.subject, words=words, field="subject").split())
    text = _rendered(template.text, words=words, field="text").strip()
    body = _rendered(template.html, words=words, field="html", escapes=True).strip()
    return Rendered(
        subject="".join(each for each in subject if each.isprintable())[:LONGEST_SUBJECT],
        text=_GAPS.sub("\n\n", text) + "\n",
        html=_SHELL.format(language=language, body=body),
    )


def _rendered(source: str, *, words: Words, field: str, escapes: bool = False) -> str:
    environment = _HTML if escapes else _PLAIN
    try:
        letter = environment.from_string(source).render(**words)
    except TemplateError as error:
        raise _broken(error, field=field) from error
    if len(letter) > LONGEST_LETTER:
        raise Invalid("This makes a letter that is too long.", field=field)
    return letter


def check(template: Template, *, words: Words) -> None:
    """Refuse a template that could not be rendered with any words of this shape.

    :raises Invalid: `field` names the part, the message the line and what is wrong there.
    """
    _check_lengths(template)
    for field in ("subject", "text", "html"):
        source = getattr(template, field)
        try:
            parsed = _PLAIN.parse(source)
        except TemplateError as error:
            raise _broken(error, field=field) from error
        for problem in _problems(parsed, words, field=field):
            raise problem


def _check_lengths(template: Template) -> None:
    if not template.subject.strip() or "\n" in template.subject.strip():
        raise Invalid("Write one line.", field="subject")
    if len(template.subject) > LONGEST_SUBJECT:
        raise Invalid(f"At most {LONGEST_SUBJECT} characters.", field="subject")
    for field in ("text", "html"):
        if not getattr(template, field).strip():
            raise Invalid("Write what the letter says.", field=field)
        if len(getattr(template, field)) > LONGEST:
            raise Invalid(f"At most {LONGEST} characters.", field=field)


def _broken(error: TemplateError, *, field: str) -> Invalid:
    line = error.lineno if isinstance(error, TemplateSyntaxError) else 1
    return Invalid(f"Line {line}: this cannot be read: {error.message}", field=field)


def _problems(node: nodes.Node, known: Words, *, field: str) -> Iterator[Invalid]:
    """Find what is not allowed or not known, from the top down."""
    line = node.lineno
    if not isinstance(node, _ALLOWED):
        yield Invalid(f"Line {line}: only words, if and for can be used here.", field=field)
        return
    if isinstance(node, nodes.Name | nodes.Getattr):
        yield from _unknown(node, known, field=field)
        return
    if isinstance(node, nodes.Filter) and node.name not in FILTERS:
        yield Invalid(f"Line {line}: there is no filter “{node.name}”.", field=field)
    if isinstance(node, nodes.For):
        yield from _in_loop(node, known, field=field)
        return
    for child in node.iter_child_nodes():
        yield from _problems(child, known, field=field)


def _in_loop(loop: nodes.For, known: Words, *, field: str) -> Iterator[Invalid]:
    line, lines = loop.lineno, _value(loop.iter, known)
    is_plain = isinstance(loop.target, nodes.Name) and not loop.recursive
    if not isinstance(lines, list) or not is_plain or loop.test is not None:
        yield Invalid(
            f"Line {line}: for goes through a list of lines, and through nothing else.",
            field=field,
        )
        return
    target = loop.target.name if isinstance(loop.target, nodes.Name) else ""
    # No list inside a list: a letter stays as long as what it lists.
    inside = {name: _without_lists(each) for name, each in known.items()}
    inside[target] = lines[0] if lines else {}
    for child in (*loop.body, *loop.else_):
        yield from _problems(child, inside, field=field)


def _without_lists(
    value: "str | Words | list[Mapping[str, str]]",
) -> "str | Words":
    if isinstance(value, Mapping):
        return {name: each for name, each in value.items() if not isinstance(each, list)}
    return "" if isinstance(value, list) else value


def _unknown(
    node: nodes.Name | nodes.Getattr, known: Words, *, field: str
) -> Iterator[Invalid]:
    line, found, path = node.lineno, _value(node, known), _path(node)
    if found is None:
        yield Invalid(f"Line {line}: there is no word “{path}”.", field=field)
    elif not isinstance(found, str):
        yield Invalid(
            f"Line {line}: “{path}” is no text; choose one of its words.", field=field
        )


def _value(node: nodes.Node, known: Words) -> object:
    """Look up what a name leads to; None when there is no such thing."""
    if isinstance(node, nodes.Name):
        return known.get(node.name)
    if isinstance(node, nodes.Getattr):
        holder = _value(node.node, known)
        return holder.get(node.attr) if isinstance(holder, Mapping) else None
    return None


def _path(node: nodes.Node) -> str:
    if isinstance(node, nodes.Getattr):
        return f"{_path(node.node)}.{node.attr}"
    return node.name if isinstance(node, nodes.Name) else "…"
