"""Showing a provider that it is us without a shared secret: a signed word, a certificate."""

import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import anyio
import pytest
from anyio.streams.tls import TLSAttribute, TLSListener
from joserfc import jwt
from joserfc.jwk import ECKey, JWKRegistry, RSAKey

from auth.client import ASSERTION_TYPE, certified, check_secrets, new_client_key, public_part
from auth.oidc import ConfigError, Http, Refusal, SignInRefused
from tests.auth.certificates import Authority
from tests.auth.oidc_fakes import ISSUER, NOW, LyingProvider, a_provider, signed_in

pytestmark = pytest.mark.anyio


async def sent(**changes: Any) -> dict[str, list[str]]:
    """The form that the token endpoint got."""
    liar = LyingProvider()
    await signed_in(liar, provider=a_provider(client_secret="", **changes))
    assert liar.token_request is not None
    assert "Authorization" not in liar.token_request.headers
    return parse_qs(liar.token_request.content.decode(), strict_parsing=True)


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (new_client_key(), "ES256"),
        (json.dumps(ECKey.generate_key("P-384").as_dict(private=True)), "ES384"),
        (json.dumps(RSAKey.generate_key(2048).as_dict(private=True)), "RS256"),
    ],
)
async def test_a_signed_word_of_ours_is_for_that_endpoint_once_for_a_minute(key: str, algorithm: str) -> None:
    first, second = [await sent(token_method="private_key_jwt", client_key=key) for _ in range(2)]
    assert first["client_assertion_type"] == [ASSERTION_TYPE]
    assert (first["code"], "client_secret" in first) == (["code-1"], False)
    public = JWKRegistry.import_key(public_part(key))
    read = jwt.decode(first["client_assertion"][0], public, algorithms=[algorithm])
    seconds = int(NOW.timestamp())
    assert {name: value for name, value in read.claims.items() if name != "jti"} == {
        "iss": "entente", "sub": "entente", "aud": f"{ISSUER}/token", "iat": seconds, "exp": seconds + 60,
    }  # fmt: skip
    assert len(read.claims["jti"]) >= 32
    assert first["client_assertion"] != second["client_assertion"]


def test_what_the_provider_is_given_of_a_key_is_its_public_part() -> None:
    key = new_client_key()
    assert {"d", "p", "q"} & set(public_part(key)) == set()
    assert public_part(key)["kid"] == json.loads(key)["kid"]


@pytest.mark.parametrize(
    "key", ["", "{}", "PEM", "[]", '{"kty":"oct","k":"AAAA"}', json.dumps(public_part(new_client_key()))]
)
def test_what_is_no_private_key_is_refused_before_it_is_kept(key: str) -> None:
    with pytest.raises(ConfigError, match="private EC or RSA key"):
        check_secrets(a_provider(token_method="private_key_jwt", client_key=key or " "))


async def test_a_certificate_and_a_key_that_do_not_go_together_are_refused(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    (one, _), (_, other) = authority.pair("entente"), authority.pair("entente")
    for certificate, key in ((one, other), ("PEM", other), (one, "PEM")):
        with pytest.raises(ConfigError, match="do not go together"):
            check_secrets(a_provider(certificate=certificate, certificate_key=key))
    broken = a_provider(token_method="tls_client_auth", certificate=one, certificate_key=other)
    with pytest.raises(SignInRefused) as caught:
        await signed_in(LyingProvider(), provider=broken)
    assert caught.value.reason is Refusal.CONFIGURATION


async def test_with_a_certificate_the_form_says_only_who_and_the_endpoint_may_be_another(tmp_path: Path) -> None:
    certificate, key = Authority(tmp_path).pair("entente")
    form = await sent(token_method="tls_client_auth", certificate=certificate, certificate_key=key)
    assert (form["client_id"], "client_secret" in form, "client_assertion" in form) == (["entente"], False, False)
    liar = LyingProvider(metadata={"mtls_endpoint_aliases": {"token_endpoint": "https://mtls.example/token"}})
    row = a_provider(token_method="tls_client_auth", certificate=certificate, certificate_key=key)
    await signed_in(liar, provider=row)
    assert liar.token_request is not None
    assert liar.token_request.url.host == "mtls.example"


@asynccontextmanager
async def a_door(authority: Authority, folder: Path) -> AsyncIterator[int]:
    """A TLS server called op.example on a port of this machine; says whose certificate it was shown."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(authority.file))
    context.verify_mode = ssl.CERT_OPTIONAL
    certificate, key = authority.pair("op.example")
    (folder / "server.pem").write_text(certificate + key)
    context.load_cert_chain(folder / "server.pem")

    async def answer(stream: Any) -> None:
        async with stream:
            await stream.receive()
            shown = dict(stream.extra(TLSAttribute.peer_certificate) or {}).get("subject", ())
            body = json.dumps({"shown": [value for part in shown for _, value in part]}).encode()
            await stream.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    port = int(listener.extra(anyio.abc.SocketAttribute.local_port))
    secured = TLSListener(listener, ssl_context=context, standard_compatible=False)
    async with secured, anyio.create_task_group() as serving:
        serving.start_soon(secured.serve, answer)
        yield port
        serving.cancel_scope.cancel()


async def test_the_certificate_is_shown_at_the_looked_at_address_of_a_server_that_proves_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    certificate, key = authority.pair("entente.exemple.fr")
    ours = certified(a_provider(certificate=certificate, certificate_key=key))

    async def here(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    http = Http(loopback_http=True, resolve=here)
    async with a_door(authority, tmp_path) as port:
        address = f"https://op.example:{port}/token"
        assert (await http.get(address, certified=ours)).json() == {"shown": ["entente.exemple.fr"]}
        assert (await http.get(address)).json() == {"shown": []}
        with pytest.raises(SignInRefused) as caught:
            await http.get(f"https://other.example:{port}/token")
    assert caught.value.reason is Refusal.PROVIDER_UNREACHABLE
