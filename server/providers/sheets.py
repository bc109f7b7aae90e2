"""A provider as a form shows it and as a form gives it: fields are lines of text, and no secret is shown."""

import json
import re
from typing import Any

from auth.client import check_secrets, new_client_key
from auth.outgoing import checked_address
from auth.provider import (
    FRESH_LOGINS,
    KEY_TYPES,
    LOGOUTS,
    MOST_IDLE_MINUTES,
    MOST_SESSION_HOURS,
    TOKEN_METHODS,
    USERINFO,
    ConfigError,
    Provider,
    Secret,
    SignInRefused,
)
from server.domain.identifiers import Doubt
from server.domain.refusals import N_, SheetRefused
from server.domain.sheets import Reading, Sheet
from server.providers.profiles import Profile

_WORD = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,100}")  # of a scope (RFC 6749 section 3.3), and of a level
_CLAIM = re.compile(r"[A-Za-z0-9_.:/-]{0,100}")
MOST_CLAIMS = 2000  # characters: an address has to hold them
_LINES = ("label", "issuer", "discovery_url", "authorization_endpoint", "client_id", "algorithm", "token_method",
          "userinfo", "name_claim", "email_claim", "organisation_claim", "national_claim", "fresh_login",
          "certificate")  # fmt: skip
_LISTS = ("scopes", "reading_acr", "visa_acr", "logout")
_NO_LEVEL = N_("Nommez au moins un niveau : sans niveau exigé, rien ne prouverait une nouvelle identification.")
_NUMBERS = {"idle_minutes": MOST_IDLE_MINUTES, "session_hours": MOST_SESSION_HOURS}


def values_of(provider: Provider) -> dict[str, str]:
    """A provider as its form shows it, without its secrets."""
    kept = {name: getattr(provider, name) for name in _LINES}
    lists = {name: " ".join(getattr(provider, name)) for name in _LISTS}
    numbers = {name: str(getattr(provider, name)) for name in _NUMBERS}
    parameters = {"acr_values": "", "claims": ""} | dict(provider.parameters)
    return {**kept, **lists, **numbers, **parameters}


def values_of_profile(profile: Profile) -> dict[str, str]:
    """What the form of a new provider begins with."""
    begun = Provider(
        key="new", label="x", issuer="x", discovery_url="", client_id="x", profile=profile.key,
        client_secret="x",  # noqa: S106 (nobody's: a row without one is refused)
        **profile.row,  # type: ignore[arg-type]  # a test makes a provider of each
    )  # fmt: skip
    empty = {"key": "", "label": "", "issuer": "", "client_id": ""}
    return {**values_of(begun), **empty}


def read_provider(sheet: Sheet, key: str, profile: Profile, kept: Provider | None, *, loopback_http: bool) -> Provider:
    """The provider that a form asks for; a secret left empty stays as it is `kept`.

    Raises:
        SheetRefused: something cannot be so; every field that is wrong is named.
    """
    reading = Reading(sheet.values)
    label = reading.line("label", most=80, needs=N_("Écrivez le nom que la page de connexion montrera."))
    client_id = reading.line("client_id", most=200, needs=N_("Écrivez le nom que le fournisseur donne à Entente."))
    issuer = _address(
        reading, "issuer", loopback_http, needs=N_("Copiez l’émetteur (issuer) que donne le fournisseur.")
    )
    found = _address(reading, "discovery_url", loopback_http) or profile.discovery_url(issuer)
    rest = _rest(reading, loopback_http=loopback_http)
    rest |= _secrets(reading, rest["token_method"], kept)

    def made() -> Provider:
        return Provider(
            key=key, label=label, issuer=issuer, discovery_url=found, client_id=client_id, profile=profile.key,
            is_enabled=kept.is_enabled if kept else True, **rest,
        )  # fmt: skip

    return _usable(reading.done(made))


