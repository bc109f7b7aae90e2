"""What a live text of ours may be made of, as the guard reads it."""

from collab.guard import Grammar
from server.domain.texts import text

GRAMMAR = Grammar(root=text.ROOT, elements=text.ELEMENTS, marks=frozenset(text.MARKS))
