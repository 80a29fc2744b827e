"""The API behind the real server: what a refused call does to the connection it came on."""

from collections.abc import Iterator

import pytest
import requests

from hub.flow.people.tokens import make_token
from hub.models import migrate
from hub.models.session import Database
from tests.factories import NOW
from tests.hub_process import running

JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address of the API, and a token for it."""
    data = tmp_path_factory.mktemp("served-api") / "data"
    data.mkdir()
    url = f"sqlite:///{data / 'hornada.db'}"
    migrate.upgrade(url)
    database = Database(url)
    token = database.run(
        lambda session: make_token(session, name="ci", role="owner", now=NOW)
    )
    database.dispose()
    with running(data, command="web") as hub:
        yield f"{hub.url}/api/v1", token


def spaces(size: int) -> bytes:
    """Write an empty object of so many bytes."""
    return b"{" + b" " * (size - 2) + b"}"


@pytest.mark.parametrize("size", [2, 70_000, 1024 * 1024, 3 * 1024 * 1024])
def test_after_a_refused_call_the_same_connection_still_works(
    served: tuple[str, str], size: int
) -> None:
    url, token = served
    caller = requests.Session()
    owner = {"Authorization": f"Bearer {token}"}

    strange = caller.post(f"{url}/items", data=spaces(size), headers=JSON, timeout=20)
    unread = caller.post(
        f"{url}/channels/9/poll",
        data=spaces(size),
        headers=JSON | owner,
        timeout=20,
    )
    after = caller.get(f"{url}/items", headers=owner, timeout=20)

    assert [each.status_code for each in (strange, unread, after)] == [401, 404, 200]


def test_a_chunked_body_is_refused_at_the_limit_like_any_other(
    served: tuple[str, str],
) -> None:
    url, token = served
    headers = JSON | {"Authorization": f"Bearer {token}"}

    def parts(many: int) -> Iterator[bytes]:
        yield b'{"code": "CHUNKED", "name": "Chunked", "kind": "product",'
        for _ in range(many):
            yield b" " * 65_536
        yield b'"unit": "each"}'

    fits = requests.post(f"{url}/items", data=parts(15), headers=headers, timeout=20)
    beyond = requests.post(f"{url}/items", data=parts(17), headers=headers, timeout=20)

    assert (fits.status_code, beyond.status_code) == (201, 413)
