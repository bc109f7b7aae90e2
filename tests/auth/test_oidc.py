"""The way in: what is asked of a provider, and every answer that must not open a session."""

import base64
import hashlib
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import httpx2
import pytest

from auth.oidc import ConfigError, Refusal, SignInRefused, begin, finish
from tests.auth.oidc_fakes import (
    ABSENT,
    CALLBACK,
    EC_KEY,
    ISSUER,
    NOW,
    OTHER_EC_KEY,
    RSA_KEY,
    LyingProvider,
    a_provider,
    query_of,
    signed_in,
    started,
)

pytestmark = pytest.mark.anyio


async def refusal(liar: LyingProvider, **given: Any) -> Refusal:
    with pytest.raises(SignInRefused) as caught:
        await signed_in(liar, **given)
    return caught.value.reason


# --- going there


async def test_ten_attempts_share_nothing() -> None:
    liar = LyingProvider()
    discovery = liar.discovery()
    attempts = [await started(liar, discovery=discovery) for _ in range(10)]
    words = [word for a in attempts for word in (a.state, a.nonce, a.verifier)]
    assert len(set(words)) == 30
    assert min(map(len, words)) == 43


async def test_the_authorization_address_says_what_the_row_says_and_nothing_else() -> None:
    address, attempt = await begin(
        a_provider(), callback_url=CALLBACK, next_path="/c/1", now=NOW, discovery=LyingProvider().discovery()
    )
    challenge = base64.urlsafe_b64encode(hashlib.sha256(attempt.verifier.encode()).digest()).rstrip(b"=")
    assert address.startswith(f"{ISSUER}/authorize?")
    assert query_of(address) == {
        "response_type": "code",
        "client_id": "entente",
        "redirect_uri": CALLBACK,
        "scope": "openid profile email",
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": challenge.decode(),
        "code_challenge_method": "S256",
    }
    assert (attempt.provider, attempt.started_at, attempt.next_path) == ("ars", NOW, "/c/1")


async def test_a_row_adds_its_parameters_and_may_name_another_authorization_endpoint() -> None:
    claims = '{"id_token":{"acr":{"essential":true,"values":["eidas1"]}}}'
    row = a_provider(parameters=(("claims", claims),), authorization_endpoint="https://wallet.example/authorize")
    address, _ = await begin(row, callback_url=CALLBACK, next_path="/", now=NOW, discovery=LyingProvider().discovery())
    assert address.startswith("https://wallet.example/authorize?")
    asked = query_of(address)
    assert asked.pop("claims") == claims
    assert set(asked) == {
        "response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge",
        "code_challenge_method",
    }  # fmt: skip


@pytest.mark.parametrize("override", ["http://wallet.example/", "https://10.0.0.1/", "javascript:alert(1)"])
async def test_another_authorization_endpoint_is_an_address_like_any(override: str) -> None:
    with pytest.raises(SignInRefused) as caught:
        await started(LyingProvider(), a_provider(authorization_endpoint=override))
    assert caught.value.reason is Refusal.ADDRESS


async def test_an_attempt_keeps_only_a_path_of_ours() -> None:
    _, attempt = await begin(
        a_provider(),
        callback_url=CALLBACK,
        next_path="//evil",
        now=NOW,
        discovery=LyingProvider().discovery(),
    )
    assert attempt.next_path == "/"


def test_neither_the_secret_nor_the_attempts_words_appear_in_a_log() -> None:
    assert "s3cret" not in repr(a_provider())


@pytest.mark.parametrize(
    "changes",
    [
        {"algorithm": "none"},
        {"algorithm": "HS256"},
        {"algorithm": "EdDSA"},
        {"scopes": ("profile",)},
        {"token_method": "none"},
        {"issuer": ""},
        {"client_id": ""},
        {"client_secret": ""},
        {"token_method": "private_key_jwt"},
        {"token_method": "tls_client_auth"},
        {"certificate": "PEM"},
        {"userinfo": "xml"},
        {"parameters": (("prompt", "none"),)},
        {"fresh_login": "never"},
        {"logout": ("elsewhere",)},
        {"idle_minutes": 0},
        {"session_hours": 13},
    ],
)
def test_an_unsafe_row_is_refused_whole(changes: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="provider 'ars': "):
        a_provider(**changes)


# --- coming back well


async def test_a_right_answer_is_a_person() -> None:
    identity = await signed_in(LyingProvider())
    assert (identity.provider, identity.issuer, identity.subject) == ("ars", ISSUER, "person-1")
    assert (identity.name, identity.email) == ("Anne Le Goff", "anne@ars.example")
    assert identity.auth_time is None
    assert identity.id_token not in repr(identity)


