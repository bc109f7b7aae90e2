"""What two texts have in common and what not, told as a lawyer would mark it: docs/explanation/redline.md."""

from server.domain.redline.comparing import redline
from server.domain.redline.counting import Counts, count
from server.domain.redline.result import Block, OtherBase, Piece, Redline, Seam, Sign, apply, invert

__all__ = ["Block", "Counts", "OtherBase", "Piece", "Redline", "Seam", "Sign", "apply", "count", "invert", "redline"]
