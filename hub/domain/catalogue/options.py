"""Options as parameters of a recipe: one base for many finishes, by scent, colour and the like."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hub.domain.catalogue.recipe import ALL, Recipe, RecipeLine, good_yield

Options = Mapping[str, str]
"""What somebody chose: option -> value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What one value of an option adds to a batch of the base; "unscented" adds nothing."""

    option: str
    value: str
    lines: tuple[RecipeLine, ...] = ()


class ChoiceProblem(ValueError):
    """What was chosen is not offered, or not all was chosen; the message names what there is."""


def folded(words: str) -> str:
    """Return a name as it is compared: blanks and capitals do not matter."""
    return " ".join(words.split()).casefold()


def options_key(options: Options) -> str:
    """Write what was chosen in one line, the same for the same choice however it is typed."""
    plain = {folded(option): folded(value) for option, value in options.items()}
    return json.dumps(plain, sort_keys=True, ensure_ascii=False)


def choose(choices: Sequence[Choice], *, options: Options) -> tuple[Choice, ...]:
    """Find what was chosen, one value of each option, options in the order of the recipe.

    :raises ChoiceProblem: an option or value that is not offered, or an option left open.
    """
    offered: dict[str, dict[str, Choice]] = {}
    for choice in choices:
        offered.setdefault(folded(choice.option), {})[folded(choice.value)] = choice
    for option in options:
        if folded(option) not in offered:
            known = _named(next(iter(each.values())).option for each in offered.values())
            raise ChoiceProblem(f"There is no option “{option}”, only {known}.")
    wanted = {folded(option): value for option, value in options.items()}
    return tuple(
        _chosen(values, value=wanted.get(option)) for option, values in offered.items()
    )


def finish(
    recipe: Recipe,
    *,
    choices: Sequence[Choice],
    options: Options,
    item_id: int,
    batch_size: int | None = None,
) -> Recipe:
    """Say how `item_id` is finished: so much of the base, and what its choices add.

    One batch finishes all that a batch of the base gives after its loss, or `batch_size`
    thousandths, to which the choices' quantities are brought down (or up), rounded up.

    :raises ChoiceProblem: an option or value that is not offered, or an option left open.
    """
    whole = good_yield(recipe)
    size = whole if batch_size is None else batch_size
    added = [line for each in choose(choices, options=options) for line in each.lines]
    base = RecipeLine(item_id=recipe.item_id, quantity=size)
    return Recipe(
        item_id=item_id,
        batch_size=size,
        lines=(base, *(_scaled(line, size=size, of=whole) for line in _merged(added))),
    )


def _chosen(values: Mapping[str, Choice], *, value: str | None) -> Choice:
    option = next(iter(values.values())).option
    known = _named(each.value for each in values.values())
    if value is None:
        raise ChoiceProblem(f"Say which {option}: {known}.")
    if folded(value) not in values:
        raise ChoiceProblem(f"There is no {option} “{value}”, only {known}.")
    return values[folded(value)]


def _named(words: Iterable[str]) -> str:
    return ", ".join(f"“{each}”" for each in words)


def _scaled(line: RecipeLine, *, size: int, of: int) -> RecipeLine:
    return RecipeLine(
        item_id=line.item_id,
        quantity=-(-line.quantity * size // of),
        waste_bp=line.waste_bp,
    )


def _merged(lines: Iterable[RecipeLine]) -> list[RecipeLine]:
    """Add up what several choices take of one item; where they waste differently, waste too."""
    found: dict[int, RecipeLine] = {}
    for line in lines:
        known = found.get(line.item_id)
        if known is None:
            found[line.item_id] = line
        elif known.waste_bp == line.waste_bp:
            found[line.item_id] = RecipeLine(
                item_id=line.item_id,
                quantity=known.quantity + line.quantity,
                waste_bp=line.waste_bp,
            )
        else:
            found[line.item_id] = RecipeLine(
                item_id=line.item_id, quantity=_with_waste(known) + _with_waste(line)
            )
    return list(found.values())


def _with_waste(line: RecipeLine) -> int:
    return -(-line.quantity * (ALL + line.waste_bp) // ALL)
