"""Which browser on which system somebody uses, in two words; nothing else is kept of it."""

BROWSERS = (
    ("Edg", "Edge"),
    ("EdgA", "Edge"),
    ("EdgiOS", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
"""What the User-Agent holds, what we call it. The order matters: each pretends to be those below
it, as every Edge says Chrome and every Chrome says Safari."""


def device_words(user_agent: str) -> str:
    """Say "Firefox, Linux" of what a browser tells about itself; empty for what we do not know."""
    told = user_agent[:500]
    browser = next((name for sign, name in BROWSERS if f"{sign}/" in told), "")
    system = next((name for sign, name in SYSTEMS if sign in told), "")
    return ", ".join(each for each in (browser, system) if each)
