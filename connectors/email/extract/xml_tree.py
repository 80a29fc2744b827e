"""The XML of a stranger read safely: no document type, no entities, no network."""

import re
from collections.abc import Iterator

from lxml import etree

MOST_BYTES = 10_000_000
MOST_TEXT = 2_000

_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


class NotXml(Exception):
    """It is no XML that anybody should read."""


class Node:
    """An element found by local names: order formats differ in their namespaces' versions."""

    def __init__(self, element: etree._Element) -> None:
        self._element = element

    @property
    def name(self) -> str:
        """The local name."""
        return etree.QName(self._element).localname

    def all(self, path: str) -> Iterator["Node"]:
        """Yield every element at a path of local names below this one: "Price/PriceAmount"."""
        first, _, rest = path.partition("/")
        for child in self._element.iterchildren("{*}" + first):
            node = Node(child)
            yield from node.all(rest) if rest else (node,)

    def one(self, path: str) -> "Node | None":
        """Return the first element at a path, None where there is none."""
        return next(self.all(path), None)

    def said(self, path: str = "") -> str:
        """Return the words of the first element at a path, on one line; empty where none."""
        node = self.one(path) if path else self
        words = " ".join((node._element.text or "").split()) if node else ""
        return words[:MOST_TEXT]

    def attribute(self, name: str) -> str:
        """Return an attribute, empty where it is not set."""
        return str(self._element.get(name) or "").strip()[:MOST_TEXT]


def read_xml(data: bytes) -> Node:
    """Read XML without document type; anything else is refused.

    :raises NotXml: it is too big, broken, or declares a document type or entities.
    """
    if len(data) > MOST_BYTES:
        raise NotXml("too big")
    # Without its NULs UTF-16 reads like ASCII.
    if _DOCTYPE.search(data.replace(b"\x00", b"")):
        raise NotXml("it declares a document type")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError) as error:
        raise NotXml("it is broken") from error
    return Node(root)
