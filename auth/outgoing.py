"""How may the program call a provider? One guard under every client: address, time, size, redirects."""

import json
from collections.abc import AsyncIterable, Callable
from dataclasses import dataclass
from ssl import SSLContext
from typing import Any

import anyio
import httpx2

from auth.provider import Refusal, SignInRefused
from auth.resolving import Pinned, Resolve, is_loopback, is_public, resolved

LIMIT_BYTES = 256 * 1024  # metadata, keys, tokens and userinfo of real providers stay under 64 KiB
CONNECT_S = 5.0
TOTAL_S = 10.0


def checked_address(address: str, *, loopback_http: bool) -> str:
    """The address, if a call may go there: https to a public host, or this machine under the flag.

    Only what the address itself says is looked at here; where a name leads is `auth.resolving`'s.

    Raises:
        SignInRefused: ADDRESS.
    """
    try:
        url = httpx2.URL(address)
    except (httpx2.InvalidURL, TypeError) as error:
        raise SignInRefused(Refusal.ADDRESS, "a provider address cannot be read") from error
    if _is_loopback(url.host):
        allowed = loopback_http and url.scheme in ("http", "https")
    else:
        allowed = url.scheme == "https" and _is_public(url.host)
    if not allowed or url.userinfo or not 0 < (url.port or 443) < 65536:
        raise SignInRefused(Refusal.ADDRESS, f"no call to {url.scheme}://{url.host}; see docs/howto/providers.md")
    return address


def _is_loopback(host: str) -> bool:
    return is_loopback(host) or host == "localhost" or host.endswith(".localhost")


def _is_public(host: str) -> bool:
    last = host.rstrip(".").rpartition(".")[2]
    is_name = bool(last) and not last[0].isdigit() and ":" not in host  # 127.1 and 2130706433 are addresses
    return is_name or is_public(host)


class Guarded(httpx2.AsyncBaseTransport):
    """The rules of every outgoing call, under any client: address, time, size, no redirect."""

    def __init__(self, wire: httpx2.AsyncBaseTransport, *, loopback_http: bool) -> None:
        """Guard `wire`; it is closed with this transport."""
        self._wire = wire
        self._loopback_http = loopback_http

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send, read whole, and give back an answer that is already in memory.

        Raises:
            SignInRefused: ADDRESS, PROVIDER_UNREACHABLE or PROVIDER_ANSWER.
        """
        checked_address(str(request.url), loopback_http=self._loopback_http)
        request.headers["Accept-Encoding"] = "identity"  # the cap counts the bytes we would unpack
        try:
            with anyio.fail_after(TOTAL_S):
                return await self._answer(request)
        except (OSError, ValueError, httpx2.TransportError) as error:
            raise SignInRefused(Refusal.PROVIDER_UNREACHABLE, f"{request.url.host}: {type(error).__name__}") from error

    async def _answer(self, request: httpx2.Request) -> httpx2.Response:
        response = await self._wire.handle_async_request(request)
        try:
            _check_envelope(response, request.url.host)
            body = await _bounded(response.stream, request.url.host)
        finally:
            await response.aclose()
        return httpx2.Response(response.status_code, headers=response.headers, content=body, request=request)

    async def aclose(self) -> None:
        """Close the wire."""
        await self._wire.aclose()


def _check_envelope(response: httpx2.Response, host: str) -> None:
    if 300 <= response.status_code < 400:
        raise SignInRefused(Refusal.PROVIDER_ANSWER, f"{host} redirects; a secret never follows")
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise SignInRefused(Refusal.PROVIDER_ANSWER, f"{host} compresses although asked not to")


async def _bounded(stream: object, host: str) -> bytes:
    if not isinstance(stream, AsyncIterable):
        raise SignInRefused(Refusal.PROVIDER_UNREACHABLE, f"{host}: no body to read")
    body = bytearray()
    async for chunk in stream:
        body += chunk
        if len(body) > LIMIT_BYTES:
            raise SignInRefused(Refusal.PROVIDER_ANSWER, f"{host} answers more than {LIMIT_BYTES} bytes")
    return bytes(body)


@dataclass(frozen=True)
class Http:
    """The port to the outside: `wire` makes a transport in place of the network (the demonstration's, tests')."""

    loopback_http: bool = False  # development and demo only: this machine, and plain http to it
    wire: Callable[[], httpx2.AsyncBaseTransport] | None = None
    resolve: Resolve = resolved

    def client_options(self, certified: SSLContext | None = None) -> dict[str, Any]:
        """What every client is built with; `trust_env` off: no proxy and no .netrc from the environment.

        `certified` is TLS that shows a certificate of ours.
        """
        return {
            "transport": Guarded(self._wire(certified), loopback_http=self.loopback_http),
            "timeout": httpx2.Timeout(TOTAL_S, connect=CONNECT_S),
            "follow_redirects": False,
            "trust_env": False,
        }

    def _wire(self, certified: SSLContext | None) -> httpx2.AsyncBaseTransport:
        if self.wire is not None:
            return self.wire()
        network = httpx2.AsyncHTTPTransport(verify=certified or True)
        return Pinned(network, self.resolve, loopback_http=self.loopback_http)

    async def get(
        self, address: str, *, bearer: str | None = None, certified: SSLContext | None = None
    ) -> httpx2.Response:
        """One GET that answered 200, or `SignInRefused`."""
        headers = {"Accept": "application/json, application/jwt"}
        if bearer is not None:
            headers["Authorization"] = f"Bearer {bearer}"
        checked_address(address, loopback_http=self.loopback_http)
        async with httpx2.AsyncClient(**self.client_options(certified)) as client:
            response = await client.get(address, headers=headers)
        if response.status_code != 200:
            raise SignInRefused(Refusal.PROVIDER_ANSWER, f"{response.url.host} answers status {response.status_code}")
        return response


def json_object(body: bytes) -> dict[str, Any]:
    """The JSON object in `body`, or `SignInRefused` (PROVIDER_ANSWER)."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise SignInRefused(Refusal.PROVIDER_ANSWER, "the answer is not JSON") from error
    if not isinstance(value, dict):
        raise SignInRefused(Refusal.PROVIDER_ANSWER, "the answer is not a JSON object")
    return value
