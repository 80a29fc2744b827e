"""Shows HTML as lines of text, and remembers where each line begins, so that HTML can be cut."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree, html

MOST_HTML = 2_000_000
MOST_LINES = 20_000
SHORT_CELL = 200
"""Characters of a cell that is shown in one line with its neighbours."""

_DROPPED = frozenset(
    ["script", "style", "head", "title", "noscript", "template", "object", "svg", "iframe"]
)
_BLOCKS = frozenset(
    ["p", "div", "tr", "table", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "pre",
     "blockquote", "hr", "section", "article", "header", "footer", "address", "dl", "dt", "dd",
     "center", "form", "body", "caption", "thead", "tbody", "tfoot"]
)  # fmt: skip
_CELLS = frozenset(["td", "th"])
_STRUCK = frozenset(["s", "strike", "del"])
_HIDDEN = re.compile(
    r"display:none|visibility:hidden|mso-hide:all|(font-size|max-height|opacity):0(px|pt|em|%)?(;|$)"
)
_BLANKS = re.compile(r"[ \t\r\n\xa0]+")


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is shown, and where in the tree it begins."""

    text: str
    element: html.HtmlElement
    is_tail: bool
    """Whether it begins behind the element, not in it."""


@dataclass(slots=True)
class Shown:
    """HTML without what nobody sees, and the lines it shows."""

    tree: html.HtmlElement | None
    lines: list[Line] = field(default_factory=list)
    is_cut: bool = False
    is_struck: bool = False
    """Whether some of it is crossed out."""

    @property
    def text(self) -> str:
        """The lines; what is cited begins with >."""
        return "\n".join(line.text for line in self.lines)

    def own_html(self, *, until: int | None, inner: int | None = None) -> bytes:
        """Return the HTML without citations and whatever begins at line `until`, as UTF-8.

        `inner` is the line where a letter that was passed on begins: what cites it stays.
        """
        if self.tree is None:
            return b""
        kept = set()
        if inner is not None and inner < len(self.lines):
            element = self.lines[inner].element
            kept = {element, *element.iterancestors()}
        if until is not None and until < len(self.lines):
            _cut(self.lines[until])
        for cited in [each for each in self.tree.iter("blockquote") if _is_citation(each)]:
            if cited not in kept:
                _drop(cited)
        return etree.tostring(self.tree, encoding="utf-8", method="html")


