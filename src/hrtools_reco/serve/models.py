"""A firm as the body of a request of one's own application."""

from __future__ import annotations

from typing import Any

from hrtools_reco.answer import profile_schema
from hrtools_reco.catalog import Catalog
from hrtools_reco.extras import extra_module

_TYPES: dict[str, Any] = {
    "company_id": str | int | None,
    "headcount": int | None,
    "maturity": dict[str, float | None] | None,
    "needs": dict[str, float | None] | None,
    "facts": dict[str, bool | None] | None,
    "budget_eur_per_year": float | None,
    "installed": list[str] | None,
    "maturity_estimated": list[str] | None,
    "excluded": list[str] | None,
    "refused": list[str] | None,
}


def profile_model(catalog: Catalog | None = None) -> Any:
    """Make a pydantic model of a firm, whose schema is ``profile_schema`` (extra ``serve``).

    Parameters
    ----------
    catalog : Catalog, optional
        Catalog whose names are valid. ``None`` is the bundled one.

    Returns
    -------
    type
        The model; ``CompanyProfile.from_dict(body.model_dump())`` reads and checks a body.

    Raises
    ------
    InvalidValueError
        If the extra is missing.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> from hrtools_reco.serve import profile_model
    >>> body = profile_model()(branch="maroquinerie", headcount=18)
    >>> hr.CompanyProfile.from_dict(body.model_dump()).branch
    'leather_goods'
    """
    pydantic = extra_module("pydantic", "serve")
    schema = {name: part for name, part in profile_schema(catalog).items() if name != "$schema"}

    def told(made: dict[str, Any]) -> None:
        """Put the schema of the library in the place of the one that follows from the types."""
        made.clear()
        made.update(schema)

    fields: dict[str, Any] = {name: (_TYPES.get(name, str | None), None) for name in schema["properties"]}
    fields["branch"] = (str, ...)
    config = pydantic.ConfigDict(extra="forbid", json_schema_extra=told)
    return pydantic.create_model("CompanyProfile", __config__=config, **fields)
