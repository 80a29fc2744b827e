"""What the inbox and the outbox share: rows that one worker holds for a while."""


class LeaseLost(Exception):
    """The row is no longer ours: the lease ran out and somebody else took it, or it is settled.

    Whoever gets this rolls back: the other one does the work, or has done it.
    """


ERROR_LENGTH = 500


def short(error: str | None) -> str | None:
    """Cut an error's words to what a row may hold."""
    return None if error is None else error[:ERROR_LENGTH]