def show(source: str) -> Shown:
    """Show HTML as text. This function will return no lines for what is no HTML at all."""
    parser = html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=False,
        no_network=True,
    )  # fmt: skip
    try:
        tree = html.document_fromstring(source[:MOST_HTML].encode(), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return Shown(tree=None, is_cut=bool(source.strip()))
    too_deep = any("depth" in str(error.message).lower() for error in parser.error_log)
    shown = Shown(tree=tree, is_cut=len(source) > MOST_HTML or too_deep)
    for element in [each for each in tree.iter() if _is_unseen(each)]:
        _drop(element)
    shown.is_struck = any(_is_struck(each) for each in tree.iter())
    shown.lines = _Lines(tree).all()
    shown.is_cut = shown.is_cut or len(shown.lines) >= MOST_LINES
    return shown


def _style(element: html.HtmlElement) -> str:
    return str(element.get("style") or "").lower().replace(" ", "")


def _is_unseen(element: html.HtmlElement) -> bool:
    if not isinstance(element.tag, str) or element.tag in _DROPPED:
        return True
    return element.get("hidden") is not None or bool(_HIDDEN.search(_style(element)))


def _is_struck(element: html.HtmlElement) -> bool:
    is_marked = element.tag in _STRUCK or "line-through" in _style(element)
    return is_marked and bool("".join(element.itertext()).strip())


def _is_citation(element: html.HtmlElement) -> bool:
    said = f"{element.get('class') or ''} {element.get('type') or ''}".lower()
    return "cite" in said or "quote" in said


def _drop(element: html.HtmlElement) -> None:
    """Take an element out of its tree, but not the text behind it."""
    if element.getparent() is not None:
        element.drop_tree()


def _cut(line: Line) -> None:
    """Take out everything from where a line begins, in the order of the document."""
    element = line.element
    if line.is_tail:
        element.tail = None
    else:
        element.text = None
        for child in list(element):
            element.remove(child)
    _cut_behind(element, keeps_tail=line.is_tail)


def _cut_behind(element: html.HtmlElement, *, keeps_tail: bool) -> None:
    here: html.HtmlElement | None = element
    while here is not None:
        if not keeps_tail:
            here.tail = None
        keeps_tail = False
        parent = here.getparent()
        if parent is not None:
            for later in list(here.itersiblings()):
                parent.remove(later)
        here = parent


class _Lines:
    """One walk through a tree that gathers what each line shows."""

    def __init__(self, tree: html.HtmlElement) -> None:
        self._tree = tree
        self._lines: list[Line] = []
        self._words: list[str] = []
        self._begun: tuple[html.HtmlElement, bool] | None = None
        self._cited = self._pre = self._flat = 0
        self._flat_cells = set(_flat_cells(tree))

    def all(self) -> list[Line]:
        """Return every line."""
        for event, element in etree.iterwalk(self._tree, events=("start", "end")):
            if len(self._lines) >= MOST_LINES:
                break
            if event == "start":
                self._start(element)
            else:
                self._end(element)
        self._flush()
        return self._lines

    def _start(self, element: html.HtmlElement) -> None:
        tag = element.tag
        if tag in _CELLS and self._words:
            self._words.append("\t")
        if tag == "br" or (tag in _BLOCKS and not self._flat):
            self._flush(is_break=tag == "br")
        elif tag in _BLOCKS:
            self._words.append(" ")
        if element in self._flat_cells:
            self._flat += 1
        self._cited += tag == "blockquote" and _is_citation(element)
        self._pre += tag == "pre"
        if tag == "li":
            self._add("- ", element, is_tail=False)
        self._add(element.text, element, is_tail=False)

    def _end(self, element: html.HtmlElement) -> None:
        tag = element.tag
        if tag in _BLOCKS:
            if self._flat:
                self._words.append(" ")
            else:
                self._flush()
        if element in self._flat_cells:
            self._flat -= 1
        elif tag in _CELLS and not self._flat and len(self._words) == 0:
            self._flush()
        self._cited -= tag == "blockquote" and _is_citation(element)
        self._pre -= tag == "pre"
        self._add(element.tail, element, is_tail=True)

    def _add(self, text: str | None, element: html.HtmlElement, *, is_tail: bool) -> None:
        if not text:
            return
        if self._pre:
            for number, line in enumerate(text.split("\n")):
                if number:
                    self._flush(is_break=True)
                self._word(line, element, is_tail=is_tail)
            return
        self._word(_BLANKS.sub(" ", text), element, is_tail=is_tail)

    def _word(self, text: str, element: html.HtmlElement, *, is_tail: bool) -> None:
        if self._begun is None and text.strip():
            self._begun = (element, is_tail)
        if text:
            self._words.append(text)

    def _flush(self, *, is_break: bool = False) -> None:
        text = "".join(self._words).strip(" \t") if self._words else ""
        self._words = []
        if text and self._begun:
            marks = ">" * min(self._cited, 5) + " " if self._cited else ""
            tidy = re.sub(r" *\t *", "\t", re.sub(r" {2,}", " ", text))
            self._lines.append(Line(marks + tidy, *self._begun))
        elif is_break and self._lines and self._lines[-1].text:
            self._lines.append(Line("", self._lines[-1].element, is_tail=True))
        self._begun = None


def _flat_cells(tree: html.HtmlElement) -> Iterator[html.HtmlElement]:
    """Find the cells of real tables: short, beside others, with no table inside."""
    layout = {
        above for table in tree.iter("table") for above in table.iterancestors("td", "th")
    }
    for row in tree.iter("tr"):
        cells = [cell for cell in row if cell.tag in _CELLS]
        if len(cells) < 2 or any(cell in layout for cell in cells):
            continue
        if all(_is_short(cell) for cell in cells):
            yield from cells


def _is_short(cell: html.HtmlElement) -> bool:
    length = 0
    for text in cell.itertext():
        length += len(text.strip())
        if length > SHORT_CELL:
            return False
    return True
