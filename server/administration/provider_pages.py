"""The pages of the platform's administrators about providers: which there are, add one, change it, open, close."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from auth.client import public_part
from auth.oidc import Provider, SignInRefused
from auth.provider import KEY_TYPES, opened
from server.administration import administering
from server.administration.administering import Desk
from server.domain.refusals import N_, NotFound
from server.domain.sheets import Sheet
from server.providers.profiles import PROFILES, Profile, profile_of
from server.providers.providing import callback_url
from server.providers.sheets import values_of, values_of_profile
from server.sessions import signing_in
from server.store import providers
from server.web import forms
from server.web.forms import Form
from server.web.parts import parts
from server.web.views import page

LIST = "/administration/providers"
SECRETS = ("client_secret", "certificate_key")
DONE = {
    "added": N_("Le fournisseur est enregistré, fermé pour l’instant. Essayez-le, puis ouvrez-le."),
    "changed": N_("Le fournisseur est enregistré : le changement compte dès la prochaine connexion."),
    "enabled": N_("Le fournisseur est ouvert : il paraît sur la page de connexion."),
    "disabled": N_("Le fournisseur est fermé, et les connexions ouvertes par lui le sont aussi."),
    "same": N_("Rien n’a changé."),
}
WORDS: dict[str, dict[str, str]] = {
    "algorithm": {one: one for one in KEY_TYPES},
    "token_method": {
        "client_secret_basic": N_("Secret dans l’en-tête (client_secret_basic)"),
        "client_secret_post": N_("Secret dans le formulaire (client_secret_post)"),
        "private_key_jwt": N_("Clé de signature faite par Entente (private_key_jwt)"),
        "tls_client_auth": N_("Certificat client (tls_client_auth)"),
    },
    "userinfo": {"json": N_("JSON simple"), "jwt": N_("JWT signé"), "none": N_("Ne pas les demander")},
    "fresh_login": {
        "prompt": N_("Demander une nouvelle identification (prompt=login, max_age=0)"),
        "acr": N_("Exiger le niveau du visa (acr essentiel), comme le veut ProConnect"),
    },
    "logout": {
        "redirect": N_("Entente conduit la personne à la déconnexion du fournisseur"),
        "back-channel": N_("Le fournisseur prévient Entente directement (back-channel)"),
        "front-channel": N_("Le fournisseur prévient Entente par le navigateur (front-channel)"),
    },
}
LABELS = {
    "key": N_("Nom court"),
    "label": N_("Nom affiché"),
    "issuer": N_("Émetteur"),
    "discovery_url": N_("Adresse du document de découverte"),
    "authorization_endpoint": N_("Adresse d’autorisation"),
    "client_id": N_("Identifiant du client"),
    "client_secret": N_("Secret du client"),
    "algorithm": N_("Algorithme des jetons d’identité"),
    "token_method": N_("Preuve d’Entente auprès du fournisseur"),
    "scopes": N_("Données demandées (scopes)"),
    "acr_values": N_("Niveaux demandés (acr_values)"),
    "claims": N_("Demande précise (claims)"),
    "userinfo": N_("Informations de la personne (userinfo)"),
    "name_claim": N_("Nom de la personne"),
    "email_claim": N_("Adresse électronique"),
    "organisation_claim": N_("Numéro de l’organisme"),
    "national_claim": N_("Identifiant national"),
    "reading_acr": N_("Niveaux acceptés pour lire"),
    "visa_acr": N_("Niveaux acceptés pour un visa"),
    "fresh_login": N_("Au moment d’un visa"),
    "idle_minutes": N_("Minutes sans activité"),
    "session_hours": N_("Heures au plus"),
    "certificate": N_("Certificat client (PEM)"),
    "certificate_key": N_("Clé du certificat (PEM)"),
}


def desk(request: Request) -> Desk:
    """Where the administrator who asks works."""
    own = parts(request)
    person_id = request.state.visitor.person_id
    return Desk(own.store, own.sealer, own.discovery, own.floor, person_id, datetime.now(UTC))


@dataclass(frozen=True)
class Row:
    """A provider in the list; `can_open` is whether our keys open its secret."""

    provider: Provider
    profile: Profile
    can_open: bool


async def providers_page(request: Request) -> Response:
    """The providers there are."""
    own = parts(request)
    async with own.store.reading() as session:
        known = await providers.known(session)
    rows = [Row(one, profile_of(one.profile), _can_open(request, one)) for one in known]
    done = DONE.get(request.query_params.get("done", ""))
    return page(request, "providers.html", {"rows": rows, "done": done})


def _can_open(request: Request, provider: Provider) -> bool:
    try:
        return bool(opened(provider, parts(request).sealer))
    except SignInRefused:
        return False


async def profiles_page(request: Request) -> Response:
    """Which kind of provider to add."""
    return page(request, "provider_profiles.html", {"profiles": PROFILES.values()})


def _profile(request: Request) -> Profile:
    found = PROFILES.get(request.path_params["profile"])
    if found is None:
        raise NotFound
    return found


async def new_provider(request: Request) -> Response:
    """The form of a new provider, begun from a profile."""
    return await _new(request, forms.opened(values_of_profile(_profile(request))), 200)


async def _new(request: Request, form: Form, status: int) -> Response:
    profile = _profile(request)
    return _form_page(request, form, status, profile=profile, action=f"{LIST}/new/{profile.key}", provider=None)


async def add_provider(request: Request) -> Response:
    """Keep a new provider."""
    plain_http = parts(request).settings.development
    do = partial(administering.add_provider, desk(request), _profile(request), loopback_http=plain_http)

    async def back(key: Any) -> str:
        return f"{LIST}/{key}?done=added"

    return await forms.take(request, do, _new, back)


async def provider(request: Request) -> Response:
    """A provider as it is kept, without its secrets."""
    found = await signing_in.provider_of(parts(request).store, request.path_params["provider"])
    return await _kept(request, forms.opened(values_of(found)), 200)


async def _kept(request: Request, form: Form, status: int) -> Response:
    found = await signing_in.provider_of(parts(request).store, request.path_params["provider"])
    profile = profile_of(found.profile)
    return _form_page(request, form, status, profile=profile, action=f"{LIST}/{found.key}", provider=found)


async def save_provider(request: Request) -> Response:
    """Keep a changed provider."""
    key = request.path_params["provider"]
    plain_http = parts(request).settings.development

    async def do(sheet: Sheet) -> bool:
        return await administering.change_provider(desk(request), key, sheet, loopback_http=plain_http)

    async def back(changed: Any) -> str:
        return f"{LIST}/{key}?done={'changed' if changed else 'same'}"

    return await forms.take(request, do, _kept, back)


def _form_page(
    request: Request, form: Form, status: int, *, profile: Profile, action: str, provider: Provider | None
) -> Response:
    own = parts(request)
    shown = replace(form, values={name: value for name, value in form.values.items() if name not in SECRETS})
    there = f"{own.settings.public_url}/sign-in/{provider.key}" if provider else ""
    facts = {
        "form": shown,
        "profile": profile,
        "action": action,
        "provider": provider,
        "words": WORDS,
        "labels": LABELS,
        "done": DONE.get(request.query_params.get("done", "")),
        "callback": callback_url(own.settings.public_url, provider.key) if provider else "",
        "after_logout": f"{own.settings.public_url}/signed-out",
        "told_directly": f"{there}/back-channel-logout",
        "told_by_browser": f"{there}/front-channel-logout",
        "public_key": _public_key(request, provider) if provider else "",
    }
    return page(request, "provider_form.html", facts, status_code=status)


def _public_key(request: Request, provider: Provider) -> str:
    """What the provider needs of the key that signs our words to it."""
    if not provider.client_key:
        return ""
    try:
        clear = opened(provider, parts(request).sealer)
        return json.dumps({"keys": [public_part(str(clear.client_key))]}, indent=1)
    except SignInRefused:
        return ""


def _switch(*, is_enabled: bool) -> Callable[[Request], Awaitable[Response]]:
    async def switch(request: Request) -> Response:
        key = request.path_params["provider"]
        await administering.switch_provider(desk(request), key, is_enabled=is_enabled)
        return RedirectResponse(f"{LIST}?done={'enabled' if is_enabled else 'disabled'}", 303)

    return switch


enable_provider = _switch(is_enabled=True)
disable_provider = _switch(is_enabled=False)
