"""What was found, said in a language where no page is asked for: in the letters of the workers."""

from collections.abc import Callable

from flask import Flask

from hub.settings import Settings
from hub.web.wording.finding_words import finding_words
from hub.web.wording.language import add_languages, speaking


def speaker(settings: Settings) -> Callable[[str, str], str]:
    """Make what says a finding in a language; one it does not know stays as it is."""
    app = Flask(__name__)
    add_languages(app, settings=settings)

    def say(words: str, language: str) -> str:
        with app.app_context(), speaking(language):
            return finding_words(words)

    return say
