"""What is kept of a person, and where they may go next: provider text is text, paths are ours."""

from typing import Any

import pytest

from auth.oidc import safe_next
from tests.auth.oidc_fakes import (
    ABSENT,
    NOW,
    LyingProvider,
    a_provider,
    signed_in,
)

pytestmark = pytest.mark.anyio


# --- the person


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"name": "Anne Le Goff"}, "Anne Le Goff"),
        ({"name": ABSENT, "given_name": "Anne", "family_name": "Le Goff"}, "Anne Le Goff"),
        ({"name": "", "given_name": "Anne", "usual_name": "Le Goff"}, "Anne Le Goff"),
        ({"name": ABSENT, "given_name": "Anne", "preferred_username": "alegoff"}, "alegoff"),
        ({"name": ABSENT}, "person-1"),
        ({"name": ["Anne"]}, "person-1"),
        ({"name": " \u200f\u202eAnne\x00\n\tLe\u2066 Goff "}, "Anne Le Goff"),
        ({"name": "A" * 5000}, "A" * 200),
        ({"name": "<b>Anne</b>"}, "<b>Anne</b>"),
    ],
)
async def test_a_name_is_text_cut_and_without_tricks(claims: dict[str, Any], name: str) -> None:
    assert (await signed_in(LyingProvider(claims=claims))).name == name


async def test_a_row_names_the_claims_it_is_read_from() -> None:
    row = a_provider(name_claim="cn", email_claim="mail", organisation_claim="siret", national_claim="SubjectNameID")
    told = {"cn": "A. Le Goff", "mail": "a@ars.example", "siret": "18003502400014", "SubjectNameID": "810000000001"}
    identity = await signed_in(LyingProvider(userinfo={**told, "": "nobody"}), provider=row)
    assert (identity.name, identity.email) == ("A. Le Goff", "a@ars.example")
    assert (identity.organisation, identity.national_id) == ("18003502400014", "810000000001")
    plain = await signed_in(LyingProvider(userinfo={**told, "": "nobody"}))
    assert (plain.name, plain.organisation, plain.national_id) == ("Anne Le Goff", None, None)


async def test_the_level_and_the_moment_come_from_the_signed_token_alone() -> None:
    seconds = int(NOW.timestamp())
    liar = LyingProvider(claims={"acr": "eidas1", "auth_time": seconds, "sid": "s1"}, userinfo={"acr": "eidas3"})
    identity = await signed_in(liar)
    assert (identity.acr, identity.auth_time, identity.sid) == ("eidas1", NOW, "s1")


@pytest.mark.parametrize("value", ["soon", True, 10**300, float("inf")])
async def test_an_unreadable_moment_is_no_moment(value: Any) -> None:
    assert (await signed_in(LyingProvider(claims={"auth_time": value}))).auth_time is None


# --- where to go after


@pytest.mark.parametrize("path", ["/", "/contrats/7", "/c?vue=1&u=//x", "/c#section-2", "/c/%C3%A9t%C3%A9"])
def test_a_page_of_ours_is_kept(path: str) -> None:
    assert safe_next(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "contrats",
        "//evil",
        "///evil",
        "/\\evil",
        "\\\\evil",
        "https:evil",
        "https://evil",
        "javascript:alert(1)",
        "/%2Fevil",
        "/%2fevil",
        "/%5Cevil",
        "/%252Fevil",
        "/%25252Fevil",
        "/\tevil",
        "/%09/evil",
        "/%0d%0aSet-Cookie:x",
        "/.//evil",
        "/a/%00",
        "/%E2%80%AEx",
        " /a",
        "/é",
        "/%2525252525252525a",
        "/" + "a" * 2000,
    ],
)
def test_any_other_address_is_the_home_page(path: str | None) -> None:
    assert safe_next(path) == "/"
