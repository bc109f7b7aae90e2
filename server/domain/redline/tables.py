"""Which columns of a table are which of the other: asked once for all of its rows."""

from collections import Counter
from collections.abc import Sequence

from server.domain.redline.pairing import Reading
from server.domain.redline.parts import Part
from server.domain.redline.sequences import Match

SAME_PLACE = 0.25  # of a vote: what decides when no cell says anything
MOST_COLUMNS = 100


def columns(one: Part, other: Part, rows: Sequence[Match], reading: Reading) -> list[Match] | None:
    """The columns that are each other's; None where cells were merged, for then there are no columns."""
    wide, wide_there = _width(one), _width(other)
    if wide is None or wide_there is None:
        return None
    votes: Counter[Match] = Counter()
    for i, j in rows:
        votes.update(_votes(one.children[i].children, other.children[j].children, reading))
    return _most(votes, wide, wide_there)


def _width(table: Part) -> int | None:
    """How many columns a table has, when every row has as many cells and every cell is one column wide."""
    widths = {len(row.children) for row in table.children}
    spans = (cell.node.get("attrs", {}) for row in table.children for cell in row.children)
    is_plain = all(one.get("colspan", 1) == one.get("rowspan", 1) == 1 for one in spans)
    return widths.pop() if is_plain and len(widths) == 1 and max(widths) <= MOST_COLUMNS else None


def _votes(a: Sequence[Part], b: Sequence[Part], reading: Reading) -> list[Match]:
    """The cells of two rows that are surely each other's: by their id, or their words if no other there has them."""
    found: list[Match] = []
    ids, keys = {one.id: j for j, one in enumerate(b)}, Counter(one.key for one in (*a, *b))
    words = {one.key: j for j, one in enumerate(b)}
    for i, one in enumerate(a):
        if one.id in reading.ids and one.id in ids:
            found.append((i, ids[one.id]))
        elif keys[one.key] == 2 and one.key in words:  # once on each side
            found.append((i, words[one.key]))
    return found


def _most(votes: Counter[Match], n: int, m: int) -> list[Match]:
    """Columns in order with the most votes in all."""
    best = [[0.0] * (m + 1) for _ in range(n + 1)]

    def worth(i: int, j: int) -> float:
        return votes[i, j] + (SAME_PLACE if i == j else 0)

    for i in range(n - 1, -1, -1):
        for j in range(m - 1, -1, -1):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], worth(i, j) + best[i + 1][j + 1])
    found: list[Match] = []
    i = j = 0
    while i < n and j < m:
        if worth(i, j) and best[i][j] == worth(i, j) + best[i + 1][j + 1]:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return found
