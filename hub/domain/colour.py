"""A colour people chose, made fit to be read: darkened or lightened until it stands out."""

import re

COLOUR = re.compile(r"#[0-9a-f]{6}")
OURS = "#b4552d"
WHITE, NIGHT = "#ffffff", "#14110f"
ENOUGH = 4.5
"""Contrast of text against its ground (WCAG 2.2, 1.4.3)."""
STEPS = 40


def is_colour(text: str) -> bool:
    """Say whether a text is a colour as #rrggbb, in small letters."""
    return COLOUR.fullmatch(text) is not None


def contrast(one: str, other: str) -> float:
    """Return how much two colours differ in lightness, 1 to 21 (WCAG 2.2, contrast ratio)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def stand_out(colour: str, *, on: str) -> str:
    """Return the colour nearest to one that can be read on a ground.

    The ground is very light or very dark: the colour goes the other way until there is enough.
    """
    far = "#000000" if _luminance(on) > 0.5 else WHITE
    for step in range(STEPS + 1):
        mixed = _mix(colour, far, share=step / STEPS)
        if contrast(mixed, on) >= ENOUGH:
            return mixed
    return far


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(each / 255) for each in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _mix(colour: str, other: str, *, share: float) -> str:
    pairs = zip(_parts(colour), _parts(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
