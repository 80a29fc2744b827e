"""What all shapes have in common: no unknown fields, no text a database cannot take."""

import re
from datetime import date
from functools import cache
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

T = TypeVar("T")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class In(BaseModel):
    """Something sent to us; a field that is null counts as not there."""

    model_config = ConfigDict(extra="forbid", str_max_length=2_000)

    @model_validator(mode="before")
    @classmethod
    def _without_null(cls, given: object) -> object:
        if not isinstance(given, dict):
            return given
        return {name: value for name, value in given.items() if value is not None}


class Patch(BaseModel):
    """A change to something: what is not sent stays as it is, what is null is emptied."""

    model_config = ConfigDict(extra="forbid", str_max_length=2_000)


class Out(BaseModel):
    """Something we answer."""

    model_config = ConfigDict(extra="forbid")


class Path(BaseModel):
    """The parts of an address."""

    @model_validator(mode="before")
    @classmethod
    def _storable(cls, given: object) -> object:
        return _checked(given)


class Query(BaseModel):
    """What may follow the question mark; a parameter left empty counts as not there."""

    model_config = ConfigDict(extra="forbid", str_max_length=500)

    @model_validator(mode="before")
    @classmethod
    def _without_empty(cls, given: object) -> object:
        _checked(given)
        if not isinstance(given, dict):
            return given
        return {name: value for name, value in given.items() if value != ""}

    @classmethod
    @cache
    def model_json_schema(  # type: ignore[override]
        cls, *given: Any, **named: Any
    ) -> dict[str, Any]:
        """Describe the model, working it out once: flask-openapi3 asks at every request."""
        return super().model_json_schema(*given, **named)


class PageQuery(Query):
    """Which part of a list."""

    limit: int = Field(50, ge=1, le=200, description="How many at most.")
    cursor: str = Field("", description="`next` of the page before.")


class Page(Out, Generic[T]):
    """A part of a list, newest first."""

    items: list[T]
    next: str | None = Field(
        description="Send it as `cursor` for what follows; null at the end."
    )


class ReasonIn(In):
    """Why, in words people read later."""

    reason: str = Field("", max_length=500)


def _checked(given: object) -> object:
    if isinstance(given, dict) and any("\0" in str(value) for value in given.values()):
        raise PydanticCustomError("nul", "Text cannot hold NUL.")
    return given


def _day(given: object) -> object:
    if isinstance(given, str) and DAY.fullmatch(given):
        return given
    raise PydanticCustomError("date_parsing", "Write a date such as 2026-11-30.")


Day = Annotated[date, BeforeValidator(_day, json_schema_input_type=date)]
"""A date, written in one way only."""
Days = Annotated[int, Field(strict=True, ge=0)]
Count = Annotated[int, Field(strict=True, ge=1)]
Pieces = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
"""Whole pieces of what was sold."""
Name = Annotated[str, Field(min_length=1, max_length=200)]
