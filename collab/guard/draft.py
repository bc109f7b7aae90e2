"""May this update be applied to this document? Its meaning, judged against the index, which stays as it is.

The rules are those under which the engine (yrs) was measured to neither fail nor differ from browsers.
Sources: yjs, structs/Item.js (getMissing, integrate); yjs, utils/encoding.js (integrateStructs).
"""

from collections.abc import Callable, Iterable, Iterator
from heapq import heappop, heappush
from typing import NamedTuple

from collab.guard.crowds import Crowds
from collab.guard.index import (
    GONE,
    NOTHING,
    NOWHERE,
    ROOT_PLACE,
    Holder,
    Index,
    Pairs,
    Place,
    Span,
    Spans,
    holder,
)
from collab.guard.refusals import Grammar, Limits, Reason, Refused
from collab.guard.update import (
    ANY,
    DELETED,
    FORMAT,
    GC,
    STRING,
    TYPE,
    Id,
    Range,
    Struct,
    Update,
    utf16_length,
)


class Wait(NamedTuple):
    """What a struct must wait for, and what is wrong with it if that never comes."""

    clock: int
    client: int
    waiter: int
    reason: Reason


class Draft:
    """What an update adds to an index. `admit` raises `Refused` for a client that may not add anything."""

    __slots__ = ("_admit", "_crowds", "_grammar", "_holders", "_index", "_limits", "deletes", "pairs", "spans")

    def __init__(
        self,
        index: Index,
        grammar: Grammar,
        limits: Limits,
        admit: Callable[[int], None],
        crowds: Crowds | None = None,
    ) -> None:
        self._index = index
        self._grammar = grammar
        self._limits = limits
        self._admit = admit
        self._crowds = crowds or Crowds(index, limits.steps)
        self._holders: list[Holder] = []
        self.spans = Spans()
        self.pairs = Pairs()
        self.deletes: list[Range] = []

    def read(self, update: Update) -> None:
        """Place all structs of `update` and note what it deletes anew; raises `Refused`."""
        self._place_all({client: self._block(block) for client, block in update.blocks.items()})
        for range_ in update.deletes:
            self._delete(range_)

    @property
    def clients(self) -> Iterable[int]:
        """Who adds something."""
        return self.spans.ends()

    def commit(self) -> None:
        """Add the draft to the index."""
        self._index.holders += self._holders
        self._index.spans.extend(self.spans)
        self._index.pairs.extend(self.pairs)
        self._index.deletions.add(self.deletes)
        self._crowds.commit()

    def _end(self, client: int) -> int:
        return self.spans.end(client) or self._index.spans.end(client)

    def _place_all(self, blocks: dict[int, Iterator[Wait]]) -> None:
        """Run each client's block; one that waits for another sleeps until that one has come so far.

        Every wait is entered and woken once, whatever the order: linear, but for the heaps.
        """
        ready = list(blocks)
        waiting: dict[int, list[Wait]] = {}
        while ready:
            client = ready.pop()
            wait = next(blocks[client], None)
            if wait is not None:
                heappush(waiting.setdefault(wait.client, []), wait)
            heap = waiting.get(client)
            while heap and heap[0].clock < self._end(client):
                ready.append(heappop(heap).waiter)
        for heap in waiting.values():
            for wait in heap:
                raise Refused(wait.reason)

    def _block(self, block: list[Struct]) -> Iterator[Wait]:
        """Place one client's structs, yielding what must be known first."""
        client = block[0].client
        have = self._end(client)
        if block[0].clock > have:
            raise Refused(Reason.GAP)
        if block[-1].end > have:
            self._admit(client)
        for struct in block:
            end = struct.end
            if end > have:
                while (wait := self._lacking(struct)) is not None:
                    yield wait
                self._place(struct, have, end)
                have = end

    def _lacking(self, struct: Struct) -> Wait | None:
        """The first thing that must be known before `struct` can be placed, if any."""
        client, _, _, _, origin, right_origin, parent, _, _ = struct
        if origin is not None and self._is_unknown(origin, struct):
            return Wait(origin.clock, origin.client, client, Reason.UNKNOWN_ORIGIN)
        if right_origin is not None and self._is_unknown(right_origin, struct):
            return Wait(right_origin.clock, right_origin.client, client, Reason.UNKNOWN_ORIGIN)
        if isinstance(parent, Id) and self._is_unknown(parent, struct):
            return Wait(parent.clock, parent.client, client, Reason.UNKNOWN_PARENT)
        return None

    def _is_unknown(self, id: Id, struct: Struct) -> bool:
        client, clock = id
        if client == struct.client and clock < struct.clock:
            return False  # its own, before it
        return clock >= self._end(client)

    def _place(self, struct: Struct, have: int, end: int) -> None:
        """Index the part of `struct` from clock `have` up to its `end`, after all checks."""
        client, start, length, ref, origin, right_origin, _, _, text = struct
        place, left = (NOWHERE, None) if ref == GC else self._place_of(struct)
        before = left if origin is not None and origin.clock == start - 1 and origin.client == client else None
        if start < have and ref != GC:  # garbage may well begin with what was none yet
            last = Id(client, have - 1)
            before = self._span(last)
            if before.place != place:  # an honest one was merged by its client from updates we have had in part
                raise Refused(Reason.MISPLACED)
            if right_origin is not None:  # the engine forgets its origin and takes this one
                self._check_order(client, last, before, right_origin)
        inside = NOTHING
        if place != NOWHERE:
            inside = self._fill(struct, place)
            self._crowds.join(place, struct)
        if ref == STRING and len(text) != length:
            self._note_pairs(struct, have)
        chain = before.chain if before is not None and before.place == place else have
        self.spans.append(client, Span(have, place, inside, chain), end)

    def _place_of(self, struct: Struct) -> tuple[Place, Span | None]:
        """Where a struct says it stands, `NOWHERE` if that is garbage; and its left neighbour, if it has one."""
        origin, right_origin = struct.origin, struct.right_origin
        if origin is None:
            place = self._left_most(struct) if right_origin is None else self._neighbour(right_origin, 0).place
            return place, None
        left = self._neighbour(origin, 1)
        if right_origin is not None:
            if left.place != self._neighbour(right_origin, 0).place:
                raise Refused(Reason.ORIGINS_APART)
            self._check_order(struct.client, origin, left, right_origin)
        return left.place, left

    def _check_order(self, client: int, origin: Id, left: Span, right_origin: Id) -> None:
        """Refuse a right origin that is surely not to the right: the engine places it by how it was split.

        Live, after a restart and in browsers the text would differ.
        """
        if left.place != NOWHERE and left.is_reversed(origin, right_origin, client):
            raise Refused(Reason.ORIGINS_REVERSED)

    def _span(self, id: Id) -> Span:
        span = self._index.spans.find(id) or self.spans.find(id)
        if span is None:  # cannot be: `_lacking` waited for it
            raise Refused(Reason.UNKNOWN_ORIGIN)
        return span

    def _neighbour(self, id: Id, offset: int) -> Span:
        """The span of a neighbour, which the engine cuts `offset` behind `id`."""
        self._check_cut(id.client, id.clock + offset)
        return self._span(id)

    def _left_most(self, struct: Struct) -> Place:
        """The list a struct without neighbours names: a parent's children, or the values of its attribute."""
        parent, key = struct.parent, struct.key
        children = ROOT_PLACE if parent == self._grammar.root else self._inside(parent)
        if key is None or children == NOWHERE:
            return children
        attributes = self._grammar.elements.get(self._holder(children).element)
        if attributes is None:
            raise Refused(Reason.MISPLACED)
        if key not in attributes:
            raise Refused(Reason.UNKNOWN_ATTRIBUTE)
        return children + self._grammar.attributes[key]

    def _inside(self, parent: Id | str | None) -> Place:
        if not isinstance(parent, Id):
            raise Refused(Reason.UNKNOWN_ROOT)
        _, place, inside, _ = self._span(parent)
        if inside == NOTHING and place != NOWHERE:
            raise Refused(Reason.NOT_A_PARENT)
        return max(inside, NOWHERE)  # what is gone is garbage

    def _holder(self, place: Place) -> Holder:
        known, row = len(self._index.holders), place // self._index.lists
        return self._index.holders[row] if row < known else self._holders[row - known]

    def _fill(self, struct: Struct, place: Place) -> Place:
        """What is inside of `struct`, which may stand in `place`."""
        ref = struct.ref
        holds = self._holder(place)
        if holds.depth >= self._limits.xml_depth:
            raise Refused(Reason.TOO_DEEP)
        if ref == DELETED:
            return GONE
        is_attribute = place % self._index.lists != 0
        if ref not in ((ANY,) if is_attribute else (STRING, FORMAT) if holds.is_text else (TYPE,)):
            raise Refused(Reason.MISPLACED)
        if ref != TYPE:
            return NOTHING
        self._holders.append(holder(struct.text, holds.depth + 1))
        return (len(self._index.holders) + len(self._holders) - 1) * self._index.lists

    def _note_pairs(self, struct: Struct, have: int) -> None:
        halves = [clock for clock in _second_halves(struct) if clock >= have]
        if halves and halves[0] == have:
            raise Refused(Reason.SPLIT_PAIR)
        self.pairs.append(struct.client, halves)

    def _check_cut(self, client: int, clock: int) -> None:
        if self._index.pairs.are_cut(client, clock) or self.pairs.are_cut(client, clock):
            raise Refused(Reason.SPLIT_PAIR)

    def _delete(self, range_: Range) -> None:
        client, start, end = range_
        if end > self._end(client):
            raise Refused(Reason.UNKNOWN_DELETION)
        self._check_cut(client, start)
        self._check_cut(client, end)
        missing = self._index.deletions.missing(range_)
        self.deletes += missing
        if len(self.deletes) > self._limits.deletions:
            raise Refused(Reason.TOO_MANY)
        for _, start, end in missing:
            self._note_cut(Id(client, start))
            self._note_cut(Id(client, end - 1))

    def _note_cut(self, edge: Id) -> None:
        place = self._span(edge).place
        if place != NOWHERE:
            self._crowds.cut(place)


def _second_halves(struct: Struct) -> Iterator[int]:
    """The clocks of the second halves of the surrogate pairs in a string."""
    clock = struct.clock
    for character in struct.text:
        clock += utf16_length(character)
        if character > "\uffff":
            yield clock - 1