def _rest(reading: Reading, *, loopback_http: bool) -> dict[str, Any]:
    """How to speak to the provider: every field but who it is and the secrets."""
    rest: dict[str, Any] = {
        "authorization_endpoint": _address(reading, "authorization_endpoint", loopback_http),
        "algorithm": reading.choice("algorithm", KEY_TYPES),
        "token_method": reading.choice("token_method", TOKEN_METHODS),
        "scopes": _words(reading, "scopes"),
        "parameters": _parameters(reading),
        "userinfo": reading.choice("userinfo", USERINFO),
        "reading_acr": _words(reading, "reading_acr"),
        "visa_acr": _words(reading, "visa_acr"),
        "fresh_login": reading.choice("fresh_login", FRESH_LOGINS),
        "idle_minutes": _whole(reading, "idle_minutes"),
        "session_hours": _whole(reading, "session_hours"),
        "logout": tuple(one for one in LOGOUTS if one in reading.values.get("logout", "").split()),
    }
    if rest["fresh_login"] == "acr" and not rest["visa_acr"]:
        reading.problems.setdefault("visa_acr", Doubt(_NO_LEVEL))
    rest |= {name: _claim(reading, name) for name in _LINES if name.endswith("_claim")}
    if "openid" not in rest["scopes"]:
        reading.problems.setdefault("scopes", Doubt(N_("Ajoutez openid : sans lui, il n’y a pas de jeton d’identité.")))
    return rest


def _usable(provider: Provider) -> Provider:
    """The provider, once the certificate typed now is known to go with its key."""
    try:
        check_secrets(provider)
    except ConfigError:
        raise SheetRefused(
            {"certificate": Doubt(N_("Ce certificat et cette clé ne vont pas ensemble, ou ne sont pas au format PEM."))}
        ) from None
    return provider


def _address(reading: Reading, name: str, loopback_http: bool, needs: str = "") -> str:
    typed = reading.line(name, needs=needs)
    try:
        return checked_address(typed, loopback_http=loopback_http) if typed else ""
    except SignInRefused:
        reading.problems[name] = Doubt(N_("Écrivez une adresse publique en https, sans nom ni mot de passe."))
        return ""


def _words(reading: Reading, name: str) -> tuple[str, ...]:
    words = tuple(dict.fromkeys(reading.line(name).split()))
    if not all(_WORD.fullmatch(one) for one in words):
        reading.problems[name] = Doubt(N_("Écrivez des mots séparés par des espaces, sans accent ni guillemet."))
    return words


def _claim(reading: Reading, name: str) -> str:
    typed = reading.line(name)
    if not _CLAIM.fullmatch(typed):
        reading.problems[name] = Doubt(N_("Écrivez le nom d’une donnée, par exemple : siret."))
    return typed


def _whole(reading: Reading, name: str) -> int:
    found = reading.count(name, _NUMBERS[name]) or 0
    if not found and name not in reading.problems:
        reading.problems[name] = Doubt(N_("Écrivez un nombre entier à partir de 1."))
    return found


def _parameters(reading: Reading) -> tuple[tuple[str, str], ...]:
    claims = reading.line("claims", most=MOST_CLAIMS)
    levels = " ".join(_words(reading, "acr_values"))
    if claims and not _is_object(claims):
        reading.problems["claims"] = Doubt(N_("Écrivez un objet JSON, comme dans la documentation du fournisseur."))
    return tuple((name, value) for name, value in (("acr_values", levels), ("claims", claims)) if value)


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def _secrets(reading: Reading, method: str, kept: Provider | None) -> dict[str, Secret]:
    """The secrets typed, or those kept; a key to sign with is made here when none is kept."""

    def typed_or_kept(name: str) -> Secret:
        typed = reading.values.get(name, "").strip()
        return typed or (getattr(kept, name) if kept else "")

    secret = typed_or_kept("client_secret")
    if method.startswith("client_secret") and not secret:
        reading.problems["client_secret"] = Doubt(N_("Collez le secret que donne le fournisseur."))
    certificate = reading.values.get("certificate", "").replace("\r", "").strip()
    is_same = kept is not None and certificate == kept.certificate
    key = typed_or_kept("certificate_key") if is_same else reading.values.get("certificate_key", "").strip()
    if certificate and not key:
        reading.problems["certificate_key"] = Doubt(N_("Collez la clé de ce certificat."))
    if method == "tls_client_auth" and not certificate:
        reading.problems["certificate"] = Doubt(N_("Cette méthode demande un certificat client."))
    own = (kept.client_key if kept else "") or (new_client_key() if method == "private_key_jwt" else "")
    return {
        "client_secret": secret,
        "client_key": own,
        "certificate": certificate,
        "certificate_key": key if certificate else "",
    }
