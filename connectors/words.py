"""Foreign words made fit to show and to log: short, one line, no secrets, no people."""

import re
from collections.abc import Iterable

LONGEST = 200

_MAIL_ADDRESS = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+")
_TOKEN_LIKE = re.compile(r"(?<![\w-])(?=[\w-]*\d)[\w-]{20,}(?![\w-])")
_QUERY_STRING = re.compile(r"(https?://[^\s?#]+)[?#]\S*")


def plain_words(text: str, *, hide: Iterable[str] = ()) -> str:
    """Cut what a channel said down to at most 200 safe characters.

    Mail addresses, query strings and anything that looks like a token (20 characters or
    more with a digit among them) are blotted out, as is every string named in `hide`.
    """
    for secret in filter(None, hide):
        text = text.replace(secret, "…")
    text = _QUERY_STRING.sub(r"\1", text)
    text = _MAIL_ADDRESS.sub("…", text)
    text = _TOKEN_LIKE.sub("…", text)
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"
