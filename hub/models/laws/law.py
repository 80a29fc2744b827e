"""A law: something that must hold among the records at every commit.

Every query returns `subject_id` and the figures its words quote. The same text runs on SQLite and
PostgreSQL. Numbers are those of the invariants in docs/decisions/0005-ledger-is-append-only.md and
the test plan: I5 is the ledger, I10 the trace, and so on.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """One rule: the query finds what breaks it, the words say what that means."""

    code: str
    subject: str
    words: str
    broken: str
