"""What stands on the pages of a paper."""

import io

import pdfplumber

from tests.web.pages.visitor import Visitor


def pages_of(visitor: Visitor, path: str) -> list[str]:
    """Open a paper and read what is printed on each of its pages."""
    answer = visitor.open(path)
    assert answer.status_code == 200, (path, answer.status_code)
    assert answer.content_type == "application/pdf"
    with pdfplumber.open(io.BytesIO(answer.data)) as paper:
        return [page.extract_text() for page in paper.pages]


def read(visitor: Visitor, path: str) -> str:
    """Read a whole paper."""
    return "\n".join(pages_of(visitor, path))
