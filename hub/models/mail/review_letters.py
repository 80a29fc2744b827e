"""The letter a review keeps: written down as plain data, and read back."""

from pydantic import TypeAdapter, ValidationError

from hub.models.records.mails import Review
from mapping.letter import Letter

_LETTER: TypeAdapter[Letter] = TypeAdapter(Letter)


def letter_of(review: Review) -> Letter | None:
    """Return the letter as it was read; None once forgotten, or where it was kept otherwise."""
    if review.letter is None:
        return None
    try:
        return _LETTER.validate_python(review.letter)
    except ValidationError:
        return None
