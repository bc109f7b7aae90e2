"""The pages' maker: Jinja templates with the words, filters and facts every page needs."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from starlette.requests import Request
from starlette.responses import Response
from starlette.templating import Jinja2Templates

from auth.people import Visitor
from server.domain.contract.contract import LIFE
from server.domain.identifiers import shown_finess
from server.web.compressing import apart
from server.wording import rendering
from server.wording.annexes import WAITING
from server.wording.languages import Language, language_of, languages

STATIC = Path(str(files("server"))) / "static"


@cache
def build() -> str:
    """A mark of the built client: changes when it does, so browsers may keep it for ever."""
    sources = sorted(path for path in STATIC.glob("*") if path.is_file())
    return sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]


@cache
def templates() -> Jinja2Templates:
    """The templates, with everything escaped unless it is Markup, and no silent unknown name."""
    environment = Environment(
        loader=PackageLoader("server"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # added by the extension
        gettext=_say, ngettext=_count, newstyle=True
    )
    environment.filters |= {name: _in_its_language(write) for name, write in _WRITTEN.items()}
    environment.filters |= {"finess": shown_finess, "apart": apart}
    environment.globals |= {
        "states": rendering.STATES,
        "statuses": rendering.STATUSES,
        "roles": rendering.ROLES,
        "kinds": rendering.KINDS,
        "annex_types": rendering.ANNEX_TYPES,
        "tariff_sections": rendering.TARIFF_SECTIONS,
        "annexes": WAITING,
        "life": LIFE,
    }
    return Jinja2Templates(env=environment, context_processors=[_everywhere])


# One environment for all: a page carries its language in its context, so two pages made at once never mix theirs.
@pass_context
def _say(context: Context, sentence: str) -> str:
    said: str = context["language"].say(sentence)
    return said


@pass_context
def _count(context: Context, one: str, many: str, count: int) -> str:
    said: str = context["language"].count(one, many, count)
    return said


def _in_its_language(write: Callable[[Any, Language], str]) -> Callable[[Context, Any], str]:
    """A filter that writes a value as the page's language does."""

    @pass_context
    def written(context: Context, value: Any) -> str:
        return write(value, context["language"])

    return written


_WRITTEN: dict[str, Callable[[Any, Language], str]] = {
    "day": rendering.day,
    "clock": rendering.clock,
    "money": rendering.money,
    "named": rendering.named,
    "number": lambda value, language: language.number(value),
    "doubt": lambda value, language: language.say(value.says, **value.fields),
}


def _everywhere(request: Request) -> dict[str, Any]:
    """What every page says: who is asking, in which language, whether this is a demonstration, which build."""
    visitor: Visitor | None = getattr(request.state, "visitor", None)
    return {
        "visitor": visitor,
        "session_idle_s": visitor and int(visitor.idle.total_seconds()),
        "session_ends_s": visitor and int((visitor.until - datetime.now(UTC)).total_seconds()),
        "demo": request.app.state.parts.is_demo,
        "build": build(),
        "language": language_of(request),
        "languages": languages().values(),
        "here": _here(request),
        "conformity": language_of(request).say(rendering.CONFORMITY[request.app.state.parts.settings.accessibility]),
    }


def _here(request: Request) -> str:
    """The page to come back to once another language is chosen; the answer to a form has no address of its own."""
    if request.method != "GET":
        return "/"
    return f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path


def page(request: Request, name: str, facts: dict[str, Any], status_code: int = 200) -> Response:
    """One page of ours."""
    return templates().TemplateResponse(request, name, facts, status_code=status_code)