async def test_a_provider_that_signs_with_rsa_is_read_too() -> None:
    identity = await signed_in(LyingProvider(algorithm="RS256", key=RSA_KEY), provider=a_provider(algorithm="RS256"))
    assert identity.subject == "person-1"


async def test_two_tabs_both_succeed() -> None:
    liar, provider = LyingProvider(), a_provider()
    discovery = liar.discovery()
    attempts = [await started(liar, discovery=discovery) for _ in range(2)]
    for attempt in attempts:
        liar.nonce = attempt.nonce
        answer = {"state": attempt.state, "code": "c"}
        identity = await finish(provider, attempt, answer, callback_url=CALLBACK, now=NOW, discovery=discovery)
        assert identity.subject == "person-1"


async def test_basic_sends_the_secret_form_encoded_in_the_header_only() -> None:
    liar = LyingProvider()
    await signed_in(liar)
    assert liar.token_request is not None
    scheme, _, pair = liar.token_request.headers["Authorization"].partition(" ")
    assert (scheme, base64.b64decode(pair)) == ("Basic", b"entente:s3cret%2B%2F%3D%25")
    assert "client_secret" not in parse_qs(liar.token_request.content.decode())


async def test_post_sends_the_secret_in_the_body_only() -> None:
    liar = LyingProvider()
    await signed_in(liar, provider=a_provider(token_method="client_secret_post"))
    assert liar.token_request is not None
    sent = parse_qs(liar.token_request.content.decode(), strict_parsing=True)
    assert "Authorization" not in liar.token_request.headers
    assert (sent["client_secret"], sent["client_id"]) == (["s3cret+/=%"], ["entente"])
    assert (sent["code"], sent["redirect_uri"]) == (["code-1"], [CALLBACK])
    assert len(sent["code_verifier"][0]) == 43


# --- the response


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"state": "x" * 43}, Refusal.STATE),
        ({"state": "é\ud800"}, Refusal.STATE),
        ({"state": ABSENT}, Refusal.STATE),
        ({"iss": "https://other.example"}, Refusal.ISSUER_MISMATCH),
        ({"iss": f"{ISSUER}/"}, Refusal.ISSUER_MISMATCH),
        ({"iss": ""}, Refusal.ISSUER_MISMATCH),
        ({"code": ABSENT}, Refusal.CODE),
        ({"code": ""}, Refusal.CODE),
        ({"error": "access_denied", "code": ABSENT}, Refusal.PROVIDER_SAID_NO),
        ({"error": "access_denied"}, Refusal.PROVIDER_SAID_NO),
    ],
)
async def test_a_wrong_response_never_reaches_the_token_endpoint(answer: dict[str, Any], reason: Refusal) -> None:
    liar = LyingProvider()
    assert await refusal(liar, answer=answer) is reason
    assert liar.calls["/token"] == 0


async def test_an_error_with_markup_leaves_no_trace_of_itself() -> None:
    markup = "<script>alert(1)</script>"
    with pytest.raises(SignInRefused) as caught:
        await signed_in(LyingProvider(), answer={"error": markup, "error_description": markup})
    assert str(caught.value) == "provider-said-no: error unreadable"


async def test_the_state_of_one_provider_is_nothing_at_the_callback_of_another() -> None:
    liar = LyingProvider()
    attempt = await started(liar)
    with pytest.raises(SignInRefused) as caught:
        await finish(
            a_provider(key="asso"),
            attempt,
            {"state": attempt.state, "code": "c"},
            callback_url=CALLBACK,
            now=NOW,
            discovery=liar.discovery(),
        )
    assert caught.value.reason is Refusal.STATE


@pytest.mark.parametrize(("minutes", "accepted"), [(9.9, True), (10.1, False)])
async def test_an_attempt_lives_ten_minutes(minutes: float, accepted: bool) -> None:
    liar = LyingProvider(claims={"iat": int(NOW.timestamp()) + 500, "exp": int(NOW.timestamp()) + 900})
    if accepted:
        assert (await signed_in(liar, after=timedelta(minutes=minutes))).subject == "person-1"
    else:
        assert await refusal(liar, after=timedelta(minutes=minutes)) is Refusal.ATTEMPT_EXPIRED


async def test_a_provider_that_announces_iss_must_send_it() -> None:
    announces = {"authorization_response_iss_parameter_supported": True}
    assert await refusal(LyingProvider(metadata=announces)) is Refusal.ISSUER_MISMATCH
    identity = await signed_in(LyingProvider(metadata=announces), answer={"iss": ISSUER})
    assert identity.subject == "person-1"


