"""Why something was thrown away: a short list that can be counted, beside a note in words."""

from enum import StrEnum


class ScrapReason(StrEnum):
    """What spoilt it."""

    BROKEN = "broken"
    BURNT = "burnt"
    CONTAMINATED = "contaminated"
    WRONG_MEASURE = "wrong_measure"
    """Too much or too little of something went in."""
    LOOKS = "looks"
    """It would do its work, but nobody would buy it."""
    EXPIRED = "expired"
    SPILT = "spilt"
    REJECTED = "rejected"
    """It did not pass the quality check."""
    OTHER = "other"
