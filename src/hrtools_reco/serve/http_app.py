"""The library over HTTP: one firm in, its answer out; nothing is kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hrtools_reco.answer import profile_schema
from hrtools_reco.catalog import versions_of
from hrtools_reco.exceptions import HRToolsError
from hrtools_reco.extras import extra_module
from hrtools_reco.page.document import report
from hrtools_reco.recommender import ToolRecommender

MOST_BYTES = 65_536
MOST_TOOLS = 50


def create_app(recommender: ToolRecommender | None = None) -> Any:
    """Make the ASGI application (extra ``serve``).

    Parameters
    ----------
    recommender : ToolRecommender, optional
        A fitted recommender. ``None`` is one over the bundled catalog.

    Returns
    -------
    FastAPI
        ``POST /recommend, /explain, /roadmap, /questions`` and ``/report``; ``GET /health, /schema`` and
        ``/``, a form for a browser. Bodies are at most 64 KiB, errors are those of the library.

    Raises
    ------
    InvalidValueError
        If the extra is missing.
    """
    fastapi = extra_module("fastapi", "serve")
    used = ToolRecommender().fit() if recommender is None else recommender
    catalog = used.catalog_
    app = fastapi.FastAPI(title="hrtools-reco", version=versions_of(catalog).library)
    schema = {name: part for name, part in profile_schema(catalog).items() if name != "$schema"}
    body = {"requestBody": {"content": {"application/json": {"schema": _asked(schema)}}, "required": True}}
    _guard(app, fastapi)

    def health() -> dict[str, Any]:
        """Tell that the service runs, and over what."""
        return {"status": "ok", "versions": versions_of(catalog).to_dict()}

    def told_schema() -> dict[str, Any]:
        """Return the JSON Schema of a firm."""
        return profile_schema(catalog)

    def asked(name: str, answer: Callable[[dict[str, Any]], Any]) -> None:
        """Add one question that is asked of a firm."""

        async def endpoint(request: Any) -> Any:
            return await _answered(request, answer, fastapi)

        endpoint.__annotations__ = {"request": fastapi.Request}  # by which the framework knows it
        app.add_api_route(f"/{name}", endpoint, methods=["POST"], openapi_extra=body, name=name)

    asked(
        "recommend",
        lambda told: used.recommend(
            told["profile"], _most(told.get("k", 5)), exclude=told.get("exclude"), only=told.get("only")
        ).to_dict(),
    )
    asked("explain", lambda told: used.explain(told["profile"], str(told.get("tool_id"))).to_dict())
    asked("roadmap", lambda told: used.roadmap(told["profile"]).to_dict())
    asked(
        "questions",
        lambda told: _questions(used, told["profile"], told.get("n", 3)),
    )
    asked("report", lambda told: {"html": _page(used, told["profile"], str(told.get("lang", "fr")))})

    def form() -> str:
        """Show a form for one firm."""
        return _form(used)

    def page(branch: str, headcount: int) -> Any:
        """Answer the form with the page of the firm."""
        try:
            return _page(used, {"branch": branch, "headcount": headcount}, "fr")
        except HRToolsError as error:
            return fastapi.responses.HTMLResponse(f"<p>{escape(str(error))}</p>", status_code=422)

    for path, answer in (("/health", health), ("/schema", told_schema)):
        app.add_api_route(path, answer, methods=["GET"])
    for path, shown in (("/", form), ("/page", page)):
        app.add_api_route(path, shown, methods=["GET"], response_class=fastapi.responses.HTMLResponse)
    return app


def _asked(profile: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of the body of a question."""
    names = {"type": ["array", "string", "null"], "items": {"type": "string"}}
    return {
        "type": "object",
        "properties": {
            "profile": profile,
            "k": {"type": "integer", "minimum": 1, "maximum": MOST_TOOLS},
            "n": {"type": "integer", "minimum": 1, "maximum": MOST_TOOLS},
            "exclude": names,
            "only": names,
            "tool_id": {"type": "string"},
            "lang": {"enum": ["fr", "en"]},
        },
        "required": ["profile"],
    }


def _guard(app: Any, fastapi: Any) -> None:
    """Refuse bodies that are too large before they are read, and say our own errors as JSON."""

    async def bounded(request: Any, call_next: Callable[[Any], Awaitable[Any]]) -> Any:
        length = request.headers.get("content-length")
        if request.method == "POST" and (length is None or not length.isdigit() or int(length) > MOST_BYTES):
            told = {"error": f"body must be at most {MOST_BYTES} bytes, with its content-length."}
            return fastapi.responses.JSONResponse(told, status_code=413)
        return await call_next(request)

    app.middleware("http")(bounded)


async def _answered(request: Any, answer: Callable[[dict[str, Any]], Any], fastapi: Any) -> Any:
    """Read the body of a question, and answer it in a thread of its own."""
    concurrency = extra_module("fastapi.concurrency", "serve")
    try:
        told = await request.json()
    except ValueError:
        return fastapi.responses.JSONResponse({"error": "body must be JSON."}, status_code=422)
    if not isinstance(told, dict) or not isinstance(told.get("profile"), dict):
        message = 'body must be an object with a "profile".'
        return fastapi.responses.JSONResponse({"error": message}, status_code=422)
    try:
        return await concurrency.run_in_threadpool(answer, told)
    except HRToolsError as error:
        told = {"error": str(error), "field": getattr(error, "name", None)}
        return fastapi.responses.JSONResponse(told, status_code=422)


def _questions(recommender: ToolRecommender, profile: dict[str, Any], n: Any) -> list[dict[str, Any]]:
    """Return the next questions as plain values."""
    return [one.to_dict() for one in recommender.next_questions(profile, _most(n))]


def _most(number: Any) -> Any:
    """Cut a number of tools; what is no number is refused by the library."""
    return min(number, MOST_TOOLS) if isinstance(number, int) else number


def _page(recommender: ToolRecommender, profile: dict[str, Any], lang: str) -> str:
    """Return the page of one firm as text."""
    with TemporaryDirectory() as folder:
        return report(profile, Path(folder) / "page.html", lang, recommender=recommender).read_text("utf-8")


def _form(recommender: ToolRecommender) -> str:
    """Return a form that asks for branch and headcount."""
    labels = recommender.catalog_.labels("branches", "fr")
    options = "".join(
        f'<option value="{escape(key)}">{escape(label)}</option>' for key, label in labels.items()
    )
    return (
        '<!DOCTYPE html><html lang="fr"><meta charset="utf-8"><title>hrtools-reco</title>'
        '<form action="page"><p><label>Votre branche <select name="branch">'
        f"{options}</select></label></p>"
        '<p><label>Votre effectif <input name="headcount" type="number" min="0" required></label></p>'
        "<p><button>Voir la page</button></p></form></html>"
    )
