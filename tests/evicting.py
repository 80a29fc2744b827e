"""Makes a Redis throw keys away when it is full, for a while."""

import contextlib
from collections.abc import Iterator

from redis import Redis


@contextlib.contextmanager
def policy(url: str, value: str) -> Iterator[None]:
    """Set what Redis does when it is full, until the block ends."""
    with Redis.from_url(url) as redis:
        before = redis.config_get("maxmemory-policy")["maxmemory-policy"]
        redis.config_set("maxmemory-policy", value)
        try:
            yield
        finally:
            redis.config_set("maxmemory-policy", before)
