"""How far a branch has come between two diagnostics, as a table and as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from hrtools_reco._checks import invalid
from hrtools_reco.catalog import Catalog, catalog_of, label_of, typeset, write_number
from hrtools_reco.columns import COMPANY_ID
from hrtools_reco.diagnostic import load_questionnaire
from hrtools_reco.overview.picture import BAR, TRACK, new_axes
from hrtools_reco.tables import as_pandas
from hrtools_reco.texts import check_lang
from hrtools_reco.views import Result, html_box, html_frame, html_rows, html_title, plain_value

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DIMENSION = "dimension"
_QUARTILES = {"p25": 0.25, "median": 0.5, "p75": 0.75}


@dataclass(frozen=True, kw_only=True)
class BranchProgress(Result):
    """How the maturity of many firms moved between two diagnostics, on answers that mean the same in both.

    Attributes
    ----------
    frame : DataFrame
        One row for each group and dimension: the columns of ``by``, ``dimension, n_firms`` (that have a score
        both times), ``before_p25, before_median, before_p75`` and the same of ``after``, from 0 to 100,
        ``step`` (median over the firms of what one option of one question moves: a change no larger means
        nothing), ``n_up, n_same, n_down`` (firms whose change is more than their step, or is not).
    firms : DataFrame
        One row for each firm and dimension: ``company_id, dimension, before, after, change, step,
        n_questions``; NaN where too few answers are common.
    n_both, n_new, n_gone : int
        Firms of both tables, of the later one only, and of the earlier one only.
    by : tuple of str
        The groupings.

    Examples
    --------
    >>> import pandas as pd
    >>> import hrtools_reco as hr
    >>> before = pd.DataFrame({"company_id": ["a", "b"], "TR1": ["o1", "o2"], "TR2": ["o1", "o2"]})
    >>> after = before.assign(TR1=["o3", "o2"], TR2=["o3", "o3"])
    >>> found = hr.branch_progress(before, after)
    >>> found.frame.set_index("dimension").loc["training", ["n_firms", "n_up", "n_same"]].tolist()
    [2, 1, 1]
    """

    frame: pd.DataFrame = field(repr=False)
    firms: pd.DataFrame = field(repr=False)
    n_both: int
    n_new: int
    n_gone: int
    by: tuple[str, ...]
    _catalog: Catalog = field(repr=False, compare=False)

    def to_frame(self) -> pd.DataFrame:
        """Return the progress of the groups as a table.

        Returns
        -------
        DataFrame
            A copy of ``frame``.
        """
        return self.frame.copy()

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON.

        Returns
        -------
        dict
            Keys ``by, n_both, n_new, n_gone, groups, firms``.
        """
        plain: dict[str, Any] = {name: getattr(self, name) for name in ("n_both", "n_new", "n_gone")}
        tables = {"groups": plain_value(self.frame), "firms": plain_value(self.firms)}
        return {"by": list(self.by), **plain, **tables}

    def to_text(self, lang: str = "fr") -> str:
        """Return the progress of all firms as text.

        Parameters
        ----------
        lang : {"fr", "en"}, default="fr"
            Language.

        Returns
        -------
        str
            One line for each dimension that is known both times.
        """
        text = self._catalog.text
        lines = [text("branch_progress_title", lang, n=self.n_both)]
        for row in _summary(self.firms, ()).to_dict("records"):
            name = label_of(self._catalog, "dimensions", row[_DIMENSION], lang)
            if not row["n_firms"]:
                lines.append(f"  {name}{text('colon', lang)}{text('progress_unknown', lang)}")
                continue
            ends = {key: f"{row[f'{key}_median']:.0f}" for key in ("before", "after")}
            counts = {key: row[key] for key in ("n_up", "n_same", "n_down")}
            said = text("branch_progress_row", lang, step=f"{row['step']:.0f}", **ends, **counts)
            lines.append(f"  {name}{text('colon', lang)}{said}")
        return "\n".join([*lines, text("branch_progress_note", lang)])

    def to_html(self, lang: str = "fr") -> str:
        """Return the progress as HTML, with the table of the groups.

        Parameters
        ----------
        lang : {"fr", "en"}, default="fr"
            Language.

        Returns
        -------
        str
            HTML; every text is escaped.
        """
        head, *lines = self.to_text(check_lang(lang)).split("\n")
        return html_box(html_title(head), html_rows(lines), html_frame(self.frame.round(1)))

    def plot(self, ax: Axes | None = None, *, lang: str = "fr") -> Axes:
        """Draw before and after of all firms, dimension by dimension (extra ``plot``).

        A thin line spans the middle half of the firms, a dot stands at the median: hollow before, full after.
        The pale band around the median before is one step: within it a change means nothing.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw. ``None`` is a new figure.
        lang : {"fr", "en"}, default="fr"
            Language.

        Returns
        -------
        matplotlib.axes.Axes
            The picture.

        Raises
        ------
        InvalidValueError
            If matplotlib is not installed, or no dimension is known both times.
        """
        check_lang(lang)
        table = _summary(self.firms, ())
        table = table[table["n_firms"] > 0][::-1].reset_index(drop=True)
        if table.empty:
            raise invalid("firms", "answered alike both times, in a dimension at least", self.n_both)
        axes = new_axes(2 * len(table)) if ax is None else ax
        _draw(axes, table)
        said = [label_of(self._catalog, "dimensions", key, lang) for key in table[_DIMENSION]]
        axes.set_yticks(np.arange(len(table)), [typeset(name, lang) for name in said])
        title = self._catalog.text("branch_progress_heading", lang, n=write_number(self.n_both, lang))
        axes.set_title(typeset(title, lang), loc="left")
        axes.set_xlabel(typeset(self._catalog.text("branch_progress_axis", lang), lang))
        for handle, key in zip(
            axes.collections[-2:], ("branch_progress_before", "branch_progress_after"), strict=True
        ):
            handle.set_label(self._catalog.text(key, lang))
        axes.legend(loc="best", frameon=False)
        return axes


