"""Names that lead to private addresses: refused, and a name cannot mean another machine once it was looked at."""

import httpx2
import pytest

from auth.oidc import Http, Refusal, SignInRefused
from auth.resolving import Pinned, is_public

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "192.0.2.1",
        "224.0.0.1", "255.255.255.255", "240.0.0.1", "198.18.0.1", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1",
        "ff02::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::a00:1", "64:ff9b::7f00:1", "2002:a00:1::",
        "2001:db8::1", "2001:0:4136:e378:8000:63bf:f5ff:fffe", "op.example", "",
    ],
)  # fmt: skip
def test_no_call_goes_to_an_address_of_a_private_or_special_range(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "64:ff9b::808:808", "::ffff:8.8.8.8"])
def test_public_addresses_are_called(address: str) -> None:
    assert is_public(address)


class Names:
    """A resolver that says what it is told, one answer after the other."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)

    async def __call__(self, host: str, port: int) -> list[str]:
        return self.answers.pop(0)


def wire(called: list[httpx2.Request], *, dead: str = "") -> httpx2.MockTransport:
    def answer(request: httpx2.Request) -> httpx2.Response:
        called.append(request)
        if request.url.host == dead:
            raise httpx2.ConnectError("nobody there")
        return httpx2.Response(200, json={})

    return httpx2.MockTransport(answer)


async def call(names: Names, called: list[httpx2.Request], *, dead: str = "", loopback_http: bool = False) -> None:
    async with httpx2.AsyncClient(
        transport=Pinned(wire(called, dead=dead), names, loopback_http=loopback_http), trust_env=False
    ) as client:
        await client.get("https://op.example/keys")


@pytest.mark.parametrize("answers", [["10.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["127.0.0.1"], ["::ffff:10.0.0.1"], []])
async def test_a_name_that_leads_inside_is_not_called(answers: list[str]) -> None:
    called: list[httpx2.Request] = []
    with pytest.raises(SignInRefused) as caught:
        await call(Names(answers), called)
    assert (caught.value.reason, called) == (Refusal.ADDRESS, [])


async def test_the_call_goes_to_the_address_looked_at_and_tls_still_proves_the_name() -> None:
    called: list[httpx2.Request] = []
    await call(Names(["8.8.8.8"], ["127.0.0.1"]), called)  # asked a second time the name would lead here
    (request,) = called
    assert (request.url.host, request.headers["Host"]) == ("8.8.8.8", "op.example")
    assert request.extensions["sni_hostname"] == "op.example"


async def test_an_address_that_does_not_answer_is_followed_by_the_next_one() -> None:
    called: list[httpx2.Request] = []
    await call(Names(["2001:4860:4860::8888", "8.8.8.8"]), called, dead="2001:4860:4860::8888")
    assert [request.url.host for request in called] == ["2001:4860:4860::8888", "8.8.8.8"]
    with pytest.raises(httpx2.ConnectError):
        await call(Names(["8.8.8.8"]), called, dead="8.8.8.8")


async def test_this_machine_is_called_in_development_only() -> None:
    called: list[httpx2.Request] = []
    await call(Names(["127.0.0.1"]), called, loopback_http=True)
    assert len(called) == 1


async def test_a_name_nobody_knows_is_a_provider_that_cannot_be_reached() -> None:
    with pytest.raises(SignInRefused) as caught:
        await Http().get("https://op.invalid/keys")
    assert caught.value.reason is Refusal.PROVIDER_UNREACHABLE
