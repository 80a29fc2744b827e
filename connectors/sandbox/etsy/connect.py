"""Etsy's page where a seller lets an app in, or does not."""

import html
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from urllib.parse import parse_qsl, urlencode, urlsplit

from connectors.sandbox.etsy.grants import ALL_SCOPES, Grants
from connectors.sandbox.wire import Answer, Call

CONNECT_PATH = "/oauth/connect"
_ASKED = (
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
)


class ConnectPage:
    """Shows the page, and sends the seller back with a code or a refusal.

    With `redirect_uris` only these exact addresses are taken, as those registered at Etsy are.
    """

    def __init__(
        self,
        *,
        grants: Grants,
        shop_name: str,
        redirect_uris: Collection[str] | None,
        now: Callable[[], datetime],
    ) -> None:
        self._grants, self._shop_name, self._now = grants, shop_name, now
        self.redirect_uris = redirect_uris

    def answer(self, call: Call) -> Answer:
        """Show the page (GET), or do what was pressed on it (POST)."""
        if call.method == "POST":
            given = dict(parse_qsl(call.body.decode("utf-8", "replace")))
        else:
            given = dict(parse_qsl(call.query))
        if mistakes := self._mistakes(given):
            return _page(400, f"<h1>Etsy cannot connect this app</h1><p>{mistakes}</p>")
        if call.method == "POST":
            return self._pressed(given)
        return _page(200, self._question(given))

    def _mistakes(self, given: Mapping[str, str]) -> str:
        checks = {
            "response_type must be code": given.get("response_type") == "code",
            "client_id is not known": given.get("client_id") == self._grants.client_id,
            "redirect_uri is not registered": self._registered(
                given.get("redirect_uri", "")
            ),
            "state is missing": bool(given.get("state")),
            "code_challenge must have 43 characters": len(given.get("code_challenge", ""))
            == 43,
            "code_challenge_method must be S256": given.get("code_challenge_method")
            == "S256",
            "scope is not known": bool(given.get("scope"))
            and set(given.get("scope", "").split()) <= ALL_SCOPES,
        }
        return "; ".join(words for words, fine in checks.items() if not fine)

    def _registered(self, uri: str) -> bool:
        if self.redirect_uris is not None:
            return uri in self.redirect_uris
        return urlsplit(uri).scheme in {"https", "http"}

    def _question(self, given: Mapping[str, str]) -> str:
        hidden = "".join(
            f'<input type="hidden" name="{name}" value="{html.escape(given[name])}">'
            for name in _ASKED
        )
        wanted = "".join(f"<li>{html.escape(s)}</li>" for s in given["scope"].split())
        return (
            f"<h1>An app wants to reach {html.escape(self._shop_name)}</h1>"
            f"<p>A pretend Etsy page. The app asks for:</p><ul>{wanted}</ul>"
            f'<form method="post" action="{CONNECT_PATH}">{hidden}'
            '<button name="answer" value="grant">Grant access</button> '
            '<button name="answer" value="refuse">Refuse</button></form>'
        )

    def _pressed(self, given: Mapping[str, str]) -> Answer:
        back = {"state": given["state"]}
        if given.get("answer") == "grant":
            back["code"] = self._grants.code(
                redirect_uri=given["redirect_uri"],
                challenge=given["code_challenge"],
                scopes=frozenset(given["scope"].split()),
                now=self._now(),
            )
        else:
            back |= {
                "error": "access_denied",
                "error_description": "The seller did not grant access",
            }
        joint = "&" if urlsplit(given["redirect_uri"]).query else "?"
        to = f"{given['redirect_uri']}{joint}{urlencode(back)}"
        return Answer(status=302, body=b"", headers={"Location": to})


def _page(status: int, body: str) -> Answer:
    written = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Etsy (sandbox)</title></head><body>{body}</body></html>"
    )
    headers = {"Content-Type": "text/html; charset=utf-8"}
    return Answer(status=status, body=written.encode(), headers=headers)