def branch_progress(
    before: Any, after: Any, by: str | Sequence[str] = (), *, catalog: Catalog | None = None
) -> BranchProgress:
    r"""Show how far many firms have come between two diagnostics.

    Each firm is measured only on the questions that it answered both times with the same meaning, whatever
    version was answered, at its later headcount.

    Parameters
    ----------
    before, after : table
        Answers of the earlier and of the later time, as ``Questionnaire.score_frame`` reads them, with
        ``company_id``; firms are matched by it.
    by : str or sequence of str, default=()
        Columns of the later table to group by, such as ``branch``.
    catalog : Catalog, optional
        Catalog of the questionnaire. ``None`` is the bundled one.

    Returns
    -------
    BranchProgress
        Before and after by dimension, a table of the firms, and a picture.

    Raises
    ------
    InvalidTableError
        If a cell is no answer.
    InvalidValueError
        If a table has no ``company_id``, holds one twice, or has no question; or there is no such column.

    Examples
    --------
    >>> import pandas as pd
    >>> import hrtools_reco as hr
    >>> before = pd.DataFrame({"company_id": ["a"], "branch": "couture", "TR1": ["o1"], "TR2": ["o1"]})
    >>> found = hr.branch_progress(before, before.assign(TR2="o4"), by="branch")
    >>> print(found.to_text("en").split("\n")[5].strip())
    Training: 25 → 62 (up: 1; no more than one step of 12 points: 0; down: 0)
    """
    used = catalog_of(catalog)
    first, second = as_pandas(before, "before"), as_pandas(after, "after")
    names = (by,) if isinstance(by, str) else tuple(by)
    for name in names:
        if name not in second:
            raise invalid("by", "columns of the later table", name)
    firms = load_questionnaire(used).compare_frames(first, second)
    groups = second.drop_duplicates(COMPANY_ID).set_index(COMPANY_ID)[list(names)]
    grouped = firms.join(groups, on=COMPANY_ID)
    n_both = firms[COMPANY_ID].nunique()
    return BranchProgress(
        frame=_summary(grouped, names),
        firms=firms,
        n_both=n_both,
        n_new=len(second) - n_both,
        n_gone=len(first) - n_both,
        by=names,
        _catalog=used,
    )


def _summary(firms: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Summarise firms by group and dimension, in the order in which they come."""
    moved = firms["change"].where(firms["change"].abs() > firms["step"], 0.0)
    known = firms["change"].notna()
    table = firms.assign(
        n_firms=known, n_up=known & (moved > 0), n_same=known & (moved == 0), n_down=known & (moved < 0)
    )
    for name in ("before", "after", "step"):
        table[name] = table[name].where(known)
    groups = table.groupby([*by, _DIMENSION], sort=False)
    counts = groups[["n_firms", "n_up", "n_same", "n_down"]].sum().astype("int64")
    ends = {
        f"{side}_{name}": groups[side].quantile(share)
        for side in ("before", "after")
        for name, share in _QUARTILES.items()
    }
    spread = pd.DataFrame(ends).assign(step=groups["step"].median())
    return counts[["n_firms"]].join(spread).join(counts[["n_up", "n_same", "n_down"]]).reset_index()


def _draw(axes: Axes, table: pd.DataFrame) -> None:
    """Draw the rows of a summary, the first one lowest."""
    places = np.arange(len(table))
    steps = table["step"].to_numpy()
    axes.barh(places, 2 * steps, left=table["before_median"] - steps, height=0.7, color=TRACK)
    for side, shift, face in (("before", 0.16, "white"), ("after", -0.16, BAR)):
        low, high = table[f"{side}_p25"], table[f"{side}_p75"]
        axes.plot(
            [low, high], [places + shift, places + shift], color=BAR, linewidth=1.5, solid_capstyle="butt"
        )
        axes.scatter(
            table[f"{side}_median"],
            places + shift,
            s=55,
            facecolor=face,
            edgecolor=BAR,
            linewidth=1.5,
            zorder=3,
        )
    axes.set_xlim(0, 100)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
