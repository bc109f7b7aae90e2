"""How the pages that show a redline are asked for: which view, and the addresses of the others."""

from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request

from server.marking.views import VIEWS, View


def view(request: Request) -> View:
    """The view in the address; in the text when it names none."""
    asked = request.query_params.get("view", "")
    return View(asked) if asked in set(View) else View.TEXT


def address(request: Request, shown: View, fields: dict[str, str]) -> str:
    """The same page in a view."""
    asked = fields | ({} if shown is View.TEXT else {"view": shown.value})
    return request.url.path + (f"?{urlencode(asked)}" if asked else "")


def views(request: Request, shown: View, fields: dict[str, str]) -> list[dict[str, Any]]:
    """The three views as links, `fields` kept."""
    return [
        {"says": says, "href": address(request, one, fields), "is_here": one is shown} for one, says in VIEWS.items()
    ]
