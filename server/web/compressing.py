"""Which answers leave compressed, and what in them is compressed apart from the rest (decision 0008)."""

import re
import zlib

from markupsafe import Markup
from starlette.datastructures import Headers
from starlette.middleware.gzip import GZipResponder, IdentityResponder
from starlette.types import ASGIApp, Receive, Scope, Send

SMALLEST_BYTES = 1024  # below, compressing gains nothing
LEVEL = 4  # the large contract: 680 kB become 166 kB in 10 ms, beside the event loop; level 6 takes 21 ms for 150 kB
SHARED = re.compile(r"/static/.*|/contracts/[^/]+")  # files of the client; the page of a contract
APART = Markup("<!--apart-->")


def apart(words: str) -> Markup:
    """Words that not every party may read, to stand on a page that is compressed: nothing is shortened by them."""
    return APART + words + APART


class Compressed:
    """A layer that compresses files of the client and the pages of contracts, if their address carries no query."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, its answer compressed or not."""
        path = scope.get("path", "")
        is_chosen = bool(scope.get("query_string")) and not path.startswith("/static/")
        answering = self._app
        if scope["type"] == "http" and not is_chosen and SHARED.fullmatch(path):
            takes = "gzip" in Headers(scope=scope).get("accept-encoding", "")
            answering = (
                _InPieces(self._app, SMALLEST_BYTES, LEVEL) if takes else IdentityResponder(self._app, SMALLEST_BYTES)
            )
        await answering(scope, receive, send)


class _InPieces(GZipResponder):
    """One gzip stream in which what stands apart shares neither window nor code table with the rest (RFC 1951, 3.2)."""

    async def apply_compression(self, body: bytes, *, more_body: bool) -> bytes:
        """Compress what is known of an answer; `Z_FULL_FLUSH` forgets all that came before."""
        *pieces, last = body.split(APART.encode())
        made = []
        for piece in pieces:
            made.append(await super().apply_compression(piece, more_body=True))
            made.append(self.compressor.flush(zlib.Z_FULL_FLUSH))
        made.append(await super().apply_compression(last, more_body=more_body))
        return b"".join(made)
