"""Where does a name lead? A call goes to the very address that was looked at, never to a private or special one."""

import ipaddress
import socket
from collections.abc import Awaitable, Callable

import anyio
import httpx2

from auth.provider import Refusal, SignInRefused

Resolve = Callable[[str, int], Awaitable[list[str]]]
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the last 32 bits


async def resolved(host: str, port: int) -> list[str]:
    """The addresses of a name, as this machine sees them.

    Raises:
        OSError: it has none.
    """
    found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def is_public(address: str) -> bool:
    """Whether an address is one of the public network, whatever it is wrapped in."""
    try:
        read = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if (inner := _inside(read)) is not None:
        return is_public(str(inner))
    return read.is_global and not read.is_multicast and not read.is_reserved


def _inside(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def is_loopback(address: str) -> bool:
    """Whether an address is this machine."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


class Pinned(httpx2.AsyncBaseTransport):
    """Asks once where a name leads, looks at every answer, and connects there: the name cannot mean another one after.

    TLS still proves the name: `sni_hostname` is what the certificate is compared with.
    """

    def __init__(self, wire: httpx2.AsyncBaseTransport, resolve: Resolve, *, loopback_http: bool) -> None:
        """Pin the calls of `wire`, which is closed with this transport."""
        self._wire = wire
        self._resolve = resolve
        self._loopback_http = loopback_http

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send to the first address that takes the connection.

        Raises:
            SignInRefused: ADDRESS, the name leads somewhere no call may go.
        """
        host = request.url.host
        addresses = await self._resolve(host, request.url.port or 443)
        if not addresses or not all(self._is_allowed(one) for one in addresses):
            raise SignInRefused(Refusal.ADDRESS, f"{host} leads to a private address; see docs/howto/providers.md")
        for last, address in ((one == addresses[-1], one) for one in addresses):
            try:
                return await self._wire.handle_async_request(_to(request, address, host))
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                if last:
                    raise
        raise AssertionError  # the last one has answered or raised

    def _is_allowed(self, address: str) -> bool:
        return is_public(address) or (self._loopback_http and is_loopback(address))

    async def aclose(self) -> None:
        """Close the wire."""
        await self._wire.aclose()


def _to(request: httpx2.Request, address: str, host: str) -> httpx2.Request:
    return httpx2.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": host},
    )
