"""Will sign-ins through this provider work? What can be known before anyone tries, step by step, with remedies."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auth.discovery import Discovery
from auth.outgoing import checked_address, json_object
from auth.provider import KEY_TYPES, Provider, Refusal, SignInRefused
from auth.step_up import can_confirm

ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
SHOWN = 120  # characters of a provider's own words

_REMEDIES = {
    Refusal.ADDRESS: "ask for the provider's public https addresses; docs/howto/providers.md says which are called",
    Refusal.PROVIDER_UNREACHABLE: "check the address, and that this machine may call it (firewall, name, certificate)",
    Refusal.PROVIDER_ANSWER: "open the address in a browser: it must answer 200 with JSON, without a redirect",
    Refusal.DISCOVERY: "ask the provider for its discovery document (OpenID Connect Discovery 1.0)",
}


@dataclass(frozen=True)
class Step:
    """One thing that was looked at: what was found and, when it is not right, what to do."""

    name: str
    found: str
    remedy: str = ""

    @property
    def is_ok(self) -> bool:
        """Whether there is nothing to do."""
        return not self.remedy


async def examine(provider: Provider, discovery: Discovery, now: datetime) -> list[Step]:
    """Every step in the order of a sign-in; the first that stops all others is the last one given."""
    try:
        document = json_object((await discovery.http.get(provider.discovery_url)).content)
    except SignInRefused as refused:
        return [_refused("discovery", refused)]
    steps = [Step("discovery", provider.discovery_url), _issuer(provider, document)]
    endpoints = [_endpoint(name, document, loopback_http=discovery.http.loopback_http) for name in ENDPOINTS]
    steps += endpoints
    if all(step.is_ok for step in steps):
        steps.append(await _keys(provider, discovery, now))
    return [*steps, *_agreements(provider, document), _confirming(provider)]


def _refused(name: str, refused: SignInRefused) -> Step:
    return Step(name, refused.detail, _REMEDIES[refused.reason])


def _shown(value: object) -> str:
    """A provider's own words, cut, without what a terminal would obey."""
    return ascii(value)[:SHOWN]


def _issuer(provider: Provider, document: Mapping[str, Any]) -> Step:
    told = document.get("issuer")
    if told == provider.issuer:
        return Step("issuer", provider.issuer)
    return Step("issuer", f"the provider says {_shown(told)}", "write it exactly so, final slash included")


def _endpoint(name: str, document: Mapping[str, Any], *, loopback_http: bool) -> Step:
    value = document.get(name)
    if not isinstance(value, str):
        return Step(name, "missing", _REMEDIES[Refusal.DISCOVERY])
    try:
        return Step(name, checked_address(value, loopback_http=loopback_http))
    except SignInRefused as refused:
        return _refused(name, refused)


async def _keys(provider: Provider, discovery: Discovery, now: datetime) -> Step:
    try:
        keys = await discovery.signing_keys(provider, now)
    except SignInRefused as refused:
        return _refused("keys", refused)
    if keys:
        return Step("keys", f"{len(keys)} for {provider.algorithm}")
    kind = KEY_TYPES[provider.algorithm]
    return Step("keys", f"no {kind} key to check {provider.algorithm} with", "choose the algorithm of its keys")


def _agreements(provider: Provider, document: Mapping[str, Any]) -> list[Step]:
    """What both sides must want; the defaults are those of the standard (Discovery 1.0 section 3)."""
    offers: tuple[tuple[str, str, tuple[str, ...], list[str] | None, str], ...] = (
        (
            "algorithm",
            "id_token_signing_alg_values_supported",
            (provider.algorithm,),
            None,
            "choose one it offers, or have the client registered with this one",
        ),
        (
            "token method",
            "token_endpoint_auth_methods_supported",
            (provider.token_method,),
            ["client_secret_basic"],
            "choose one it offers",
        ),
        ("scopes", "scopes_supported", provider.scopes, None, "ask only for those it offers"),
        ("PKCE", "code_challenge_methods_supported", ("S256",), None, "the provider has to allow S256 (RFC 7636)"),
    )
    return [
        _agreement(name, wanted, document.get(field, default), remedy)
        for name, field, wanted, default, remedy in offers
    ]


def _confirming(provider: Provider) -> Step:
    """How a person confirms an act: by which proof of a fresh sign-in."""
    if not can_confirm(provider):
        return Step("visa", "no level is named", "name the levels for a visa, or ask for a fresh sign-in (prompt)")
    return Step("visa", " ".join(provider.visa_acr) or "a fresh sign-in (auth_time), without a level")


def _agreement(name: str, wanted: tuple[str, ...], offered: object, remedy: str) -> Step:
    if not isinstance(offered, list):
        return Step(name, f"{' '.join(wanted)} (the provider does not say)")
    missing = [one for one in wanted if one not in offered]
    if not missing:
        return Step(name, " ".join(wanted))
    return Step(name, f"{' '.join(missing)} is not among {_shown(offered)}", remedy)
