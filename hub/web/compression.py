"""What goes over the wire in fewer bytes: our stylesheets, scripts and pictures, nothing else."""

from flask import Flask
from flask_compress import Compress

SQUEEZED = ("text/css", "text/javascript", "image/svg+xml")
"""No page is among them. What holds a secret and words of others in one body must not be squeezed:
its size would tell how much of the secret the words guessed (BREACH)."""


def add_compression(app: Flask) -> None:
    """Squeeze an app's files for browsers that can unpack them."""
    app.config["COMPRESS_MIMETYPES"] = [*SQUEEZED]
    Compress(app)
