"""The days of the week and the months as mails write them, in Spanish and English."""


def _numbered(*names: str, first: int) -> dict[str, int]:
    return {
        name: number
        for number, several in enumerate(names, start=first)
        for name in several.split()
    }


MONTHS = _numbered(
    "enero ene january jan",
    "febrero feb february",
    "marzo mar march",
    "abril abr april apr",
    "mayo may",
    "junio jun june",
    "julio jul july",
    "agosto ago august aug",
    "septiembre setiembre sep sept september",
    "octubre oct october",
    "noviembre nov november",
    "diciembre dic december dec",
    first=1,
)
"""January is 1."""

WEEKDAYS = _numbered(
    "lunes monday",
    "martes tuesday",
    "miercoles miércoles wednesday",
    "jueves thursday",
    "viernes friday",
    "sabado sábado saturday",
    "domingo sunday",
    first=0,
)
"""Monday is 0, as `date.weekday` counts. What people may leave out accents in stands twice."""

SHORT_WEEKDAYS = _numbered(
    "lun mon", "tue tues", "mie mié wed", "jue thu thur thurs", "vie fri", "sab sáb sat",
    "dom sun", first=0,
)  # fmt: skip
"""Words of other meanings too: days only beside a date. "Mar" is left out, it is a month."""
