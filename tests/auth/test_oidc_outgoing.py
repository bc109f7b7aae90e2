"""Calls to a provider cannot be turned against us: addresses, redirects, size, silence, discovery."""

from collections.abc import AsyncIterator
from typing import Any

import anyio
import httpx2
import pytest

from auth import outgoing
from auth.oidc import Discovery, Http, Refusal, SignInRefused
from auth.outgoing import checked_address
from tests.auth.oidc_fakes import ABSENT, ISSUER, NOW, LyingProvider, a_provider, signed_in, started

pytestmark = pytest.mark.anyio

DISCOVERY_PATH = "/.well-known/openid-configuration"


async def refusal(liar: LyingProvider) -> Refusal:
    with pytest.raises(SignInRefused) as caught:
        await signed_in(liar)
    return caught.value.reason


@pytest.mark.parametrize(
    "address",
    [
        "http://op.example/",
        "ftp://op.example/",
        "javascript:alert(1)",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://app.localhost/",
        "https://[::1]/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest",
        "https://192.168.1.1/",
        "https://[fe80::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://0.0.0.0/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f.0.0.1/",
        "https://me:pass@op.example/",
        "https:///x",
        "op.example",
        "",
        "https://op.example:99999/",
        None,
        5,
    ],
)
def test_no_call_goes_to_such_an_address(address: Any) -> None:
    with pytest.raises(SignInRefused) as caught:
        checked_address(address, loopback_http=False)
    assert caught.value.reason is Refusal.ADDRESS


@pytest.mark.parametrize("address", ["http://127.0.0.1:8000/x", "http://localhost/x", "http://[::1]:8000/x"])
def test_the_development_flag_opens_this_machine_and_no_other(address: str) -> None:
    assert checked_address(address, loopback_http=True) == address
    with pytest.raises(SignInRefused):
        checked_address("http://op.example/", loopback_http=True)
    with pytest.raises(SignInRefused):
        checked_address("https://10.0.0.1/", loopback_http=True)


@pytest.mark.parametrize("path", [DISCOVERY_PATH, "/keys", "/token", "/userinfo"])
async def test_a_redirect_is_never_followed(path: str) -> None:
    liar = LyingProvider(instead={path: httpx2.Response(307, headers={"Location": "https://evil.example/"})})
    with pytest.raises(SignInRefused) as caught:
        await signed_in(liar)
    assert str(caught.value) == "provider-answer: op.example redirects; a secret never follows"


@pytest.mark.parametrize("path", [DISCOVERY_PATH, "/keys", "/token", "/userinfo"])
async def test_ten_mebibytes_are_not_read(path: str) -> None:
    read = 0

    async def flood() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(160):
            read += 1
            yield b" " * 65536

    assert await refusal(LyingProvider(instead={path: httpx2.Response(200, content=flood())})) is (
        Refusal.PROVIDER_ANSWER
    )
    assert read == 5


async def test_a_compressed_answer_is_refused_before_it_unfolds() -> None:
    async def packed() -> AsyncIterator[bytes]:
        yield b"\x1f\x8b"

    bomb = httpx2.Response(200, content=packed(), headers={"Content-Encoding": "gzip"})
    with pytest.raises(SignInRefused) as caught:
        await signed_in(LyingProvider(instead={"/keys": bomb}))
    assert str(caught.value) == "provider-answer: op.example compresses although asked not to"


async def test_silence_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def silence(request: httpx2.Request) -> httpx2.Response:
        await anyio.sleep(60)
        raise AssertionError

    monkeypatch.setattr(outgoing, "TOTAL_S", 0.05)
    discovery = Discovery(Http(wire=lambda: httpx2.MockTransport(silence)))
    with pytest.raises(SignInRefused) as caught:
        await discovery.metadata(a_provider(), NOW)
    assert caught.value.reason is Refusal.PROVIDER_UNREACHABLE


async def test_a_broken_line_is_said_in_our_words() -> None:
    def broken(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("no route to host")

    discovery = Discovery(Http(wire=lambda: httpx2.MockTransport(broken)))
    with pytest.raises(SignInRefused) as caught:
        await discovery.metadata(a_provider(), NOW)
    assert str(caught.value) == "provider-unreachable: op.example: ConnectError"


@pytest.mark.parametrize(
    ("metadata", "reason"),
    [
        ({"issuer": ABSENT}, Refusal.DISCOVERY),
        ({"issuer": f"{ISSUER}/"}, Refusal.DISCOVERY),
        ({"token_endpoint": ABSENT}, Refusal.DISCOVERY),
        ({"authorization_endpoint": None}, Refusal.DISCOVERY),
        ({"authorization_endpoint": "javascript:alert(1)"}, Refusal.ADDRESS),
        ({"authorization_endpoint": ["https://op.example"]}, Refusal.ADDRESS),
        ({"token_endpoint": "http://op.example/token"}, Refusal.ADDRESS),
        ({"jwks_uri": "https://169.254.169.254/keys"}, Refusal.ADDRESS),
    ],
)
async def test_discovery_is_believed_only_for_its_issuer_and_public_addresses(
    metadata: dict[str, Any], reason: Refusal
) -> None:
    with pytest.raises(SignInRefused) as caught:
        await started(LyingProvider(metadata=metadata))
    assert caught.value.reason is reason


@pytest.mark.parametrize(
    "response",
    [
        httpx2.Response(404),
        httpx2.Response(200, html="<html>"),
        httpx2.Response(200, json=[]),
        httpx2.Response(200, text="[" * 9000),
        httpx2.Response(200, content=b"\xff\xfe\x00"),
    ],
)
async def test_a_discovery_document_that_is_not_one(response: httpx2.Response) -> None:
    assert await refusal(LyingProvider(instead={DISCOVERY_PATH: response})) is Refusal.PROVIDER_ANSWER


@pytest.mark.parametrize("keys", [{}, {"keys": "none"}])
async def test_a_key_set_that_is_not_one(keys: dict[str, Any]) -> None:
    liar = LyingProvider(instead={"/keys": httpx2.Response(200, json=keys)})
    assert await refusal(liar) is Refusal.DISCOVERY
