"""Who did something: a person by name, a program by its token's, else what kind of actor it was."""

from collections.abc import Mapping

from hub.web.wording.language import N_, gettext
from hub.web.wording.words import said

ACTORS: Mapping[str, str] = {
    "system": N_("Hornada"),
    "worker": N_("Hornada"),
    "token": N_("a program"),
    "channel": N_("the shop"),
    "setup": N_("the set-up"),
    "somebody": N_("somebody unknown"),
    "console": N_("the command line"),
}


def who_words(who: str, *, names: Mapping[str, str]) -> str:
    """Name who did something, as history writes them; `names` are people and programs by that.

    Nobody is Hornada itself.
    """
    kind = who.partition(":")[0]
    if kind == "user":
        return names.get(who) or gettext("a person")
    if kind == "token" and who in names:
        return gettext("the program %(name)s", name=names[who])
    return said(ACTORS, kind or "system")
