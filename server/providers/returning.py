"""Somebody is back from a provider: what came with them, and who that makes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from auth.identity import Identity
from auth.oidc import Attempt, Discovery, Provider, finish
from auth.provider import opened
from auth.sealing import Sealer


@dataclass(frozen=True)
class Returned:
    """A provider's `answer` to an `attempt`, which came to `callback_url`; `address` is the browser's."""

    provider: Provider
    attempt: Attempt
    answer: Mapping[str, str]
    callback_url: str
    address: str
    at: datetime

    async def identity(self, discovery: Discovery, sealer: Sealer) -> Identity:
        """Who is back.

        Raises:
            SignInRefused: the answer does not make an identity, or no key opens the provider's secret.
        """
        provider = opened(self.provider, sealer)
        return await finish(
            provider, self.attempt, self.answer, callback_url=self.callback_url, now=self.at, discovery=discovery
        )
