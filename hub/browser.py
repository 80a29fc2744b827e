"""Opening a page for whoever sits at this machine, if anybody does."""

import os
import sys
import webbrowser


def show_in_browser(address: str) -> bool:
    """Open a page in a browser with windows, and say whether one was found.

    Without a screen Python would start a browser inside the terminal, over what we say there.
    """
    has_screen = sys.platform in {"darwin", "win32"} or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
    return has_screen and sys.stdout.isatty() and webbrowser.open(address)
