"""What a new lot is called: what the person says, else the workshop's pattern."""

from datetime import date

from sqlalchemy.orm import Session

from hub.domain.codes import lot_code
from hub.flow.refusal import Invalid, Refusal
from hub.models.numbers import next_number
from hub.models.planning.habits import habits_of
from hub.models.records.items import Item
from hub.models.stock.lots import is_code_taken

PATTERN = "{item}-{yy}{ddd}-{nn}"
"""WAX-26326-07: what, which day of which year, and a running number no other lot has. It is
taken where neither the item nor the workshop has a pattern of its own."""

LONGEST = 100


class CodeTaken(Refusal):
    """The item already has a lot of that code; two lots of one code could not be told apart."""


def choose_code(
    session: Session, *, item: Item, given: str | None, on: date, field: str
) -> str:
    """Take the code a person gave, else make one that no lot of the item has.

    The caller has locked the item, so the answer stays true until the lot is written.

    :raises CodeTaken: the item has a lot of the given code.
    :raises Invalid: the given code is too long to be read.
    """
    code = (given or "").strip()
    if len(code) > LONGEST:
        raise Invalid(f"A lot code has at most {LONGEST} characters.", field=field)
    if code:
        if is_code_taken(session, item_id=item.id, code=code):
            raise CodeTaken(f"{item.name} already has a lot {code}.", field=field)
        return code
    pattern = item.lot_pattern or habits_of(session).lot_pattern or PATTERN
    while not code or is_code_taken(session, item_id=item.id, code=code):
        sequence = next_number(session, "lot")
        code = lot_code(pattern, item_code=item.code, on=on, sequence=sequence)
    return code
