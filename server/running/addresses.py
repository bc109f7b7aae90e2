"""How often may one network address ask for what costs something before anybody is known? And which address is it?"""

import logging
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from starlette.requests import HTTPConnection

from collab.counting import Counting
from collab.pace import Attempts
from server.domain.refusals import TooOften
from server.setting_words import networks
from server.settings import Settings

security_log = logging.getLogger("entente.security")
TOLD_EVERY_S: Final = 10.0  # a flood is one line of the log that often, and a number in the metrics
UNREADABLE: Final = "unreadable"
SILENT: Final = "silent"
HIDDEN: Final = 10  # addresses, about, that are behind a proxy which does not say
Networks = tuple[IPv4Network | IPv6Network, ...]


class _Counted:
    """What is counted of one thing: each address, and together those that a silent proxy hides."""

    def __init__(self, per_minute: int) -> None:
        self.each = Attempts(per_minute)
        self.together = Attempts(per_minute * HIDDEN)


@dataclass(frozen=True)
class Seen:
    """Whose a request is taken to be, who brought it, and whether a word was said of whose it is."""

    caller: str | None
    peer: str
    is_said: bool


class Addresses:
    """The attempts of every address, by route: openings of the live channel, sign-ins, reports of browsers."""

    def __init__(self, settings: Settings, counting: Counting) -> None:
        self._trusted = networks(settings.trusted_proxies)
        self._counting = counting
        self._told_at = -TOLD_EVERY_S
        self._is_served = settings.is_https  # to others than people on this machine
        self._is_silence_told = False
        openings, sign_ins = _Counted(settings.openings), _Counted(settings.sign_ins)
        self._attempts: Mapping[str, _Counted] = {
            "live": openings,
            "nameless": openings,
            "open_line": openings,
            "sign_in_start": sign_ins,
            "sign_in_callback": sign_ins,
            "invitation": sign_ins,
            "accept_invitation": sign_ins,
            "back_channel_logout": _Counted(settings.sign_ins),
            "csp_report": _Counted(settings.reports),
        }

    def pass_through(self, connection: HTTPConnection, route: str) -> None:
        """Count an attempt at a route, if that one is counted.

        Raises:
            TooOften: more than the address may.
        """
        attempts = self._attempts.get(route)
        if attempts is None:
            return
        address = self.of(connection)
        if address is None:
            self._hear_silence(connection)
            wait_s = attempts.together.wait_s(SILENT) if self._is_served else 0.0
        else:
            wait_s = attempts.each.wait_s(address)
        if wait_s:
            self._counting.refused["too-often"] += 1
            self._tell(route, address)
            raise TooOften(math.ceil(wait_s))

    def _hear_silence(self, connection: HTTPConnection) -> None:
        """A proxy that does not say where its callers come from is told to the log once."""
        if self._is_served and not self._is_silence_told and connection.client is not None:
            self._is_silence_told = True
            security_log.warning(
                "the proxy at %(proxy)s sets no X-Forwarded-For: all its callers are counted as one; "
                "see docs/howto/deploy.md",
                {"proxy": connection.client.host},
            )

    def of(self, connection: HTTPConnection) -> str | None:
        """Where a request comes from; None when a proxy of ours did not say."""
        return address_of(connection, self._trusted)

    def seen(self, connection: HTTPConnection) -> "Seen":
        """What there is to know of where a request comes from."""
        peer = connection.client.host if connection.client else ""
        return Seen(self.of(connection), _key(peer), "x-forwarded-for" in connection.headers)

    def _tell(self, route: str, address: str | None) -> None:
        now = time.monotonic()
        if now - self._told_at >= TOLD_EVERY_S:
            self._told_at = now
            security_log.warning("too often: %(route)s from %(address)s", {"route": route, "address": address})


def address_of(connection: HTTPConnection, trusted: Networks) -> str | None:
    """Whose attempt it is: the caller's address or, of a trusted proxy, the last one it says and we do not trust.

    Of IPv6 the first 64 bits, which one household or machine has for itself. None: a proxy of ours did not say.
    """
    if connection.client is None:
        return None
    said = ",".join(connection.headers.getlist("x-forwarded-for")).split(",")
    hops = [connection.client.host, *(one.strip() for one in reversed(said) if one.strip())]
    return next((_key(one) for one in hops if not _is_trusted(one, trusted)), None)


def _is_trusted(address: str, trusted: Networks) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in trusted)


def _key(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return UNREADABLE
    return str(ip_network((parsed, 64), strict=False)) if isinstance(parsed, IPv6Address) else address
