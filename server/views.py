"""The pages' maker: Jinja templates with the words, filters and facts every page needs."""

from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response
from starlette.templating import Jinja2Templates

from server import rendering
from server.domain.contract import LIFE
from server.domain.identifiers import shown_finess
from server.domain.money import in_words
from server.domain.refusals import N_

STATIC = Path(str(files("server"))) / "static"

ANNEXES = {
    "objectives": N_("Les fiches objectifs et indicateurs seront saisies ici ; elles ne sont pas encore disponibles."),
    "means_table": N_("Le tableau objectifs-moyens sera saisi ici ; il n’est pas encore disponible."),
    "pgfp": N_("Le PPI et le PGFP seront saisis ici ; ils ne sont pas encore disponibles."),
    "annual_review": N_("La revue annuelle sera saisie ici ; elle n’est pas encore disponible."),
    "file": N_("La pièce jointe sera déposée ici ; le dépôt n’est pas encore disponible."),
}


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
        gettext=str, ngettext=lambda one, many, count: many if count > 1 else one, newstyle=True
    )  # the words are French already: nought and one are singular
    environment.filters |= {"day": rendering.day, "clock": rendering.clock, "money": in_words, "finess": shown_finess}
    environment.globals |= {
        "states": rendering.STATES,
        "statuses": rendering.STATUSES,
        "roles": rendering.ROLES,
        "tariff_sections": rendering.TARIFF_SECTIONS,
        "annexes": ANNEXES,
        "life": LIFE,
    }
    return Jinja2Templates(env=environment, context_processors=[_everywhere])


def _everywhere(request: Request) -> dict[str, Any]:
    """What every page says: who is asking, whether this is a demonstration, which build."""
    return {
        "visitor": getattr(request.state, "visitor", None),
        "demo": request.app.state.parts.is_demo,
        "build": build(),
    }


def page(request: Request, name: str, facts: dict[str, Any], status_code: int = 200) -> Response:
    """One page of ours."""
    return templates().TemplateResponse(request, name, facts, status_code=status_code)
