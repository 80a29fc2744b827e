"""The picture a device reads to make codes for us."""

import segno
from markupsafe import Markup


def qr_picture(uri: str) -> Markup:
    """Draw an address as a QR code, in dark on light whatever the page's colours: devices want it.

    It is drawn here and sent inline, so that the secret in it is asked for at no address.
    """
    drawn = segno.make_qr(uri, error="m").svg_inline(
        scale=4, border=4, dark="#000", light="#fff", omitsize=False
    )
    return Markup(drawn)  # noqa: S704 - drawn by us: numbers and nothing of the text
