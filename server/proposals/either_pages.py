"""Which pages show a proposal: those of a text, or those of the plan."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from server.store import proposals
from server.web.parts import parts

Page = Callable[[Request], Awaitable[Response]]


def either(of_text: Page, of_plan: Page) -> Page:
    """A page that is `of_plan` for a proposal about the plan that this person may know of, else `of_text`."""

    async def shown(request: Request) -> Response:
        path = request.path_params
        async with parts(request).store.reading() as session:
            found = await proposals.proposal(session, path["contract_id"], path["proposal_id"], request.state.seat)
        return await (of_plan if found is not None and found.is_of_plan else of_text)(request)

    return shown
