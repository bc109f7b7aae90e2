"""Looking at a provider before anyone signs in: each thing that would stop a sign-in is named with its remedy."""

from typing import Any

import httpx2
import pytest

from auth.checkup import Step, examine
from tests.auth.oidc_fakes import ABSENT, EC_KEY, ISSUER, NOW, RSA_KEY, LyingProvider, a_provider

pytestmark = pytest.mark.anyio


async def found(liar: LyingProvider, **changes: Any) -> dict[str, Step]:
    steps = await examine(a_provider(**changes), liar.discovery(), NOW)
    return {step.name: step for step in steps}


async def test_a_sound_provider_passes_every_step_in_the_order_of_a_sign_in() -> None:
    steps = await found(LyingProvider())
    assert list(steps) == [
        "discovery",
        "issuer",
        "authorization_endpoint",
        "token_endpoint",
        "jwks_uri",
        "keys",
        "algorithm",
        "token method",
        "scopes",
        "PKCE",
        "visa",
    ]
    assert [step for step in steps.values() if not step.is_ok] == []
    assert steps["keys"].found == "1 for ES256"


@pytest.mark.parametrize(
    ("metadata", "step", "says"),
    [
        ({"issuer": f"{ISSUER}/"}, "issuer", f"the provider says '{ISSUER}/'"),
        ({"issuer": ABSENT}, "issuer", "the provider says None"),
        ({"issuer": "\x1b[31m" + "x" * 500}, "issuer", "the provider says '\\x1b[31m" + "x" * 111),
        ({"token_endpoint": ABSENT}, "token_endpoint", "missing"),
        ({"token_endpoint": "http://op.example/token"}, "token_endpoint", "no call to http://op.example"),
        ({"jwks_uri": "https://10.0.0.1/keys"}, "jwks_uri", "no call to https://10.0.0.1"),
        ({"jwks_uri": f"{ISSUER}/nowhere"}, "keys", "op.example answers status 404"),
        (
            {"id_token_signing_alg_values_supported": ["RS256", "none"]},
            "algorithm",
            "ES256 is not among ['RS256', 'none']",
        ),
        (
            {"token_endpoint_auth_methods_supported": ["private_key_jwt"]},
            "token method",
            "client_secret_basic is not among ['private_key_jwt']",
        ),
        ({"scopes_supported": ["openid"]}, "scopes", "profile email is not among ['openid']"),
        ({"code_challenge_methods_supported": ["plain"]}, "PKCE", "S256 is not among ['plain']"),
    ],
)
async def test_what_would_stop_a_sign_in_is_found_with_its_remedy(
    metadata: dict[str, Any], step: str, says: str
) -> None:
    liar = LyingProvider(metadata=metadata, instead={"/nowhere": httpx2.Response(404)})
    steps = await found(liar)
    assert [name for name, one in steps.items() if not one.is_ok] == [step]
    assert steps[step].found.startswith(says)
    assert steps[step].remedy


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (httpx2.Response(302, headers={"Location": "https://op.example/"}), "op.example redirects"),
        (httpx2.Response(503), "op.example answers status 503"),
        (httpx2.Response(200, text="<html>"), "the answer is not JSON"),
    ],
)
async def test_without_a_discovery_document_nothing_else_is_looked_at(answer: httpx2.Response, says: str) -> None:
    liar = LyingProvider(instead={"/.well-known/openid-configuration": answer})
    steps = await found(liar)
    assert list(steps) == ["discovery"]
    assert steps["discovery"].found.startswith(says)
    assert "open the address in a browser" in steps["discovery"].remedy


async def test_keys_of_another_kind_than_the_algorithm_are_none() -> None:
    steps = await found(LyingProvider(published=[RSA_KEY.as_dict()]))
    assert steps["keys"].found == "no EC key to check ES256 with"
    both = await found(LyingProvider(published=[EC_KEY.as_dict(), {**EC_KEY.as_dict(), "kid": "b", "use": "enc"}]))
    assert both["keys"].found == "1 for ES256"


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({}, "a fresh sign-in (auth_time), without a level"),
        ({"visa_acr": ("eidas2", "eidas3")}, "eidas2 eidas3"),
        ({"visa_acr": ("eidas2",), "fresh_login": "acr"}, "eidas2"),
    ],
)
async def test_it_is_said_by_what_a_visa_is_confirmed(row: dict[str, Any], says: str) -> None:
    assert (await found(LyingProvider(), **row))["visa"] == Step("visa", says)


async def test_a_provider_that_is_asked_by_levels_and_names_none_is_to_be_mended() -> None:
    steps = await found(LyingProvider(), fresh_login="acr")
    assert [name for name, one in steps.items() if not one.is_ok] == ["visa"]
