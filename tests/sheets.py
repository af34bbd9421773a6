"""Reading of pages as a browser does: their elements, and the rows of a sheet with their times and words."""

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "hr", "br", "link", "img", "input", "base", "source"}


@dataclass
class Row:
    time: str = ""
    words: list[str] = field(default_factory=list)
    end: str = ""


class Page(HTMLParser):
    """A page: all its tags with attributes, its title, its headings, and its rows."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[tuple[str, set[str]]] = []
        self.title = ""
        self.headings: list[tuple[str, str]] = []
        self.rows: list[Row] = []
        self.heads: list[Row] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        attributes = {name: value or "" for name, value in attrs}
        classes = set(attributes.get("class", "").split())
        self.tags.append((tag, attributes))
        if tag in {"h1", "h2", "h3"}:
            self.headings.append((tag, ""))
        if "row" in classes:
            (self.heads if "head" in classes else self.rows).append(Row())
        if tag not in VOID and not self.get_starttag_text().endswith("/>"):
            self.open.append((tag, classes))

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        assert self.open[-1][0] == tag, (tag, self.open)
        self.open.pop()

    def is_in(self, name):
        return any(name == tag or name in classes for tag, classes in self.open)

    def handle_data(self, data):
        if self.is_in("title") and not self.is_in("svg"):
            self.title += data
        if self.open and self.headings and any(tag in {"h1", "h2", "h3"} for tag, _ in self.open):
            tag, text = self.headings[-1]
            self.headings[-1] = tag, text + data
        if not self.is_in("row"):
            return
        row = (self.heads if self.is_in("head") else self.rows)[-1]
        if self.is_in("time"):
            row.time += data
        elif self.is_in("p"):
            if not (self.is_in("bell") and self.is_in("bdi")):
                row.words += data.split()
        else:
            row.end += data.strip()

    def parse_svg(self):
        """Return the drawing, parsed as XML."""
        (svg,) = re.findall(r"<svg class=\"timeline\".*</svg>(?=\n<figcaption)", self.text, re.DOTALL)
        return ET.fromstring(svg)  # noqa: S314 - ours

    def check(self):
        """Check that the page needs nothing else, and does nothing."""
        names = {tag for tag, _ in self.tags}
        assert not names & {"script", "iframe", "object", "embed", "link", "img", "a", "base", "form", "image", "use"}
        for _, attributes in self.tags:
            assert not any(name.startswith("on") or name in {"src", "href", "style"} for name in attributes)
        style = re.search(r"<style>(.*?)</style>", self.text, re.DOTALL)[1]
        assert "url(" not in style
        assert "@import" not in style
        assert set(re.findall(r"https?://[^\"]*", re.sub(r">[^<]*<", "><", self.text))) <= {
            "http://www.w3.org/2000/svg"
        }
