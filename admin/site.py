"""The panel as one application, mounted at /admin: its pages, its static files, its errors, its headers."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from importlib.resources import files

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, PlainTextResponse
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from admin import access, account, announcements, auditing, desks, lead, leads, overview, questions, signing_in, staff
from admin.access import Forbidden, NotFound, SignInNeeded, StaleForm
from admin.pages import HERE, ROOT, page, see_other
from admin.panel import Panel

log = logging.getLogger(__name__)

BODY = 262_144  # bytes of a form
PAGES = (overview, leads, lead, questions, announcements, desks, staff, auditing, account, signing_in)

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def build_site(panel: Panel) -> FastAPI:
    """Build the application to be mounted at `ROOT`."""
    site = FastAPI(title="Saudagar panel", docs_url=None, redoc_url=None, openapi_url=None)
    site.state.panel = panel
    site.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    site.add_api_route("/font/noto-sans-arabic.ttf", font, name="font", methods=["GET"])
    for module in PAGES:
        site.include_router(module.router)
    site.middleware("http")(_guard)
    site.add_exception_handler(SignInNeeded, _sign_in)
    for kind in (Forbidden, StaleForm, NotFound, RequestValidationError, HTTPException):
        site.add_exception_handler(kind, _refuse)
    return site


def font() -> Response:
    """Hand out the Arabic letters of an installed package; they change with its version only."""
    package = files("fontpkg_noto_sans_arabic") / "files" / "NotoSansArabic[wdth,wght].ttf"
    return FileResponse(str(package), media_type="font/ttf", headers={"Cache-Control": "max-age=2592000, immutable"})


async def _guard(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
    """Turn away bodies that are too long, and put the headers on every answer."""
    length = request.headers.get("content-length", "0")
    if request.method not in access.SAFE_METHODS and (not length.isdecimal() or int(length) > BODY):
        response: Response = PlainTextResponse("too long", 413)
    elif request.method not in access.SAFE_METHODS and "transfer-encoding" in request.headers:
        response = PlainTextResponse("length required", 411)
    else:
        response = await go_on(request)
    response.headers.update(SECURITY_HEADERS)
    return response


async def _sign_in(request: Request, error: Exception) -> Response:
    assert isinstance(error, SignInNeeded)
    if request.method not in access.SAFE_METHODS:
        return page(request, "error.html", {"reason": "signed_out"}, status=401)
    if error.code_owed:
        return see_other(request, "sign_in:code_form")
    return see_other(request, "sign_in:form", query={"next": _asked_for(request)})


def _asked_for(request: Request) -> str:
    return f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path


async def _refuse(request: Request, error: Exception) -> Response:
    match error:
        case Forbidden():
            reason, status = "forbidden", 403
        case StaleForm():
            reason, status = "stale", 403
        case RequestValidationError():
            reason, status = "unreadable", 422
        case HTTPException(status_code=405):
            reason, status = "unreadable", 405
        case _:
            reason, status = "not_found", 404
    log.info("panel refused a request", extra={"reason": reason, "path": f"{ROOT}…", "status": status})
    return page(request, "error.html", {"reason": reason}, status=status)
