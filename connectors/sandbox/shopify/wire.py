"""What Shopify's paths and forms say."""

import re
from urllib.parse import parse_qsl

from connectors.sandbox.wire import Call, json_object

_GRAPHQL = re.compile(r"/admin/api/(?P<version>[\w-]+)/graphql\.json")
TOKEN_PATH = "/admin/oauth/access_token"  # noqa: S105 - a path, not a secret


def graphql_version(path: str) -> str | None:
    """Read the API version out of a GraphQL path; None when it is another path."""
    found = _GRAPHQL.fullmatch(path)
    return found["version"] if found else None


def fields(call: Call) -> dict[str, str]:
    """Read a form or a JSON object of strings, as the token endpoint takes either."""
    if "json" in call.header("Content-Type"):
        return {k: v for k, v in json_object(call.body).items() if isinstance(v, str)}
    return dict(parse_qsl(call.body.decode("utf-8", "replace")))
