"""Which figures stand in the table, and what each has to reach beside the peer's of the same run."""

from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.comparing import Figures

THEIRS = "Hocuspocus 4.7"
PAGES = "our pages, which also hear the contract's news"


@dataclass(frozen=True)
class Target:
    """A bound: a share of the peer's figure, or a figure."""

    bound: float
    is_share: bool = True
    is_least: bool = False

    def is_met(self, ours: float, theirs: float | None) -> bool | None:
        """Whether it is reached; None when there is nothing to compare with."""
        if self.is_share and theirs is None:
            return None
        bound = self.bound * (theirs or 0) if self.is_share else self.bound
        return ours >= bound if self.is_least else ours <= bound

    def __str__(self) -> str:
        """As the table says it."""
        return f"{'≥' if self.is_least else '≤'} {self.bound:g}{' ×' if self.is_share else ''}"


@dataclass(frozen=True)
class Row:
    """A line of the table: whose figure, in words, in which unit; what it must reach and what it aims at."""

    measure: str
    key: str
    says: str
    unit: str
    must: Target | None = None
    aim: Target | None = None


NONE_LOST = Target(0, is_share=False)
ROWS = (
    *(
        row
        for size, writing in ((10, 3), (50, 5))
        for row in (
            Row("meeting", f"{size}.p50", f"meeting of {size}, {writing} write: key to other screens, p50", "ms"),
            Row("meeting", f"{size}.p95", f"meeting of {size}: p95", "ms"),
            Row("meeting", f"{size}.p99", f"meeting of {size}: p99", "ms"),
            Row("meeting", f"{size}.cpu", f"meeting of {size}: processor of the server", "% of a core"),
        )
    ),
    Row("meeting", "200.p50", "meeting of 200, 10 write: key to other screens, p50", "ms"),
    Row("meeting", "200.p95", "meeting of 200: p95", "ms"),
    Row("meeting", "200.p99", "meeting of 200: p99", "ms", Target(1.1), Target(0.7)),
    Row("meeting", "200.cpu", "meeting of 200: processor of the server", "% of a core", Target(0.6), Target(0.45)),
    Row("meeting", "200.memory_mb", "meeting of 200: memory of the server", "MB"),
    Row("meeting", "200.lost", "meeting of 200: keys that did not arrive", "", NONE_LOST),
    Row("meeting", "pages.200.p99", f"meeting of 200 as {PAGES}: p99", "ms"),
    Row("meeting", "pages.200.cpu", f"meeting of 200 as {PAGES}: processor", "% of a core"),
    Row("ceiling", "best", "most keys a second with p99 < 250 ms, 50 connected", "/s", Target(1, is_least=True)),
    Row("ceiling", "at_theirs.p99", "p99 at the peer's most", "ms", None, Target(0.33)),
    Row("ceiling", "at_theirs.cpu", "processor at the peer's most", "% of a core"),
    *(
        row
        for measure, what in (("joins", "640 kB contract"), ("trace", "260,000 operations"))
        for row in (
            Row(measure, "first", f"{what}: the very first to open it after the start", "ms"),
            Row(measure, "one", f"{what}: one more", "ms"),
            Row(measure, "warm", f"{what}: 100 at once, warm: the last", "ms", Target(0.4), Target(0.2)),
            Row(measure, "warm.cpu", f"{what}: 100 at once, warm: processor", "s"),
            Row(measure, "killed", f"{what}: 100 at once after `kill -9`: the last", "ms", Target(0.4), Target(0.2)),
            Row(measure, "killed.cpu", f"{what}: 100 at once after `kill -9`: processor", "s"),
        )
    ),
    Row("joins", "restart", "start again after `kill -9` until it answers", "ms"),
    Row("rooms", "room_kb", "memory a room with 2 sockets", "kB", Target(1), Target(0.6)),
    Row("rooms", "p99", "all rooms together 250 keys/s: p99", "ms"),
    Row("rooms", "cpu", "all rooms together 250 keys/s: processor", "% of a core"),
    Row("rooms", "lost", "all rooms together: keys that did not arrive", "", NONE_LOST),
    *(
        row
        for rate in (25, 200)
        for row in (
            Row("kills", f"{rate}.seen", f"`kill -9` at {rate} keys/s: keys somebody else had seen", ""),
            Row("kills", f"{rate}.lost", f"`kill -9` at {rate} keys/s: of these lost", "", NONE_LOST, NONE_LOST),
            Row("kills", f"{rate}.seconds", f"`kill -9` at {rate} keys/s: most lost at once", "s of typing"),
        )
    ),
    Row(
        "stuck",
        "growth_mb",
        "a reader stops while 16 MB are produced: growth",
        "MB",
        Target(8, is_share=False),
        Target(2, is_share=False),
    ),
)


def table(measure: str, found: Mapping[str, Figures]) -> list[str]:
    """The lines of a measure in Markdown: what, ours, theirs, the ratio, what was to be reached, what was."""
    ours, theirs = _beside(measure, found.get("ours", {}), found.get("theirs", {}))
    return [
        _line(row, ours[row.key], theirs.get(row.key)) for row in ROWS if row.measure == measure and row.key in ours
    ]


def head() -> list[str]:
    """The table's first two lines."""
    return [f"| what | ours | {THEIRS} | ratio | must (aim) | reached |", "|---|---|---|---|---|---|"]


def _beside(measure: str, ours: Figures, theirs: Figures) -> tuple[Figures, Figures]:
    """At the ceiling both are also compared where the peer is at its best."""
    rate = theirs.get("best")
    if measure != "ceiling" or not rate:
        return ours, theirs
    names = {f"{rate:.0f}.{figure}": f"at_theirs.{figure}" for figure in ("p99", "cpu")}
    return tuple({**one, **{new: one[old] for old, new in names.items() if old in one}} for one in (ours, theirs))  # type: ignore[return-value]


def _line(row: Row, ours: float, theirs: float | None) -> str:
    ratio = f"{ours / theirs:.2f} ×" if theirs else "–"
    wanted = " ".join(filter(None, [str(row.must or ""), f"({row.aim})" if row.aim else ""]))
    cells = [row.says, _says(ours, row.unit), _says(theirs, row.unit), ratio, wanted, _reached(row, ours, theirs)]
    return f"| {' | '.join(cells)} |"


def _reached(row: Row, ours: float, theirs: float | None) -> str:
    for name, target in (("aim", row.aim), ("must", row.must)):
        if target is not None and target.is_met(ours, theirs):
            return name
    judged = [one.is_met(ours, theirs) for one in (row.must or row.aim,) if one]
    return "**no**" if False in judged else ""


def _says(figure: float | None, unit: str) -> str:
    if figure is None:
        return "–"
    digits = 0 if figure >= 100 or figure == int(figure) else 1 if figure >= 10 else 2
    return f"{figure:.{digits}f} {unit}".strip()
