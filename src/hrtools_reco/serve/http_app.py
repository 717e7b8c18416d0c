"""The library over HTTP: one firm in, its answer out; nothing is kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from hrtools_reco.answer import profile_schema
from hrtools_reco.catalog import versions_of
from hrtools_reco.diagnostic import CORE
from hrtools_reco.exceptions import HRToolsError
from hrtools_reco.extras import extra_module
from hrtools_reco.page.document import report_text
from hrtools_reco.recommender import ToolRecommender
from hrtools_reco.serve.browser import Browser

MOST_BYTES = 65_536
MOST_TOOLS = 50
_PAGES = ("/", "/page")


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
        ``/``, the form of the diagnosis, which is answered with the page of the firm: a browser is enough.
        Bodies are at most 64 KiB; errors are those of the library, in a browser in plain French or English.

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
    browser = Browser(used)
    _guard(app, browser, fastapi)

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
    asked(
        "report",
        lambda told: {"html": report_text(told["profile"], str(told.get("lang", "fr")), recommender=used)},
    )

    for path, answer in (("/health", health), ("/schema", told_schema)):
        app.add_api_route(path, answer, methods=["GET"])
    _add_pages(app, browser, fastapi)
    return app


def _add_pages(app: Any, browser: Browser, fastapi: Any) -> None:
    """Add what a browser is shown: the form, and the page of the firm that filled it in."""
    concurrency = extra_module("fastapi.concurrency", "serve")
    html, redirect = fastapi.responses.HTMLResponse, fastapi.responses.RedirectResponse

    def form(request: Any) -> Any:
        """Show the form of the diagnosis."""
        asked = request.query_params
        return html(browser.form(asked.get("form", CORE), asked.get("lang", "fr")))

    async def page(request: Any) -> Any:
        """Answer the form with the page of the firm."""
        text, status = await concurrency.run_in_threadpool(browser.answer, await request.body())
        return html(text, status_code=status)

    def back() -> Any:
        """Lead whoever comes to the page without a form back to it."""
        return redirect("./", status_code=303)

    for shown in (form, page):
        shown.__annotations__ = {"request": fastapi.Request}
    for path, answer, method in (("/", form, "GET"), ("/page", page, "POST"), ("/page", back, "GET")):
        app.add_api_route(path, answer, methods=[method], response_class=html, include_in_schema=False)


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


def _guard(app: Any, browser: Browser, fastapi: Any) -> None:
    """Refuse bodies that are too large before they are read, and say every error in our own words."""
    starlette = extra_module("starlette.exceptions", "serve")

    def told(request: Any, status: int, message: str, key: str) -> Any:
        if request.url.path in _PAGES or "text/html" in request.headers.get("accept", ""):
            return fastapi.responses.HTMLResponse(browser.told([key]), status_code=status)
        return fastapi.responses.JSONResponse({"error": message}, status_code=status)

    async def bounded(request: Any, call_next: Callable[[Any], Awaitable[Any]]) -> Any:
        length = request.headers.get("content-length")
        counted = length is not None and length.isdecimal() and len(length) < 12
        if request.method == "POST" and not (counted and int(length) <= MOST_BYTES):
            message = f"body must be at most {MOST_BYTES} bytes, with its content-length."
            return told(request, 413, message, "serve_large")
        return await call_next(request)

    async def refused(request: Any, error: Any) -> Any:
        status = error.status_code
        if status == 405:
            return told(
                request, status, f"{request.url.path} is not asked by {request.method}.", "serve_method"
            )
        return told(request, status, f"there is no {request.url.path}.", "serve_not_found")

    async def failed(request: Any, error: Exception) -> Any:
        return told(request, 500, "the service has failed; its log says why.", "serve_failed")

    app.middleware("http")(bounded)
    app.add_exception_handler(starlette.HTTPException, refused)
    app.add_exception_handler(Exception, failed)


async def _answered(request: Any, answer: Callable[[dict[str, Any]], Any], fastapi: Any) -> Any:
    """Read the body of a question, and answer it in a thread of its own."""
    concurrency = extra_module("fastapi.concurrency", "serve")
    try:
        told = await request.json()
    except (ValueError, RecursionError):
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
