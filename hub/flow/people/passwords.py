"""Passwords: how they are hashed, compared and refused."""

from functools import cache
from importlib import resources

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hub.flow.refusal import Invalid

HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""argon2id with the least cost OWASP ASVS 5.0 (appendix C) allows: some 40 ms a try here."""
SHORTEST, LONGEST = 12, 128
OUR_WORDS = ("hornada", "taller", "workshop", "password", "contraseña")


def hash_password(password: str) -> str:
    """Return what is kept of a password."""
    return HASHER.hash(password)


def is_right(password: str, *, kept: str | None) -> bool:
    """Say whether a password is the one that was kept.

    With nothing kept (no such user, or one who was invited and has not come yet) it takes as long
    and says no, so that nobody learns from the time whether a user exists.
    """
    try:
        HASHER.verify(kept or _nobodys(), password)
    except (VerificationError, InvalidHashError):
        return False
    return bool(kept)


def needs_new_hash(kept: str) -> bool:
    """Say whether a kept password was hashed with less care than today's."""
    return HASHER.check_needs_rehash(kept)


def check_new(password: str, *, about: str = "") -> None:
    """Refuse a password that is easy to guess. `about` is what is known of its owner.

    :raises Invalid: too short or long, a common one, or made of a word everybody would try.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise Invalid(f"Use {SHORTEST} to {LONGEST} characters.", field="password")
    plain = password.casefold()
    if plain in common_passwords() or _is_one_word(plain, about=about.casefold()):
        raise Invalid(
            "This password is one of the first anybody would try. Use a few words of your own.",
            field="password",
        )


@cache
def common_passwords() -> frozenset[str]:
    """Read the long ones among the 30,000 passwords most often leaked (zxcvbn's list, MIT)."""
    text = (
        resources.files("hub.flow.people")
        .joinpath("common_passwords.txt")
        .read_text("utf-8")
    )
    return frozenset(text.split())


def _is_one_word(plain: str, *, about: str) -> bool:
    """Say whether little is left of it once the words everybody knows and the digits are gone."""
    left = plain
    for word in (*OUR_WORDS, *(part for part in about.split("@") if len(part) > 3)):
        left = left.replace(word, "")
    letters = {letter for letter in left if letter.isalpha()}
    return len(letters) < 4


@cache
def _nobodys() -> str:
    return HASHER.hash("nobody has this password")
