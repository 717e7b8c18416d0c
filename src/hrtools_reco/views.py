"""How a result is seen: plain values for JSON, and one quiet look in a notebook, that of the page."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from os import PathLike, fspath
from typing import Any

import numpy as np
import pandas as pd

from hrtools_reco.texts import check_lang, visible_html

# The colours are those of page.css; a test holds them together.
_LOOK = (
    ".hrtools{max-width:60em;margin:.3em 0;padding:.7em 1.1em;background:#fffdf9;color:#20272b;"
    "border:1px solid #d9d3c7;border-left:4px solid #7a3e1d;border-radius:4px;line-height:1.5;"
    "overflow-x:auto}"
    ".hrtools strong.title{display:block;margin-bottom:.3em;font-size:1.1em;color:#7a3e1d}"
    ".hrtools table{width:100%;margin:.4em 0;border-collapse:collapse;color:inherit;font-size:.95em}"
    ".hrtools table tr,.hrtools table td,.hrtools table th{background:transparent!important;color:inherit}"
    ".hrtools th,.hrtools td{padding:.35em .8em .35em 0;border:0;border-bottom:1px solid #d9d3c7;"
    "text-align:left!important;vertical-align:top;white-space:normal}"
    ".hrtools thead th{border-bottom:2px solid #20272b}"
    ".hrtools p{margin:.3em 0}.hrtools .note{color:#55605f;font-size:.9em}.hrtools a{color:#14505f}"
)
MOST_ROWS = 20


class Result:
    """What every result has: a text, and the same in HTML; a class gives ``to_text`` itself."""

    def to_text(self, lang: str = "fr") -> str:
        """Return the result as text."""
        raise NotImplementedError

    def to_html(self, lang: str = "fr") -> str:
        """Return the result as HTML, as a notebook shows it; every text is escaped.

        Parameters
        ----------
        lang : {"fr", "en"}, default="fr"
            Language.

        Returns
        -------
        str
            HTML in the look of the page.

        Raises
        ------
        UnknownNameError
            If the language is neither French nor English.
        """
        return html_lines(self.to_text(check_lang(lang)))

    def _repr_html_(self) -> str:
        return self.to_html()

    def __str__(self) -> str:
        return self.to_text()


def html_box(*parts: str) -> str:
    """Put pieces of HTML into the box in which every result is seen."""
    return f'<div class="hrtools"><style>{_LOOK}</style>{"".join(parts)}</div>'


def html_title(text: str) -> str:
    """Write the first line of a result."""
    return f'<strong class="title">{visible_html(text)}</strong>'


def html_notes(lines: Iterable[str]) -> str:
    """Write remarks below a result."""
    return "".join(f'<p class="note">{visible_html(line)}</p>' for line in lines)


def html_lines(text: str) -> str:
    """Write lines of text for a notebook: the first one is a heading, the depth of the others is kept."""
    head, *lines = text.split("\n")
    return html_box(html_title(head), html_rows(lines))


def html_rows(lines: Iterable[str]) -> str:
    """Write lines of text, each as deep as its blanks say."""
    rows = []
    for line in lines:
        depth = (len(line) - len(line.lstrip(" "))) / 2
        rows.append(f'<div style="margin-left:{depth:g}em">{visible_html(line.strip())}</div>')
    return "".join(rows)


def html_table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Write a table; whatever stands in a cell is escaped, what is missing is left empty."""
    head = "".join(f"<th>{visible_html(name)}</th>" for name in heads)
    body = "".join(
        "<tr>" + "".join(f"<td>{visible_html(_cell(one))}</td>" for one in row) + "</tr>" for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def html_frame(frame: pd.DataFrame, most: int = MOST_ROWS) -> str:
    """Write the first rows of a frame as a table."""
    shown = frame.head(most)
    return html_table([str(name) for name in shown.columns], shown.itertuples(index=False, name=None))


def _cell(value: object) -> str:
    """Write one cell."""
    plain = plain_value(value)
    if plain is None:
        return ""
    return f"{plain:g}" if isinstance(plain, float) else str(plain)


def plain_value(value: Any) -> Any:
    """Return any value of a result as JSON can hold it: no NaN, no tuple, no object.

    Parameters
    ----------
    value : object
        A value, a record of the library, a table, or mappings and sequences of them.

    Returns
    -------
    object
        Text, numbers, truth values, None, and dicts and lists of them.

    Examples
    --------
    >>> plain_value({"a": (1.0, float("nan")), "b": date(2026, 3, 8)})
    {'a': [1.0, None], 'b': '2026-03-08'}
    """
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, np.generic):
        return plain_value(value.item())
    if isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, PathLike):
        return fspath(value)
    return _plain_many(value)


def _plain_many(value: Any) -> Any:
    """Return a record, a table, a mapping or a sequence as JSON can hold it."""
    if hasattr(value, "to_dict") and not isinstance(value, pd.DataFrame | pd.Series):
        return plain_value(value.to_dict())
    if isinstance(value, pd.DataFrame):
        return [plain_value(row) for row in value.to_dict("records")]
    if is_dataclass(value):
        shown = [field for field in fields(value) if field.repr and not field.name.startswith("_")]
        return {field.name: plain_value(getattr(value, field.name)) for field in shown}
    if isinstance(value, Mapping):
        return {str(key): plain_value(one) for key, one in value.items()}
    return [plain_value(one) for one in value]


class Record:
    """A piece of a result, made of fields: plain values of all that it shows."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON.

        Returns
        -------
        dict
            The fields by name.
        """
        shown = [field for field in fields(self) if field.repr]  # type: ignore[arg-type]
        return {field.name: plain_value(getattr(self, field.name)) for field in shown}
