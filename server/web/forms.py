"""A form between a page and the function that takes it: read whole, and shown again with what is wrong."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from server.domain.identifiers import Doubt
from server.domain.refusals import ChangedMeanwhile, NotFound, Refusal, SheetRefused
from server.domain.sheets import Sheet, Values, version_of
from server.web.errors import STATUS

FIELDS, FIELD_BYTES = 60, 8192  # of a form of ours, and of each field


@dataclass(frozen=True)
class Form:
    """A form as a page shows it.

    `theirs` are the values that somebody saved meanwhile, where they differ from those typed; `refusal` is what the
    page says above the fields, `points` its details.
    """

    values: Values
    version: str
    problems: Mapping[str, Doubt] = field(default_factory=dict)
    theirs: Values = field(default_factory=dict)
    refusal: Refusal | None = None
    points: tuple[Doubt, ...] = ()

    def value(self, name: str) -> str:
        """What a field holds."""
        return self.values.get(name, "")


def opened(values: Values) -> Form:
    """A form made from what is kept, or from nothing."""
    return Form(values, version_of(values))


def blank(values: Values) -> Form:
    """A form for something new: it carries what no other does, so that it adds one thing even when sent twice."""
    return Form(values, token_hex(16))


async def read(request: Request, *, most: int = FIELDS) -> Sheet:
    """What was sent, `most` fields of it: each field once; boxes of one name are joined with spaces."""
    async with request.form(max_files=0, max_fields=most, max_part_size=FIELD_BYTES) as sent:
        names = dict.fromkeys(name for name, _ in sent.multi_items())
        values = {name: " ".join(one for one in sent.getlist(name) if isinstance(one, str)) for name in names}
    return Sheet(values, values.pop("version", ""))


def refused(sheet: Sheet, refusal: Refusal) -> Form:
    """The form again, every typed value kept; after a change by somebody else, ready to be sent again."""
    if isinstance(refusal, ChangedMeanwhile):
        now = refusal.current
        differ = {name: value for name, value in now.items() if sheet.values.get(name, value) != value}
        return Form(sheet.values, version_of(now), theirs=differ, refusal=refusal)
    problems = refusal.problems if isinstance(refusal, SheetRefused) else {}
    points = getattr(refusal, "where", ()) or getattr(refusal, "missing", ())
    return Form(sheet.values, sheet.version, problems=problems, refusal=refusal, points=tuple(points))


def instead(values: Values, form: Form) -> Form:
    """What a refused form says, over the values that stay: for a form that asks for something else."""
    return Form(values, form.version, refusal=form.refusal, points=form.points)


Show = Callable[[Request, Form, int], Awaitable[Response]]
Do = Callable[[Sheet], Awaitable[Any]]
Back = Callable[[Any], Awaitable[str]]  # what was done → the address that shows it
Then = Callable[[Any], Awaitable[Response]]


async def take(request: Request, do: Do, show: Show, back: Back) -> Response:
    """Do what a form asks, then go where its outcome is shown; refused, show the form again.

    Raises:
        NotFound: what it is about does not exist, or not for this person.
    """
    return await took(request, await read(request), do, show, back)


async def took(request: Request, sheet: Sheet, do: Do, show: Show, back: Back) -> Response:
    """`take` for a form that was read already.

    Raises:
        NotFound: what it is about does not exist, or not for this person.
    """

    async def then(outcome: Any) -> Response:
        return RedirectResponse(await back(outcome), 303)

    return await answer(request, sheet, do, show, then)


async def answer(request: Request, sheet: Sheet, do: Do, show: Show, then: Then) -> Response:
    """Do what a form asks, then answer with what comes of it; refused, show the form again.

    Raises:
        NotFound: what it is about does not exist, or not for this person.
    """
    try:
        outcome = await do(sheet)
    except NotFound:
        raise
    except Refusal as refusal:
        return await show(request, refused(sheet, refusal), STATUS[type(refusal)])
    return await then(outcome)
