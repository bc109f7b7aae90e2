"""Which words make sense as a setting: an address of a site, networks, a time zone?"""

from ipaddress import IPv4Network, IPv6Network, ip_network
from urllib.parse import SplitResult
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def normal(address: str) -> str:
    """An address as browsers write an Origin: small letters, no final slash, no usual port (RFC 6454 6.2)."""
    plain = address.strip().rstrip("/").lower()
    usual = {"https": ":443", "http": ":80"}.get(plain.partition(":")[0], "\0")
    return plain.removesuffix(usual)


def networks(written: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """The networks of a setting, separated by commas.

    Raises:
        ValueError: one that is none.
    """
    return tuple(ip_network(one.strip(), strict=False) for one in written.split(",") if one.strip())


def are_networks(written: str) -> bool:
    """Whether they are networks, separated by commas."""
    try:
        return networks(written) is not None
    except ValueError:
        return False


def is_zone(name: str) -> bool:
    """Whether this machine knows a time zone of that name."""
    try:
        return bool(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder of zones
        return False


def has_port_number(address: SplitResult) -> bool:
    """Whether an address names no port, or one there can be."""
    try:
        return address.port is None or address.port > 0
    except ValueError:
        return False
