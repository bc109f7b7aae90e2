"""Secrets at rest: sealed by the first key, opened by any, never shown."""

import pytest

from auth.provider import Refusal, SignInRefused, opened
from auth.sealing import DEMO_KEY, SealBroken, Sealed, Sealer, new_key, why_unfit
from tests.auth.oidc_fakes import a_provider

OLD, NEW = new_key(), new_key()


def test_what_is_sealed_says_nothing_and_opens_whole() -> None:
    sealed = Sealer([OLD]).seal("s3cret, é")
    assert "s3cret" not in sealed
    assert Sealer([OLD]).open(sealed) == "s3cret, é"
    assert Sealer([OLD]).seal("s3cret, é") != sealed


def test_a_new_first_key_seals_while_the_old_one_still_opens() -> None:
    before = Sealer([OLD]).seal("s3cret")
    both = Sealer([NEW, OLD])
    assert both.open(before) == "s3cret"
    assert Sealer([NEW]).open(both.reseal(before)) == "s3cret"
    with pytest.raises(SealBroken):
        Sealer([OLD]).open(both.seal("s3cret"))


@pytest.mark.parametrize("sealed", ["", "s3cret", "gAAAAA", "é", Sealer([NEW]).seal("x")[:-4] + "AAAA"], ids=range(5))
def test_what_was_changed_or_never_sealed_does_not_open(sealed: str) -> None:
    with pytest.raises(SealBroken):
        Sealer([NEW]).open(sealed)


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("", "is not a key"),
        ("password", "is not a key"),
        ("é" * 44, "is not a key"),
        ("A" * 43 + "=", "can be guessed"),
        (DEMO_KEY, "can be guessed"),
        (NEW, ""),
    ],
    ids=range(6),
)
def test_a_key_is_32_bytes_that_nobody_guesses(key: str, why: str) -> None:
    assert why_unfit(key) == why


def test_a_provider_keeps_its_secrets_sealed_until_they_are_used() -> None:
    sealer = Sealer([NEW])
    kept = a_provider(client_secret=Sealed(sealer.seal("s3cret")))
    assert opened(kept, sealer).client_secret == "s3cret"
    assert "s3cret" not in repr(kept) + repr(opened(kept, sealer))
    with pytest.raises(SignInRefused) as refused:
        opened(kept, Sealer([OLD]))
    assert refused.value.reason is Refusal.SEAL
