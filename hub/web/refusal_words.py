"""Says what the flow refused in the language of the page."""

from hub.web.language import gettext


def in_their_words(message: str) -> str:
    """Return a refusal in the language of the page; one without translation stays English."""
    return gettext(message.replace("%", "%%")).replace("%%", "%")
