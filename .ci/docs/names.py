"""Fill the page of the public names from the package itself, so that none is forgotten."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import hrtools_reco as hr


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Put one reference after another at the end of the page; what assistants read is in the package."""
    if page.file.src_uri == "assistant.md":
        return files("hrtools_reco").joinpath("assistant.md").read_text(encoding="utf-8")
    if page.file.src_uri != "reference.md":
        return markdown
    objects = {name: getattr(hr, name) for name in hr.__all__}
    places = {name: getattr(one, "__module__", "") for name, one in objects.items()}
    shown = [f"::: {place}.{name}" for name, place in places.items() if place.startswith("hrtools_reco")]
    return "\n\n".join([markdown, *shown])
