"""In tests a page fails when its view forgets a name that the template speaks.

To Jinja such a name is empty: a list that was never given says "Nothing is missing". A maker is
better served by a page with a hole in it than by no page, so only the tests are strict.
"""

from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask
from jinja2 import StrictUndefined, Undefined
from jinja2.exceptions import TemplateRuntimeError, UndefinedError
from jinja2.utils import missing


class MustBeGiven(StrictUndefined):
    """What is not there may be asked for (`is defined`, `default`), and else not used.

    Only what a mapping does not hold is empty, as it is to the product.
    """

    def __new__(
        cls,
        hint: str | None = None,
        obj: Any = missing,
        name: str | None = None,
        exc: type[TemplateRuntimeError] = UndefinedError,
    ) -> Any:
        """Make a strict or a lax one."""
        if isinstance(obj, Mapping):
            return Undefined(hint, obj, name, exc)
        return super().__new__(cls)


def pytest_configure() -> None:
    """Have every app made from now on be strict."""
    options = Flask.jinja_options | {"undefined": MustBeGiven}
    pytest.MonkeyPatch().setattr(Flask, "jinja_options", options)
