"""Our SDL subset of the Admin API as an executable schema."""

import re
from collections.abc import Callable
from datetime import datetime
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

from graphql import (
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    build_schema,
)

_FILES = ("base", "orders", "fulfilment", "catalogue", "shop")


def sdl() -> str:
    """Read the SDL, all nouns together."""
    folder = files("connectors.sandbox.shopify.graph") / "sdl"
    return "\n".join((folder / f"{name}.graphql").read_text("utf-8") for name in _FILES)


@cache
def schema() -> GraphQLSchema:
    """Build the schema; resolvers get arguments and input fields under snake_case names."""
    built = build_schema(sdl())
    for kind in built.type_map.values():
        if isinstance(kind, GraphQLInputObjectType):
            for name, field in kind.fields.items():
                field.out_name = _snake(name)
        elif isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__"):
            for each in kind.fields.values():
                for name, argument in each.args.items():
                    argument.out_name = _snake(name)
    _teach(built, "DateTime", _read_moment)
    _teach(built, "URL", _read_url)
    return built


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda found: "_" + found[1].lower(), name)


def _teach(built: GraphQLSchema, name: str, read: Callable[[object], object]) -> None:
    scalar = built.type_map[name]
    if isinstance(scalar, GraphQLScalarType):
        scalar.coerce_input_value = read
        vars(scalar)["parse_value"] = read  # by its older name, which literals still go by


def _read_moment(value: object) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    if moment is None or moment.tzinfo is None:
        raise ValueError("must be an ISO 8601 date and time with a zone")
    return moment


def _read_url(value: object) -> str:
    if not isinstance(value, str) or urlsplit(value).scheme not in {"http", "https"}:
        raise ValueError("must be an absolute URL")
    return value
