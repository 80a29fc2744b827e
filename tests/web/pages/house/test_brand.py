"""The brand page: tried before it is kept, and no logo that is not a plain picture."""

import io

import pytest
from PIL import Image
from werkzeug.test import TestResponse

from hub.flow.house.brand import LARGEST_LOGO
from hub.models.records.workshop import Workshop
from hub.ports import Ports
from tests.web.pages.buyer.buyer_links import link
from tests.web.pages.visitor import Visitor

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def picture(
    kind: str = "PNG", *, size: tuple[int, int] = (64, 32), note: bytes = b""
) -> bytes:
    """Draw a picture, with something hidden behind its end."""
    out = io.BytesIO()
    Image.new("RGB", size, "#b4552d").save(out, format=kind)
    return out.getvalue() + note


def save(owner: Visitor, *, logo: bytes | None = None, **form: str) -> TestResponse:
    """Send the form of the brand."""
    data: dict[str, object] = {"csrf": owner.token("/brand"), "name": "Cera y Sal", **form}
    if logo is not None:
        data["logo"] = (io.BytesIO(logo), "logo.png")
    return owner.client.post("/brand", data=data, content_type="multipart/form-data")


def test_what_is_kept_is_what_buyers_see(
    ports: Ports, owner: Visitor, stranger: Visitor, an_order: int
) -> None:
    answer = save(
        owner, logo=picture(note=b"<script>"), colour="#FFEE00", site="https://cera.example"
    )

    assert answer.status_code == 303, answer.text
    page = stranger.see(link(ports, an_order))
    logo = stranger.open("/o/logo")
    assert "/o/colours/ffee00.css" in page
    assert 'href="https://cera.example"' in page
    assert "/o/logo?v=" in page
    assert (logo.content_type, logo.headers["X-Content-Type-Options"]) == (
        "image/png",
        "nosniff",
    )
    assert b"<script>" not in logo.data


@pytest.mark.parametrize(
    "logo",
    [
        SVG,
        b"",
        b"GIF89a" + b"\0" * 40,
        b"\x89PNG\r\n\x1a\n",
        picture()[:60],
        b"x" * (LARGEST_LOGO + 1),
        picture(size=(3000, 2000)),
        b"<html><script>",
    ],
    ids=["svg", "empty", "gif", "head", "half", "large", "wide", "html"],
)
def test_what_is_no_plain_picture_is_refused(
    ports: Ports, owner: Visitor, stranger: Visitor, logo: bytes
) -> None:
    answer = save(owner, logo=logo)

    assert answer.status_code == 422
    assert 'aria-describedby="trouble-brand"' in answer.text
    assert stranger.open("/o/logo").status_code == 404
    with ports.database.reading() as session:
        assert session.get(Workshop, 1) is None


def test_where_a_photo_was_taken_is_not_kept(owner: Visitor, stranger: Visitor) -> None:
    exif = Image.Exif()
    exif[0x010E] = "Calle de la Cera 7"
    out = io.BytesIO()
    Image.new("RGB", (800, 400), "white").save(out, format="JPEG", exif=exif)

    save(owner, logo=out.getvalue())

    kept = stranger.open("/o/logo")
    assert kept.content_type == "image/jpeg"
    assert b"Calle" not in kept.data
    with Image.open(io.BytesIO(kept.data)) as found:
        assert found.size == (480, 240)


def test_a_logo_stays_until_it_is_taken_away(owner: Visitor, stranger: Visitor) -> None:
    save(owner, logo=picture("JPEG"))

    save(owner)
    assert stranger.open("/o/logo").status_code == 200

    save(owner, without_logo="1")
    assert stranger.open("/o/logo").status_code == 404


@pytest.mark.parametrize(
    "field, value",
    [("colour", "red;}"), ("site", "javascript:alert(1)"), ("name", "x" * 101)],
)
def test_what_cannot_be_is_refused_beside_its_field(
    owner: Visitor, field: str, value: str
) -> None:
    form = {"name": "Cera", field: value}
    assert owner.press("/brand", page="/brand", **form).status_code == 422
    assert owner.press("/brand/look", page="/brand", **form).status_code == 422


def test_a_look_changes_nothing(ports: Ports, owner: Visitor) -> None:
    page = owner.press("/brand/look", page="/brand", name="Try <b>", colour="#ffee00")

    assert page.status_code == 200
    assert "Try &lt;b&gt;" in page.text
    assert "#ffee00" in page.text
    with ports.database.reading() as session:
        assert session.get(Workshop, 1) is None
