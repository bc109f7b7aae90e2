"""A document that somebody brings into a text they write in: read, answered, and kept nowhere.

Its words count once they are in the text, as everything that is typed there does.
"""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from auth.people import Seat
from collab.conversation import Access
from server.domain.refusals import NotFound
from server.domain.refusals_of_documents import DocumentTooLarge, DocumentUnwanted
from server.web.parts import parts

BODY_LIMIT = 51 * 1024 * 1024  # bytes, more than any setting: what a person may send is answered in words


async def read_document(request: Request) -> Response:
    """The HTML of a Word or LibreOffice document, of our schema only, and the names of what could not come.

    Raises:
        NotFound, DocumentUnwanted: the text is none of this person's, or they may not write in it now.
        DocumentTooLarge, DocumentUnreadable, DocumentOld, DocumentLocked, DocumentTooInvolved, DocumentEmpty.
    """
    own = parts(request)
    await _may_write(request)
    brought = await own.desk.read(await _content(request, own.settings.document_mib))
    return JSONResponse({"html": brought.html, "lost": sorted(brought.lost)})


async def _may_write(request: Request) -> None:
    seat: Seat = request.state.seat
    standing = await parts(request).standings.of(request.path_params["contract_id"], is_now=True)
    access = standing.access(request.path_params["document"], seat)
    if access is None:
        raise NotFound
    if access is not Access.WRITE:
        raise DocumentUnwanted


async def _content(request: Request, most_mib: int) -> bytes:
    most = most_mib * 1024 * 1024
    said = request.headers.get("content-length", "")
    content = bytearray()
    if said.isdecimal() and int(said) > most:
        raise DocumentTooLarge(most=most_mib)
    async for piece in request.stream():
        content += piece
        if len(content) > most:
            raise DocumentTooLarge(most=most_mib)
    return bytes(content)
