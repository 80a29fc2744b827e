"""How a step of the flow says no to whoever asked: in words, with the field and the kind of no."""


class Refusal(Exception):
    """This cannot be done as asked, and nothing of it was done.

    The message is written for the person who asked. `field` names what they would have to change,
    empty when it is the state of things. `kind` is what a web answer is made of: conflict (409),
    invalid (422) or missing (404).
    """

    def __init__(self, message: str, *, field: str = "", kind: str = "conflict") -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.kind = kind


class Invalid(Refusal):
    """What was typed cannot be right, whatever the state of things."""

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message, field=field, kind="invalid")


class Missing(Refusal):
    """There is no such thing."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message, field=field, kind="missing")


class SomebodyWasFirst(Refusal):
    """Somebody else changed it between the look and the deed."""
