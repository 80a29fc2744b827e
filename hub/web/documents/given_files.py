"""Files that are given piece by piece: however long one is, little of it is held at a time."""

from collections.abc import Iterator
from functools import partial
from itertools import chain
from typing import IO

from flask import Response, stream_with_context

from hub.web.documents.safe_csv import MEDIA_TYPE

PIECE = 1 << 16
"""Bytes of a written file that are read and sent at a time."""


def give_csv(pieces: Iterator[bytes], *, name: str) -> Response:
    """Answer with a table while it is still being read.

    The header and the first rows are read here: what cannot be read then is told on a page. What
    fails later cuts the file, and a browser says that it is not whole.
    """
    begun = [piece for _, piece in zip(range(2), pieces, strict=False)]
    every = stream_with_context(chain(begun, pieces))
    response = Response(every, content_type=MEDIA_TYPE)
    return _as_file(response, name=f"{name}.csv")


def give_whole(file: IO[bytes], *, name: str, media_type: str) -> Response:
    """Answer with a file that is written already and will be closed when it is sent."""
    response = Response(iter(partial(file.read, PIECE), b""), content_type=media_type)
    response.call_on_close(file.close)
    return _as_file(response, name=name)


def _as_file(response: Response, *, name: str) -> Response:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
