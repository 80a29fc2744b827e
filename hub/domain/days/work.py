"""The work a recipe takes, step by step, whatever the number of batches."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hub.domain.days.schedule import Step, run_minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One step of making, at one place."""

    work_centre: int | None
    """None for work that uses no capacity."""
    setup_minutes: int = 0
    batch_minutes: int = 0
    rest_days: int = 0
    """Days it lies after this step before it goes on or can be used."""
    name: str = ""

    def step(self, *, batches: int, is_set_up: bool = False) -> Step:
        """Say how long the step takes for so many batches."""
        setup = 0 if is_set_up else self.setup_minutes
        return Step(
            work_centre=self.work_centre,
            minutes=run_minutes(setup, per_batch=self.batch_minutes, batches=batches),
            rest_days=self.rest_days,
            name=self.name,
        )


def steps_left(
    work: Iterable[Work], *, batches: int, planned: int, left: int
) -> tuple[Step, ...]:
    """Say what is still to do of a run of `batches`, of whose `planned` yield `left` is to come.

    Whole batches count, and the set-up only while nothing has come out.
    """
    to_do = -(-batches * left // planned)
    return tuple(each.step(batches=to_do, is_set_up=left < planned) for each in work)


def work_of(recipe: Mapping[str, object], *, work_centre: int | None) -> tuple[Work, ...]:
    """Read the steps of a recipe as a run froze it; an old one is one step at `work_centre`.

    :raises TypeError: what should be minutes or days is no whole number.
    """
    steps = recipe.get("steps")
    if not isinstance(steps, list) or not steps:
        return (_work(recipe, work_centre=work_centre),)
    return tuple(
        _work(step, work_centre=_known(step.get("work_centre_id")))
        for step in steps
        if isinstance(step, dict)
    )


def _work(part: Mapping[str, object], *, work_centre: int | None) -> Work:
    return Work(
        work_centre=work_centre,
        setup_minutes=_number(part["setup_minutes"]),
        batch_minutes=_number(part["batch_minutes"]),
        rest_days=_number(part["rest_days"]),
        name=str(part.get("name", "")),
    )


def _known(number: object) -> int | None:
    return number if isinstance(number, int) else None


def _number(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(f"{value!r} is not a whole number")
    return value
