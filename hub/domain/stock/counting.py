"""Why a balance was put right: a short list that can be counted, beside a note in words."""

from enum import StrEnum


class CountReason(StrEnum):
    """What somebody found out, or did, that the ledger did not know."""

    COUNTED = "counted"
    DAMAGED = "damaged"
    EXPIRED = "expired"
    SAMPLE = "sample"
    """Taken for a test, or given away to be tried."""
    FOUND = "found"
    OTHER = "other"
