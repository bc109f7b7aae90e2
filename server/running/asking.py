"""How often may one person ask for what costs much: forms, proposals, the past of a text?"""

import math
from collections.abc import Mapping

from starlette.requests import HTTPConnection

from auth.people import Visitor
from collab.counting import Counting
from collab.pace import Attempts
from server.domain.refusals import AskedTooOften
from server.settings import Settings

SAFE = frozenset({"GET", "HEAD"})
LIVE = frozenset({"open_line", "say_line", "close_line", "seen"})  # what a page does by itself has bounds of its own


class Asking:
    """The requests of every person, by what they cost."""

    def __init__(self, settings: Settings, counting: Counting) -> None:
        self._counting = counting
        self._forms = Attempts(settings.forms)
        readings = Attempts(settings.readings)
        self._attempts: Mapping[str, Attempts] = {
            "propose": Attempts(settings.proposals),
            "read_document": Attempts(settings.document_readings),
            "section_history": readings,
            "section_past": readings,
            "section_compare": readings,
            "proposal": readings,
            "section_authors": readings,
        }

    def pass_through(self, connection: HTTPConnection, visitor: Visitor, route: str) -> None:
        """Count a person's request for a route, if that one is counted.

        Raises:
            AskedTooOften: more than one person may.
        """
        attempts = self._attempts.get(route)
        if attempts is None and route not in LIVE and connection.scope.get("method", "GET") not in SAFE:
            attempts = self._forms
        wait_s = 0.0 if attempts is None else attempts.wait_s(visitor.person_id)
        if wait_s:
            self._counting.refused["asked-too-often"] += 1
            raise AskedTooOften(math.ceil(wait_s))
