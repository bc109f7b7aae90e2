"""When an invitation may be accepted, what a form of one says, which references and documents are taken."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from auth import reference
from server.domain.people.invitations import Invitation, InvitationState, read_invitation
from server.domain.people.papers import MOST_BYTES, kind_of, safe_name
from server.domain.refusals import Refusal, SheetRefused
from server.domain.refusals_of_people import InvitationExpired, InvitationRevoked, InvitationUsed, OtherProvider
from server.domain.sheets import Sheet

NOW = datetime(2026, 10, 1, 9, 30, tzinfo=UTC)
OPEN = Invitation(1, "C", "place-1", "a@exemple.fr", "ars", NOW, NOW + timedelta(days=7))


def test_an_open_invitation_is_accepted_through_its_provider_until_its_last_second() -> None:
    OPEN.check_open(NOW + timedelta(days=7, seconds=-1))
    OPEN.check_through("ars")
    assert OPEN.state(NOW) is InvitationState.PENDING


@pytest.mark.parametrize(
    ("invitation", "refusal"),
    [
        (replace(OPEN, accepted_at=NOW), InvitationUsed),
        (replace(OPEN, revoked_at=NOW), InvitationRevoked),
        (replace(OPEN, expires_at=NOW), InvitationExpired),
        (replace(OPEN, accepted_at=NOW, revoked_at=NOW, expires_at=NOW), InvitationUsed),
    ],
)
def test_one_that_is_over_says_why(invitation: Invitation, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        invitation.check_open(NOW)


def test_another_provider_is_refused_even_one_of_the_same_people() -> None:
    with pytest.raises(OtherProvider):
        OPEN.check_through("ars-2")


def test_a_form_of_an_invitation_is_read() -> None:
    wanted = read_invitation(Sheet({"email": " zoe@exemple.fr ", "days": "30", "provider": "ars"}, ""), ["ars"])
    assert (wanted.email, wanted.life, wanted.provider) == ("zoe@exemple.fr", timedelta(days=30), "ars")


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("email", ""),
        ("email", "zoe"),
        ("email", "zoe@exemple.fr, eve@exemple.fr"),
        ("email", "x" * 250 + "@a.fr"),
        ("days", "0"),
        ("days", "31"),
        ("days", ""),
        ("days", "sept"),
        ("provider", "autre"),
    ],
)
def test_a_wrong_field_is_named(name: str, typed: str) -> None:
    with pytest.raises(SheetRefused) as refused:
        read_invitation(Sheet({"email": "zoe@exemple.fr", "days": "7", "provider": "ars", name: typed}, ""), ["ars"])
    assert list(refused.value.problems) == [name]


def test_a_reference_is_read_as_people_write_it_and_nothing_else_is_one() -> None:
    made = {reference.new_reference() for _ in range(100)}
    assert len(made) == 100
    for one in made:
        assert reference.read(reference.shown(one).lower().replace("-", " ")) == one
    assert reference.read("oil0-1234-5678") == "011012345678"
    assert [reference.read(one) for one in ("", "K7P2-M9QX", "K7P2-M9QX-4DAU", "K7P2-M9QX-4DABX", "é" * 12)] == [
        None
    ] * 5


def test_the_kind_of_a_document_is_read_from_its_bytes() -> None:
    assert kind_of(b"%PDF-1.7 ...") == ("application/pdf", "pdf")
    assert kind_of(b"\x89PNG\r\n\x1a\n...") == ("image/png", "png")
    assert kind_of(b"\xff\xd8\xff...") == ("image/jpeg", "jpg")


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"<html>", b"<svg", b" %PDF-", b"MZ", b"%PDF-" + b"x" * MOST_BYTES]
)
def test_other_documents_are_refused(content: bytes) -> None:
    with pytest.raises(SheetRefused):
        kind_of(content)


def test_a_document_keeps_a_name_that_commands_nothing() -> None:
    assert safe_name("Délégation n° 12.docx", "pdf") == "Délégation n° 12.pdf"
    assert safe_name("../../etc/passwd", "pdf") == "passwd.pdf"
    assert safe_name('C:\\x\\a"\r\nb;.exe', "pdf") == "a-b.pdf"
    assert safe_name("\u202egnp.exe", "png") == "gnp.png"
    assert safe_name("...", "jpg") == "document.jpg"
    assert len(safe_name("x" * 500, "pdf")) == 124
