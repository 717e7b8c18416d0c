"""What all parts of a page share: language, day, the sources cited so far, and the firm if there is one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from hrtools_reco.catalog import Catalog, write_day
from hrtools_reco.firms import CompanyProfile
from hrtools_reco.page.markup import Content, Html, joined, link, tag

_LONGEST_ADDRESS = 56


@dataclass(kw_only=True)
class Paper:
    """A page in the making, about anything.

    Attributes
    ----------
    catalog : Catalog
        Catalog of the texts.
    lang : {"fr", "en"}
        Language.
    on : date
        Day of the page.
    sources : dict of str to (str or None)
        Pages cited so far, in order, each with the date that it shows.
    """

    catalog: Catalog
    lang: str
    on: date
    sources: dict[str, str | None] = field(default_factory=dict)

    def text(self, key: str, **values: object) -> str:
        """Fill a text of the catalog in the language of the page."""
        return self.catalog.text(key, self.lang, **values)

    def own(self, item: object, name: str) -> str:
        """Return a text that an object has in both languages."""
        value = getattr(item, f"{name}_{self.lang}")
        return "" if value is None else str(value)

    def label(self, table: str, key: str) -> str:
        """Return the label of a key of a table."""
        return self.catalog.labels(table, self.lang).get(key, key)

    def day(self, day: str | date) -> str:
        """Write a day in words."""
        return write_day(day if isinstance(day, str) else day.isoformat(), self.lang, self.catalog)

    def is_trusted(self, url: str) -> bool:
        """Tell whether a page may be shown as a source (table ``doubtful_pages``)."""
        return not any(re.search(pattern, url) for pattern in self.catalog.keys("doubtful_pages"))

    def cite(self, pages: Iterable[tuple[str, str | None]]) -> Html | None:
        """Add pages to the numbered sources, but those that a reader would doubt; return links to them."""
        numbers = []
        for url, page_date in pages:
            if not self.is_trusted(url):
                continue
            self.sources.setdefault(url, page_date)
            numbers.append(list(self.sources).index(url) + 1)
        if not numbers:
            return None
        links = [
            tag("a", str(number), href=f"#source-{number}", aria_label=self.text("page_source", n=number))
            for number in dict.fromkeys(numbers)
        ]
        return tag(
            "span", [joined(" " if place else "", item) for place, item in enumerate(links)], class_="cite"
        )

    def section(self, name: str, *content: Content, **values: object) -> Html:
        """Return a section under its heading, whose text is ``page_<name>``."""
        heading = tag("h2", self.text(f"page_{name}", **values), id=f"{name}-title")
        return tag("section", heading, *content, id=name, aria_labelledby=f"{name}-title")

    def pairs(self, rows: Iterable[tuple[str, Content]], class_: str = "pairs") -> Html:
        """Return labels and what they stand for; a row without content is left out."""
        kept = [(label, content) for label, content in rows if content]
        return tag(
            "dl", [tag("div", tag("dt", label), tag("dd", content)) for label, content in kept], class_=class_
        )

    def source_list(self) -> Html:
        """Return the sources cited on the page, numbered, with their dates."""
        rows = []
        for number, (url, page_date) in enumerate(self.sources.items(), start=1):
            dated = self.day(page_date) if page_date else self.text("page_undated")
            shown = _shortened(url)
            rows.append(
                tag(
                    "li",
                    link(shown, url),
                    " ",
                    tag("span", f"({dated})", class_="date"),
                    id=f"source-{number}",
                )
            )
        return tag("ol", rows, class_="sources")


def _shortened(url: str) -> str:
    """Return an address as it is read: whole if it is short, else its site and its end."""
    shown = url.removeprefix("https://").removeprefix("http://").removeprefix("www.").removesuffix("/")
    if len(shown) <= _LONGEST_ADDRESS:
        return shown
    site, _, path = shown.partition("/")
    return f"{site}/…{path[-max(_LONGEST_ADDRESS - len(site), 12) :]}"


@dataclass(kw_only=True)
class Sheet(Paper):
    """A page in the making about one firm.

    Attributes
    ----------
    catalog, lang, on, sources : object
        As in ``Paper``.
    profile : CompanyProfile
        The firm.
    """

    profile: CompanyProfile


def bullets(items: Iterable[Content], class_: str | None = None) -> Html | None:
    """Return a list, or nothing if there are no items."""
    rows = [tag("li", item) for item in items]
    return tag("ul", rows, class_=class_) if rows else None


def data_table(caption: str, heads: Iterable[str], rows: Iterable[Html], foot: Html | None = None) -> Html:
    """Return a table whose cells stand below each other on a narrow screen; roles keep it a table there."""
    head = tag("tr", [tag("th", name, scope="col", role="columnheader") for name in heads], role="row")
    return tag(
        "table",
        tag("caption", caption),
        tag("thead", head, role="rowgroup"),
        tag("tbody", rows, role="rowgroup"),
        tag("tfoot", foot, role="rowgroup") if foot else None,
        role="table",
    )


def table_row(head: Content, cells: Iterable[tuple[str, Content]]) -> Html:
    """Return a row: what it is about, then cells, each with the name of its column for a narrow screen."""
    return tag(
        "tr",
        tag("th", head, scope="row", role="rowheader"),
        [tag("td", tag("div", content), role="cell", data_label=label) for label, content in cells],
        role="row",
    )
