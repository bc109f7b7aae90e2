"""What does a provider publish? Its metadata and its keys, believed for its own issuer only, kept an hour."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key

from auth.outgoing import Http, checked_address, json_object
from auth.provider import KEY_TYPES, Provider, Refusal, SignInRefused

KEPT_FOR = timedelta(hours=1)
REFETCH_EVERY = timedelta(seconds=10)  # an unknown `kid` costs an attacker nothing, a fetch costs us


@dataclass(frozen=True)
class Metadata:
    """What the provider says of itself (OpenID Connect Discovery 1.0 section 3), read strictly."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    end_session_endpoint: str | None
    says_iss: bool  # RFC 9207 section 3: its authorization response names it

    @classmethod
    def read(cls, document: Mapping[str, Any], provider: Provider, *, loopback_http: bool) -> "Metadata":
        """Believe `document` only for the configured issuer, exactly, final slash included."""
        if document.get("issuer") != provider.issuer:
            raise SignInRefused(Refusal.DISCOVERY, f"{provider.key}: another issuer than the configured one")

        aliases = document.get("mtls_endpoint_aliases") if provider.certificate else None  # RFC 8705 section 5
        by_certificate = aliases if isinstance(aliases, dict) else {}

        def address(name: str) -> str | None:
            value = by_certificate.get(name, document.get(name))
            return None if value is None else checked_address(value, loopback_http=loopback_http)

        def needed(name: str) -> str:
            value = address(name)
            if value is None:
                raise SignInRefused(Refusal.DISCOVERY, f"{provider.key}: {name} is missing")
            return value

        return cls(
            authorization_endpoint=checked_address(provider.authorization_endpoint, loopback_http=loopback_http)
            if provider.authorization_endpoint
            else needed("authorization_endpoint"),
            token_endpoint=needed("token_endpoint"),
            jwks_uri=needed("jwks_uri"),
            userinfo_endpoint=address("userinfo_endpoint"),
            end_session_endpoint=address("end_session_endpoint"),
            says_iss=document.get("authorization_response_iss_parameter_supported") is True,
        )


@dataclass(frozen=True)
class _KeptKeys:
    keys: tuple[Key, ...]
    at: datetime


class Discovery:
    """Metadata and keys of the providers, kept an hour; one for the whole application."""

    def __init__(self, http: Http) -> None:
        """Start with nothing kept."""
        self.http = http
        self._metadata: dict[tuple[object, ...], tuple[Metadata, datetime]] = {}
        self._keys: dict[str, _KeptKeys] = {}
        self._refetched: dict[str, datetime] = {}

    def forget(self) -> None:
        """Keep nothing any more: the next sign-in asks the providers again."""
        self._metadata.clear()
        self._keys.clear()
        self._refetched.clear()

    async def metadata(self, provider: Provider, now: datetime) -> Metadata:
        """The provider's metadata; a changed row is another entry, so it counts at once."""
        place = (
            provider.discovery_url,
            provider.issuer,
            provider.authorization_endpoint,
            bool(provider.certificate),
        )
        kept = self._metadata.get(place)
        if kept is None or now - kept[1] >= KEPT_FOR:
            response = await self.http.get(provider.discovery_url)
            document = json_object(response.content)
            read = Metadata.read(document, provider, loopback_http=self.http.loopback_http)
            kept = self._metadata[place] = (read, now)
        return kept[0]

    async def key(self, provider: Provider, kid: str | None, now: datetime) -> Key:
        """The provider's signing key called `kid`; unknown: the set is read again, at most every 10 s.

        Raises:
            SignInRefused: KEY when there is none, or not exactly one for a token without `kid`.
        """
        address = (await self.metadata(provider, now)).jwks_uri
        kept = self._keys.get(address)
        if kept is None or now - kept.at >= KEPT_FOR:
            kept = await self._fetch_keys(address, now)
        found = _pick(kept.keys, provider.algorithm, kid)
        if found is None and self._may_refetch(address, now):
            found = _pick((await self._fetch_keys(address, now)).keys, provider.algorithm, kid)
        if found is None:
            raise SignInRefused(Refusal.KEY, f"{provider.key}: no signing key of that name")
        return found

    async def signing_keys(self, provider: Provider, now: datetime) -> list[Key]:
        """The keys the provider publishes for its algorithm, read now.

        Raises:
            SignInRefused: the provider cannot be reached or believed.
        """
        address = (await self.metadata(provider, now)).jwks_uri
        return _usable((await self._fetch_keys(address, now)).keys, provider.algorithm)

    def _may_refetch(self, address: str, now: datetime) -> bool:
        last = self._refetched.get(address)
        if last is not None and now - last < REFETCH_EVERY:
            return False
        self._refetched[address] = now  # before the call: those who come meanwhile do not call too
        return True

    async def _fetch_keys(self, address: str, now: datetime) -> _KeptKeys:
        published = json_object((await self.http.get(address)).content).get("keys")
        if not isinstance(published, list):
            raise SignInRefused(Refusal.DISCOVERY, "the key set has no list of keys")
        keys = tuple(key for entry in published if (key := _readable(entry)) is not None)
        kept = self._keys[address] = _KeptKeys(keys, now)
        return kept


def _readable(entry: Any) -> Key | None:
    """One published key, or nothing: unknown curves and kinds are ignored (RFC 7517 section 5)."""
    if not isinstance(entry, dict) or entry.get("use", "sig") != "sig":
        return None
    try:
        return JWKRegistry.import_key(entry)
    except (JoseError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _usable(keys: tuple[Key, ...], algorithm: str) -> list[Key]:
    return [k for k in keys if k.key_type == KEY_TYPES[algorithm] and k.get("alg", algorithm) == algorithm]


def _pick(keys: tuple[Key, ...], algorithm: str, kid: str | None) -> Key | None:
    usable = _usable(keys, algorithm)
    if kid is None:
        return usable[0] if len(usable) == 1 else None
    return next((k for k in usable if k.kid == kid), None)
