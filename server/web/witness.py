"""What does the server see of a request that came through proxies? Told to who holds its secret keys: the doctor."""

import json
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import Any, Final

from starlette.requests import Request

from auth.sealing import SealBroken, Sealer
from server.web.parts import parts

HEADER: Final = "Entente-Question"
LIFE: Final = timedelta(minutes=2)
RUNNING: Final = version("entente")  # as it was installed when this process began


def question(sealer: Sealer, now: datetime) -> str:
    """The header's value, which the server answers for a moment."""
    return sealer.seal(json.dumps({"asks": "witness", "at": now.timestamp()}))


def told(request: Request) -> dict[str, Any]:
    """What to add to an answer: nothing, unless the question is one."""
    asked = request.headers.get(HEADER)
    if asked is None or not _is_question(parts(request).sealer, asked, datetime.now(UTC)):
        return {}
    seen = parts(request).addresses.seen(request)
    written = {name: request.headers.get(name, "") for name in ("host", "origin")}
    return {"version": RUNNING, "caller": seen.caller, "peer": seen.peer, "is_said": seen.is_said, **written}


def _is_question(sealer: Sealer, asked: str, now: datetime) -> bool:
    try:
        said = json.loads(sealer.open(asked))
        at = datetime.fromtimestamp(float(said["at"]), UTC)
    except (SealBroken, ValueError, LookupError, TypeError, OverflowError, OSError, RecursionError):
        return False
    return said.get("asks") == "witness" and abs(now - at) < LIFE


def installed() -> str:
    """The version that is installed now."""
    return version("entente")
