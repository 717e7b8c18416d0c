"""The file that a page is: self-contained, nothing fetched, nothing run, written whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from os import PathLike
from pathlib import Path

from hrtools_reco._checks import invalid
from hrtools_reco.files import whole_file
from hrtools_reco.page.markup import Html, spelled_out, tag, typeset_html

SUFFIXES = (".html", ".htm")
# Nothing is fetched, nothing runs: a browser holds the page to it.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def html_page(title: str, body: Html, lang: str, terms: Mapping[str, str] | None = None) -> str:
    """Return the text of a page.

    Parameters
    ----------
    title : str
        Title of the window.
    body : Html
        The element ``body``.
    lang : {"fr", "en"}
        Language.
    terms : mapping of str to str, optional
        Acronyms, each spelled out where the text first uses it.

    Returns
    -------
    str
        The page, typeset.
    """
    page = tag("html", _head(title), typeset_html(spelled_out(body, terms or {}), lang), lang=lang)
    return f"<!DOCTYPE html>\n{page}\n"


def _head(title: str) -> Html:
    """Return what stands before the page is shown."""
    css = files("hrtools_reco.page").joinpath("page.css").read_text(encoding="utf-8")
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("meta", name_="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        tag("link", rel="icon", href="data:,"),
        tag("style", Html(css)),
    )


def checked_path(path: str | PathLike[str]) -> Path:
    """Return the path of the page, or raise if no page can be written there."""
    right = "a file .html or .htm in a folder that exists"
    try:
        target = Path(path)
    except TypeError:
        raise invalid("path", right, path) from None
    if target.suffix.lower() not in SUFFIXES or target.is_dir() or not target.parent.is_dir():
        raise invalid("path", right, str(path))
    return target


def write_page(target: Path, text: str) -> None:
    """Write the page whole or not at all."""
    with whole_file(target, "path") as stream:
        stream.write(text.encode("utf-8", "replace"))
