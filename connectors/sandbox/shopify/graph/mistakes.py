"""Errors in a document or its variables, worded and coded as Shopify does."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from graphql import GraphQLError, OperationDefinitionNode, print_ast

Shown = dict[str, object]


@dataclass(frozen=True, slots=True)
class _Rewording:
    pattern: re.Pattern[str]
    message: str
    code: str
    keys: tuple[tuple[str, str], ...] = ()


_REWORDINGS = (
    _Rewording(
        re.compile(r"Cannot query field '(?P<field>\w+)' on type '(?P<type>\w+)'"),
        "Field '{field}' doesn't exist on type '{type}'",
        "undefinedField",
        (("typeName", "type"), ("fieldName", "field")),
    ),
    _Rewording(
        re.compile(
            r"Unknown argument '(?P<arg>\w+)' on field '(?P<type>\w+)\.(?P<field>\w+)'"
        ),
        "Field '{field}' doesn't accept argument '{arg}'",
        "argumentNotAccepted",
        (("name", "field"), ("argumentName", "arg")),
    ),
    _Rewording(
        re.compile(
            r"Field '(?P<field>\w+)' of type '(?P<type>[\w!\[\]]+)' must have a selection"
        ),
        "Field must have selections (field '{field}' returns {type} but has no selections.)",
        "selectionMismatch",
        (("typeName", "type"),),
    ),
    _Rewording(
        re.compile(
            r"Argument '\w+\.(?P<field>\w+)\((?P<arg>\w+):\)' of type .* is required"
        ),
        "Field '{field}' is missing required arguments: {arg}",
        "missingRequiredArguments",
        (("name", "field"), ("arguments", "arg")),
    ),
)
_VARIABLE = re.compile(r"Variable '?\$(?P<name>\w+)")


def parse_mistake(error: GraphQLError) -> Shown:
    """Show a document that is no GraphQL."""
    return _shown(error, f"syntax error, {error.message}", {"code": "PARSE_ERROR"})


def document_mistake(error: GraphQLError) -> Shown:
    """Show a document that is not valid against the schema."""
    for each in _REWORDINGS:
        found = each.pattern.match(error.message)
        if found:
            named = {key: found[group] for key, group in each.keys}
            message = each.message.format(**found.groupdict())
            return _shown(error, message, {"code": each.code, **named})
    return _shown(error, error.message, {"code": "argumentLiteralsIncompatible"})


def variable_mistake(
    error: GraphQLError, operation: OperationDefinitionNode, variables: Mapping[str, object]
) -> Shown:
    """Show a variable that does not fit its type."""
    found = _VARIABLE.match(error.message)
    name = found["name"] if found else ""
    kinds = {
        each.variable.name.value: print_ast(each.type)
        for each in operation.variable_definitions or ()
    }
    why = error.message.partition(": ")[2] or error.message
    return _shown(
        error,
        f"Variable ${name} of type {kinds.get(name)} was provided invalid value",
        {
            "code": "INVALID_VARIABLE",
            "value": variables.get(name),
            "problems": [{"path": [], "explanation": why}],
        },
    )


def running_mistake(error: GraphQLError) -> Shown:
    """Show a field that refused while the rest was answered."""
    return _shown(error, error.message, error.extensions or {}) | {"path": error.path}


def _shown(error: GraphQLError, message: str, extensions: Mapping[str, object]) -> Shown:
    places = [
        {"line": place.line, "column": place.column} for place in error.locations or ()
    ]
    return {"message": message, "locations": places, "extensions": dict(extensions)}
