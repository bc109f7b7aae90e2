"""A long list a page at a time: which page an address asks for, and what is on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from starlette.requests import Request

from server.domain.refusals import NotFound

PAGE = 50  # rows a page
T = TypeVar("T")


@dataclass(frozen=True)
class Paged(Generic[T]):
    """One page of a list of `count` rows; pages count from 1, and an empty list has one."""

    rows: Sequence[T]
    number: int
    count: int

    @property
    def last(self) -> int:
        """The number of the last page."""
        return max(1, -(-self.count // PAGE))


def paged(request: Request, every: Sequence[T]) -> Paged[T]:
    """The page of a list that is asked for, the first when none is.

    Raises:
        NotFound: there is no such page.
    """
    asked = request.query_params.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 16 else 0
    page = Paged(every[(number - 1) * PAGE : number * PAGE], number, len(every))
    if not 1 <= number <= page.last:
        raise NotFound
    return page
