"""Flows from the things on the left to those on the right, as wide as there is of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

LeftT = TypeVar("LeftT")
RightT = TypeVar("RightT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One thing at a side, from top to bottom, and how much goes through it."""

    count: int
    x: float
    y: float
    height: float

    @property
    def middle(self) -> float:
        """Half its height."""
        return round(self.y + self.height / 2, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ribbon(Generic[LeftT, RightT]):
    """A flow: whence, whither, how much, and its shape as the `d` of an SVG path."""

    source: LeftT
    target: RightT
    count: int
    top_left: float
    top_right: float
    height: float
    shape: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sankey(Generic[LeftT, RightT]):
    """The whole picture."""

    width: float
    height: float
    post: float
    """How wide each post is."""
    left: Mapping[LeftT, Post]
    right: Mapping[RightT, Post]
    ribbons: tuple[Ribbon[LeftT, RightT], ...]


GAP = 12.0
"""Between two posts of a side; a label of theirs has room."""
LEAST = 14.0
"""So much room has every post, however little goes through it: its label must be read."""


def sankey(
    flows: Mapping[tuple[LeftT, RightT], int],
    *,
    left: Sequence[LeftT],
    right: Sequence[RightT],
    x: tuple[float, float],
    width: float,
    height: float = 220,
    post: float = 12,
) -> Sankey[LeftT, RightT]:
    """Lay out flows between two sides, each in the order given; what has no flow is left out.

    `x` says where the left posts begin and where the right ones do. One order is as wide on
    either side, and the flows through a post fill it exactly.
    """
    total = sum(flows.values())
    share = height / total if total else 0.0
    starts = {each: _sum(flows, 0, each) for each in left}
    ends = {each: _sum(flows, 1, each) for each in right}
    lefts = _stand(starts, x=x[0], share=share)
    rights = _stand(ends, x=x[1], share=share)
    lowest = max((p.y + _room(p) for p in (*lefts.values(), *rights.values())), default=0)
    return Sankey(
        width=width,
        height=round(lowest, 2),
        post=post,
        left=lefts,
        right=rights,
        ribbons=_ribbons(flows, lefts=lefts, rights=rights, share=share, post=post),
    )


def _sum(flows: Mapping[tuple[LeftT, RightT], int], side: int, name: object) -> int:
    return sum(count for ends, count in flows.items() if ends[side] == name)


def _room(post: Post) -> float:
    return max(post.height, LEAST)


SideT = TypeVar("SideT")


def _stand(counts: Mapping[SideT, int], *, x: float, share: float) -> dict[SideT, Post]:
    found: dict[SideT, Post] = {}
    y = 0.0
    for name, count in counts.items():
        if count:
            high = count * share
            room = max(high, LEAST)
            top = y + (room - high) / 2
            found[name] = Post(count=count, x=x, y=round(top, 3), height=round(high, 3))
            y += room + GAP
    return found


def _ribbons(
    flows: Mapping[tuple[LeftT, RightT], int],
    *,
    lefts: Mapping[LeftT, Post],
    rights: Mapping[RightT, Post],
    share: float,
    post: float,
) -> tuple[Ribbon[LeftT, RightT], ...]:
    here = {name: each.y for name, each in lefts.items()}
    there = {name: each.y for name, each in rights.items()}
    found: list[Ribbon[LeftT, RightT]] = []
    for source, begin in lefts.items():
        for target, end in rights.items():
            count = flows.get((source, target), 0)
            if not count:
                continue
            high = count * share
            ends = (begin.x + post, here[source], end.x, there[target])
            found.append(
                Ribbon(
                    source=source,
                    target=target,
                    count=count,
                    top_left=round(here[source], 3),
                    top_right=round(there[target], 3),
                    height=round(high, 3),
                    shape=_shape(*ends, high=high),
                )
            )
            here[source] += high
            there[target] += high
    return tuple(found)


def _shape(x0: float, y0: float, x1: float, y1: float, *, high: float) -> str:
    half = (x0 + x1) / 2
    return (
        f"M{x0:.2f} {y0:.2f} C{half:.2f} {y0:.2f} {half:.2f} {y1:.2f} {x1:.2f} {y1:.2f}"
        f" V{y1 + high:.2f}"
        f" C{half:.2f} {y1 + high:.2f} {half:.2f} {y0 + high:.2f} {x0:.2f} {y0 + high:.2f} Z"
    )
