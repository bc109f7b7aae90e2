"""Who is at the door of a route, and may they come in: `auth.policy.ROUTES` asked once for every request."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from starlette.middleware.body_limit import MAX_BODY_SIZE_SCOPE_KEY
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from auth.people import Seat, Visitor
from auth.policy import ROUTES, Action, Door
from auth.session import COOKIE
from server.domain.people.security import SecurityKind
from server.domain.refusals import NotFound, NotSignedIn, TooOften
from server.store import administrators, people, sessions
from server.web.parts import parts

Endpoint = Callable[[Request], Awaitable[Response]]


def guarded(
    path: str,
    endpoint: Endpoint,
    *,
    name: str,
    methods: tuple[str, ...] = ("GET",),
    is_gesture: bool = True,
    body_limit: int | None = None,
) -> Route:
    """A route behind its door; what a page asks for by itself is no gesture of its person.

    `body_limit` is in bytes, where a request may bring more than a form.

    Raises:
        KeyError: the policy table does not know `name`; the program does not start.
    """
    ROUTES[name]

    async def behind_its_door(request: Request) -> Response:
        if _is_too_long(request):  # asked before anything is done: not every endpoint reads what was sent
            return PlainTextResponse("too long", 413)
        await enter(request, name, is_gesture=is_gesture)
        return await endpoint(request)

    return Route(path, behind_its_door, name=name, methods=list(methods), max_body_size=body_limit)


def _is_too_long(request: Request) -> bool:
    said = request.headers.get("content-length", "")
    return said.isdecimal() and int(said) > request.scope[MAX_BODY_SIZE_SCOPE_KEY]


async def enter(
    connection: HTTPConnection, name: str, *, is_gesture: bool = True
) -> tuple[Visitor | None, Seat | None]:
    """Let someone through the door of route `name`; `state.visitor` and `state.seat` say who it is.

    A person's gesture keeps the session alive; a page that reconnects by itself does not.

    Raises:
        TooOften: too many came from that network address or this person, for what is counted.
        NotSignedIn: the door is for people who are signed in.
        NotFound: a stranger to the contract, or a contract that does not exist: the same answer; or a door for
            people who manage a contract or administer the platform, and this one does not.
    """
    try:
        return await _enter(connection, name, is_gesture=is_gesture)
    except TooOften:
        await parts(connection).watch.note(connection, SecurityKind.TOO_OFTEN, route=name)
        raise
    except NotFound:
        await parts(connection).watch.note(connection, SecurityKind.NOT_ALLOWED, route=name)
        raise


async def _enter(connection: HTTPConnection, name: str, *, is_gesture: bool) -> tuple[Visitor | None, Seat | None]:
    parts(connection).addresses.pass_through(connection, name)
    door, action = ROUTES[name]
    contract_id = connection.path_params.get("contract_id", "") if door is Door.MEMBER else ""
    visitor, seat = await _visitor(connection, contract_id, is_gesture=is_gesture)
    connection.state.visitor, connection.state.seat = visitor, None
    if door is Door.ANYONE:
        return visitor, None
    if visitor is None:
        raise NotSignedIn
    parts(connection).asking.pass_through(connection, visitor, name)
    if door is Door.SIGNED_IN:
        return visitor, None
    if door is not Door.MEMBER:
        await _check_known(connection, door, visitor)
        return visitor, None
    if seat is None or action is None or not seat.may(action):
        raise NotFound
    connection.state.seat = seat
    return visitor, seat


async def _check_known(connection: HTTPConnection, door: Door, visitor: Visitor) -> None:
    """Whether a person manages a contract, or administers the platform, as the door asks."""
    async with parts(connection).store.reading() as session:
        if door is Door.LEAD:
            comes_in = any(seat.may(Action.MANAGE) for seat in await people.seats(session, visitor.person_id))
        else:
            comes_in = await administrators.is_administrator(session, visitor.person_id)
    if not comes_in:
        raise NotFound


async def _visitor(
    connection: HTTPConnection, contract_id: str, *, is_gesture: bool
) -> tuple[Visitor | None, Seat | None]:
    token = connection.cookies.get(COOKIE)
    if token is None:
        return None, None
    if not contract_id.isprintable():  # a database may refuse to be asked for a NUL
        contract_id = ""
    own, now = parts(connection), datetime.now(UTC)
    async with own.store.reading() as session:
        found = await sessions.visitor(session, token, contract_id, now)
    if found is None:
        return None, None
    visitor, seat, is_to_note = found
    if is_to_note and is_gesture:
        async with own.store.writing() as session:
            await sessions.seen(session, visitor.session_id, now)
    return visitor, seat
