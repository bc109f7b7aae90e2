"""Each wrong or missing thing about an ID token, refused for its own reason; and the keys it is read with."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, Key, OctKey
from joserfc.jws import JWSRegistry
from joserfc.util import urlsafe_b64encode

from auth.oidc import Refusal, SignInRefused
from tests.auth.oidc_fakes import (
    ABSENT,
    EC_KEY,
    NOW,
    OTHER_EC_KEY,
    RSA_KEY,
    LyingProvider,
    a_provider,
    signed_in,
    started,
)

pytestmark = pytest.mark.anyio

SECONDS = int(NOW.timestamp())


async def refusal(liar: LyingProvider, **given: Any) -> Refusal:
    with pytest.raises(SignInRefused) as caught:
        await signed_in(liar, **given)
    assert liar.calls["/userinfo"] == 0
    return caught.value.reason


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"iss": "https://other.example"}, Refusal.TOKEN_ISSUER),
        ({"iss": "https://op.example/"}, Refusal.TOKEN_ISSUER),
        ({"iss": ABSENT}, Refusal.TOKEN_ISSUER),
        ({"aud": "other"}, Refusal.AUDIENCE),
        ({"aud": "other", "azp": "entente"}, Refusal.AUDIENCE),
        ({"aud": []}, Refusal.AUDIENCE),
        ({"aud": {"entente": 1}}, Refusal.AUDIENCE),
        ({"aud": ABSENT}, Refusal.AUDIENCE),
        ({"aud": ["entente", "other"]}, Refusal.AUTHORIZED_PARTY),
        ({"aud": ["entente", "other"], "azp": "other"}, Refusal.AUTHORIZED_PARTY),
        ({"azp": "other"}, Refusal.AUTHORIZED_PARTY),
        ({"azp": None}, Refusal.AUTHORIZED_PARTY),
        ({"exp": SECONDS - 60}, Refusal.EXPIRED),
        ({"exp": str(SECONDS + 60)}, Refusal.EXPIRED),
        ({"exp": True}, Refusal.EXPIRED),
        ({"exp": float("nan")}, Refusal.EXPIRED),
        ({"exp": ABSENT}, Refusal.EXPIRED),
        ({"iat": SECONDS - 601}, Refusal.ISSUED_AT),
        ({"iat": SECONDS + 61}, Refusal.ISSUED_AT),
        ({"iat": ABSENT}, Refusal.ISSUED_AT),
        ({"nbf": SECONDS + 61}, Refusal.ISSUED_AT),
        ({"nbf": "now"}, Refusal.ISSUED_AT),
        ({"nonce": "n" * 43}, Refusal.NONCE),
        ({"nonce": ABSENT}, Refusal.NONCE),
        ({"sub": ""}, Refusal.SUBJECT),
        ({"sub": 7}, Refusal.SUBJECT),
        ({"sub": "s" * 256}, Refusal.SUBJECT),
        ({"sub": "person\n1"}, Refusal.SUBJECT),
        ({"sub": ABSENT}, Refusal.SUBJECT),
    ],
)
async def test_each_claim_is_checked(claims: dict[str, Any], reason: Refusal) -> None:
    assert await refusal(LyingProvider(claims=claims)) is reason


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": ["entente"]},
        {"aud": ["other", "entente"], "azp": "entente"},
        {"azp": "entente"},
        {"exp": SECONDS - 59},
        {"exp": 10**400},
        {"iat": SECONDS - 599},
        {"iat": SECONDS + 59, "nbf": SECONDS + 59},
        {"sub": "s" * 255},
    ],
)
async def test_what_is_unusual_and_right_is_accepted(claims: dict[str, Any]) -> None:
    userinfo = {"sub": claims.get("sub", "person-1")}
    assert (await signed_in(LyingProvider(claims=claims, userinfo=userinfo))).subject == userinfo["sub"]


@pytest.mark.parametrize(
    ("claims", "reached"),
    [
        ({"acr": "eidas1"}, False),
        ({"acr": ABSENT}, False),
        ({"acr": "EIDAS2"}, False),
        ({"acr": "eidas2 eidas3"}, False),
        ({"acr": ["eidas2"]}, False),
        ({"acrs": "eidas1"}, False),
        ({"acrs": [5, {}]}, False),
        ({"acr": "eidas2"}, True),
        ({"acr": "eidas3"}, True),
        ({"acrs": ["c1", "eidas2"]}, True),
    ],
)
async def test_the_level_that_reading_asks_for_is_verified_not_hoped_for(claims: dict[str, Any], reached: bool) -> None:
    row = a_provider(reading_acr=("eidas2", "eidas3"))
    liar = LyingProvider(claims=claims, userinfo={"acr": "eidas3"})
    if reached:
        assert (await signed_in(liar, provider=row)).acr in ("eidas2", "eidas3")
    else:
        assert await refusal(liar, provider=row) is Refusal.LEVEL


# --- signature, algorithm, kind


async def forged(forge: Callable[[dict[str, Any]], str]) -> Refusal:
    return await refusal(LyingProvider(forge=forge))


def unsigned(claims: dict[str, Any]) -> str:
    claims_part = jwt.encode({"alg": "ES256"}, claims, EC_KEY).split(".")[1]
    return urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').decode() + f".{claims_part}."


async def test_an_unsigned_token_is_refused_though_the_provider_advertises_none() -> None:
    assert await forged(unsigned) is Refusal.ALGORITHM


@pytest.mark.parametrize("secret", [RSA_KEY.as_pem(private=False), b"s3cret+/=%" * 4])
async def test_a_token_made_with_what_everybody_or_we_know_is_refused(secret: bytes) -> None:
    key = OctKey.import_key(urlsafe_b64encode(secret).decode())
    assert await forged(lambda claims: jwt.encode({"alg": "HS256", "kid": "ec-1"}, claims, key)) is Refusal.ALGORITHM


async def test_another_algorithm_of_the_same_provider_is_refused() -> None:
    assert await refusal(LyingProvider(algorithm="RS256", key=RSA_KEY)) is Refusal.ALGORITHM


@pytest.mark.parametrize("typ", ["logout+jwt", "at+jwt", ""])
async def test_a_token_made_for_another_use_is_refused(typ: str) -> None:
    assert await refusal(LyingProvider(header={"typ": typ})) is Refusal.TYPE


@pytest.mark.parametrize("header", [{"typ": ABSENT}, {"typ": "jwt"}, {"x-vendor": "1"}])
async def test_a_header_may_be_poor_or_chatty(header: dict[str, Any]) -> None:
    liar = LyingProvider(forge=lambda claims: signed_with(changed_header(header), claims))
    assert (await signed_in(liar)).subject == "person-1"


def changed_header(changes: dict[str, Any]) -> dict[str, Any]:
    header = {"alg": "ES256", "kid": "ec-1", "typ": "JWT", **changes}
    return {name: value for name, value in header.items() if value is not ABSENT}


def signed_with(header: dict[str, Any], claims: dict[str, Any], key: Key = EC_KEY) -> str:
    registry = JWSRegistry(algorithms=["ES256"], strict_check_header=False)
    return jwt.encode(header, claims, key, registry=registry, default_type=None)


async def test_the_same_key_name_with_another_key_is_refused() -> None:
    assert await refusal(LyingProvider(key=OTHER_EC_KEY)) is Refusal.SIGNATURE


async def test_a_key_carried_by_the_token_itself_is_not_a_key() -> None:
    header = changed_header({"jwk": OTHER_EC_KEY.as_dict(private=False)})
    assert await forged(lambda claims: signed_with(header, claims, OTHER_EC_KEY)) is Refusal.SIGNATURE


@pytest.mark.parametrize("rubbish", ["", "a.b", "a.b.c", "W10.e30.", "é.é.é", "[" * 9000, "."])
async def test_rubbish_in_place_of_a_token_is_refused(rubbish: str) -> None:
    reason = await forged(lambda _: rubbish)
    assert reason in (Refusal.SIGNATURE, Refusal.ID_TOKEN_MISSING)


@pytest.mark.parametrize("header", ["5", '["alg"]', '{"alg":["ES256"]}', '{"alg":"ES256","kid":{}}'])
async def test_a_header_that_is_not_one_is_refused(header: str) -> None:
    token = f"{urlsafe_b64encode(header.encode()).decode()}.e30.AAAA"
    assert await forged(lambda _: token) in (Refusal.SIGNATURE, Refusal.ALGORITHM, Refusal.KEY)


# --- keys


async def test_an_unknown_key_name_is_refused() -> None:
    assert await refusal(LyingProvider(header={"kid": "nobody"})) is Refusal.KEY


async def test_a_token_without_key_name_needs_exactly_one_key_that_could_be_meant() -> None:
    assert (await signed_in(LyingProvider(header={"kid": ABSENT}))).subject == "person-1"
    two = [EC_KEY.as_dict(private=False), ECKey.generate_key("P-256").as_dict(private=False)]
    assert await refusal(LyingProvider(header={"kid": ABSENT}, published=two)) is Refusal.KEY


async def test_an_encryption_key_signs_nothing() -> None:
    published = [{**EC_KEY.as_dict(private=False), "use": "enc"}]
    assert await refusal(LyingProvider(published=published)) is Refusal.KEY


async def test_keys_we_cannot_read_are_ignored() -> None:
    strange = [
        {"kty": "EC", "crv": "P-999", "x": "AA", "y": "AA", "kid": "ec-1"},
        {"kty": "AKP", "kid": "pq", "pub": "AA"},
        {"kty": "EC", "crv": "P-256"},
        {"kty": 5},
        {"kty": ["EC"]},
        {},
        "key",
        None,
    ]
    assert (await signed_in(LyingProvider(published=[*strange, EC_KEY.as_dict(private=False)]))).subject


async def test_a_new_key_is_found_with_one_refetch() -> None:
    liar = LyingProvider()
    discovery = liar.discovery()
    await signed_in(liar, discovery=discovery)
    liar.key = ECKey.generate_key("P-256", {"kid": "ec-2", "use": "sig"})
    liar.published = [liar.key.as_dict(private=False)]
    assert (await signed_in(liar, discovery=discovery)).subject == "person-1"
    assert liar.calls["/keys"] == 2


async def test_a_hundred_unknown_keys_cost_one_refetch_in_ten_seconds() -> None:
    liar = LyingProvider(header={"kid": "nobody"})
    discovery = liar.discovery()
    for _ in range(100):
        assert await refusal(liar, discovery=discovery) is Refusal.KEY
    assert liar.calls["/keys"] == 2
    assert await refusal(liar, discovery=discovery, after=timedelta(seconds=10)) is Refusal.KEY
    assert liar.calls["/keys"] == 3


async def test_metadata_and_keys_are_kept_an_hour_and_a_changed_row_counts_at_once() -> None:
    liar = LyingProvider()
    discovery = liar.discovery()
    await signed_in(liar, discovery=discovery)
    await signed_in(liar, discovery=discovery)
    place = "/.well-known/openid-configuration"
    assert (liar.calls[place], liar.calls["/keys"]) == (1, 1)
    await discovery.key(a_provider(), "ec-1", NOW + timedelta(hours=1))
    assert (liar.calls[place], liar.calls["/keys"]) == (2, 2)
    with pytest.raises(SignInRefused) as caught:
        await started(liar, a_provider(issuer="https://new.example"), discovery)
    assert caught.value.reason is Refusal.DISCOVERY