# --- the code

UNREADABLE = "provider-answer: token endpoint: unreadable answer"


@pytest.mark.parametrize(
    ("response", "says"),
    [
        (httpx2.Response(400, json={"error": "invalid_grant"}), "code: token endpoint: invalid_grant"),
        (httpx2.Response(400, json={"error": "<b>"}), "code: token endpoint: unreadable"),
        (httpx2.Response(500), "provider-answer: token endpoint: status 500"),
        (httpx2.Response(200, html="<p>"), "provider-answer: token endpoint: unreadable answer"),
        (httpx2.Response(200, text="[" * 9000), "provider-answer: token endpoint: unreadable answer"),
        (
            httpx2.Response(200, json={"expires_in": [1]}),
            "provider-answer: token endpoint: unreadable answer",
        ),
    ],
)
async def test_a_token_endpoint_that_says_no_or_nonsense(response: httpx2.Response, says: str) -> None:
    with pytest.raises(SignInRefused) as caught:
        await signed_in(LyingProvider(instead={"/token": response}))
    assert str(caught.value) == says


@pytest.mark.parametrize("value", [ABSENT, "", None, 5])
async def test_an_answer_without_an_id_token_is_no_sign_in(value: Any) -> None:
    assert await refusal(LyingProvider(tokens={"id_token": value})) is Refusal.ID_TOKEN_MISSING


# --- userinfo


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"userinfo": {"sub": "person-2"}}, Refusal.USERINFO),
        ({"userinfo": {"sub": ABSENT}}, Refusal.USERINFO),
        ({"userinfo": {"sub": None}}, Refusal.USERINFO),
        ({"tokens": {"access_token": ABSENT}}, Refusal.USERINFO),
        ({"tokens": {"access_token": "a\r\nX: y"}}, Refusal.USERINFO),
        ({"instead": {"/userinfo": httpx2.Response(200, html="<p>")}}, Refusal.PROVIDER_ANSWER),
        ({"instead": {"/userinfo": httpx2.Response(401)}}, Refusal.PROVIDER_ANSWER),
    ],
)
async def test_userinfo_that_does_not_belong_to_the_id_token(changes: dict[str, Any], reason: Refusal) -> None:
    assert await refusal(LyingProvider(**changes)) is reason


async def test_without_a_userinfo_endpoint_the_id_token_says_all() -> None:
    identity = await signed_in(LyingProvider(metadata={"userinfo_endpoint": ABSENT}))
    assert (identity.name, identity.email) == ("Anne Le Goff", None)


def as_jwt(liar: LyingProvider, **claims: Any) -> LyingProvider:
    body = liar.signed({"sub": "person-1", "email": "jwt@ars.example", **claims})
    liar.instead["/userinfo"] = httpx2.Response(
        200, text=body, headers={"Content-Type": "application/jwt; charset=utf-8"}
    )
    return liar


SIGNED = a_provider(userinfo="jwt")


async def test_signed_userinfo_is_read_with_the_same_key_and_algorithm() -> None:
    for liar in (as_jwt(LyingProvider()), as_jwt(LyingProvider(), iss=ISSUER, aud=["entente"])):
        assert (await signed_in(liar, provider=SIGNED)).email == "jwt@ars.example"


async def test_userinfo_comes_in_the_form_the_row_says_and_in_no_other() -> None:
    assert await refusal(LyingProvider(), provider=SIGNED) is Refusal.USERINFO
    assert await refusal(as_jwt(LyingProvider())) is Refusal.USERINFO
    silent = LyingProvider(userinfo={"sub": "person-2"})
    assert (await signed_in(silent, provider=a_provider(userinfo="none"))).email is None
    assert silent.calls["/userinfo"] == 0


async def test_signed_userinfo_for_others_or_by_others_is_refused() -> None:
    assert await refusal(as_jwt(LyingProvider(), aud="other"), provider=SIGNED) is Refusal.USERINFO
    assert await refusal(as_jwt(LyingProvider(), iss="https://other.example"), provider=SIGNED) is Refusal.USERINFO
    liar = as_jwt(LyingProvider(algorithm="RS256", key=RSA_KEY))
    liar.algorithm, liar.key = "ES256", EC_KEY
    assert await refusal(liar, provider=SIGNED) is Refusal.ALGORITHM
    assert await refusal(as_jwt(LyingProvider(), sub="person-2"), provider=SIGNED) is Refusal.USERINFO
    other_key = as_jwt(LyingProvider(key=OTHER_EC_KEY))
    other_key.key = EC_KEY
    assert await refusal(other_key, provider=SIGNED) is Refusal.SIGNATURE
