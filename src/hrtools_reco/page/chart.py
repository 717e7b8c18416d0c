"""The chart of the page: plain bars as inline SVG, drawn for a phone and printed as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hrtools_reco.page.markup import Html, tag

WIDTH, ROW, BAR, TOP = 360, 38, 11, 2
_TRACK = 156
_BASELINE, _BAR_TOP = 14, 20


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar.

    Attributes
    ----------
    name : str
        What is measured.
    value : float or None
        From 0 to 100; None where it is not measured.
    said : str
        The value in words, beside the bar.
    estimated : bool
        Whether the value is an estimate: the bar is hatched.
    """

    name: str
    value: float | None
    said: str
    estimated: bool = False


def bar_chart(bars: Sequence[Bar], bounds: Sequence[float], name: str, description: str) -> Html:
    """Draw bars from 0 to 100, each under its name.

    Parameters
    ----------
    bars : sequence of Bar
        The bars, from top to bottom.
    bounds : sequence of float
        Values at which a level begins: a thin line through each bar.
    name : str
        Name of the chart, for those who do not see it.
    description : str
        All of its values in words, for those who do not see it.

    Returns
    -------
    Html
        An ``svg`` element.

    Examples
    --------
    >>> chart = bar_chart([Bar(name="Training", value=40, said="40")], [25, 50, 75], "Maturity", "40")
    >>> chart.startswith("<svg") and 'width="62.4"' in chart
    True
    """
    height = TOP + ROW * len(bars)
    rows = [_row(bar, TOP + ROW * place, bounds) for place, bar in enumerate(bars)]
    return tag(
        "svg",
        tag("title", name, id="chart-name"),
        tag("desc", description, id="chart-description"),
        _hatching(),
        rows,
        viewBox=f"0 0 {WIDTH} {height}",
        class_="chart",
        role="img",
        aria_labelledby="chart-name chart-description",
        focusable="false",
    )


def _hatching() -> Html:
    """Return the pattern of an estimate."""
    stroke = tag("path", d="M0 0V6", class_="hatch")
    pattern = tag(
        "pattern",
        stroke,
        id="hatching",
        width=4,
        height=6,
        patternUnits="userSpaceOnUse",
        patternTransform="rotate(45)",
    )
    return tag("defs", pattern)


def _row(bar: Bar, top: int, bounds: Sequence[float]) -> Html:
    """Return one bar with its name and its value."""
    y = top + _BAR_TOP
    scale = _TRACK / 100
    drawn = []
    if bar.value is not None:
        kind = "bar estimate" if bar.estimated else "bar"
        drawn.append(tag("rect", x=0, y=y, width=f"{bar.value * scale:g}", height=BAR, rx=2, class_=kind))
    lines = [
        tag("path", d=f"M{bound * scale:g} {y}v{BAR}", class_="bound") for bound in bounds if 0 < bound < 100
    ]
    kind = "said missing" if bar.value is None else "said"
    return tag(
        "g",
        tag("text", bar.name, x=0, y=top + _BASELINE, class_="name"),
        tag("rect", x=0, y=y, width=_TRACK, height=BAR, rx=2, class_="track"),
        drawn,
        lines,
        tag("text", bar.said, x=_TRACK + 8, y=y + BAR - 3, class_=kind),
    )
