"""How may the program call a provider? One guard under every client: address, time, size, redirects."""

import ipaddress
import json
from collections.abc import AsyncIterable, Callable
from dataclasses import dataclass
from typing import Any

import anyio
import httpx2

from auth.provider import Refusal, SignInRefused

LIMIT_BYTES = 256 * 1024  # metadata, keys, tokens and userinfo of real providers stay under 64 KiB
CONNECT_S = 5.0
TOTAL_S = 10.0


def checked_address(address: str, *, loopback_http: bool) -> str:
    """The address, if a call may go there: https to a public host, or this machine under the flag.

    A name that *resolves* to a private address is not caught here: only what the address itself says.

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
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _is_public(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        last = host.rstrip(".").rpartition(".")[2]
        return bool(last) and not last[0].isdigit()  # 127.1 and 2130706433 are addresses to the resolver


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


def _internet() -> httpx2.AsyncBaseTransport:
    return httpx2.AsyncHTTPTransport()


@dataclass(frozen=True)
class Http:
    """The port to the outside: `wire` makes a fresh transport for each sign-in (tests pass an ASGI one)."""

    loopback_http: bool = False  # development and demo only: this machine, and plain http to it
    wire: Callable[[], httpx2.AsyncBaseTransport] = _internet

    def client_options(self) -> dict[str, Any]:
        """What every client is built with; `trust_env` off: no proxy and no .netrc from the environment."""
        return {
            "transport": Guarded(self.wire(), loopback_http=self.loopback_http),
            "timeout": httpx2.Timeout(TOTAL_S, connect=CONNECT_S),
            "follow_redirects": False,
            "trust_env": False,
        }

    async def get(self, address: str, *, bearer: str | None = None) -> httpx2.Response:
        """One GET that answered 200, or `SignInRefused`."""
        headers = {"Accept": "application/json, application/jwt"}
        if bearer is not None:
            headers["Authorization"] = f"Bearer {bearer}"
        checked_address(address, loopback_http=self.loopback_http)
        async with httpx2.AsyncClient(**self.client_options()) as client:
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
