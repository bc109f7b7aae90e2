"""The way in for pages whose network lets no websocket through: requests that wait for news, requests that bring.

The doors are those of any page, asked again for every request; what they lead to is the `Page` a websocket leads to.
"""

from starlette.requests import Request
from starlette.responses import Response

from auth.people import Seat, Visitor
from collab.line import Given, Line
from server.live.lines import Owner
from server.web.open_page import Page
from server.web.parts import parts

ENDED = "Entente-Close"  # with it the line is over: a close code of docs/reference/wire.md
TAKEN = "Entente-Taken"  # how many bytes of the page's stream have been taken in
LONGEST_NUMBER = 15  # digits: what JavaScript counts exactly


async def open_line(request: Request) -> Response:
    """Begin to talk over requests."""
    own, visitor, seat = parts(request), request.state.visitor, request.state.seat
    if not isinstance(visitor, Visitor) or not isinstance(seat, Seat):
        raise RuntimeError("the door of `open_line` let a stranger through")
    contract_id, seen = request.path_params["contract_id"], request.query_params.get("seen", "")
    line = Line(message_bytes=own.settings.message_kib * 1024)
    page = Page(line, own, visitor, seat, contract_id=contract_id, seen=seen, address=own.addresses.of(request))
    key = own.lines.open(line, _owner(request), page.run)
    return Response(status_code=201, headers={"Location": f"{request.url.path}/{key}"})


async def hear_line(request: Request) -> Response:
    """What the page has not heard yet; waits while that is nothing."""
    wait_s = parts(request).lines.wait_s(_owner(request))
    return _answer(await _line(request).fetch(_number(request, "heard"), wait_s))


async def say_line(request: Request) -> Response:
    """Take in what the page says."""
    line = _line(request)
    given = await line.bring(_number(request, "from"), await request.body())
    return _answer(given, **{TAKEN: str(given.at)})


async def close_line(request: Request) -> Response:
    """The page leaves."""
    _line(request).leave()
    return Response(status_code=204)


def _owner(request: Request) -> Owner:
    return Owner(request.state.visitor.session_id, request.path_params["contract_id"])


def _line(request: Request) -> Line:
    return parts(request).lines.find(request.path_params["line"], _owner(request))


def _number(request: Request, name: str) -> int:
    """A place in a stream; one that can be none is beyond every stream."""
    said = request.query_params.get(name, "")
    is_number = said.isascii() and said.isdecimal() and len(said) <= LONGEST_NUMBER
    return int(said) if is_number else 10**LONGEST_NUMBER


def _answer(given: Given, **headers: str) -> Response:
    if given.code is not None:
        headers[ENDED] = str(int(given.code))
    return Response(given.piece, headers=headers, media_type="application/octet-stream")
