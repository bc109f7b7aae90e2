"""May these bytes reach the engine? Nothing a client sends touches pycrdt before its document's guard.

yrs can be crashed, or made to take gigabytes, by updates of a few bytes (docs/decisions). So every update is
first read strictly (`update`, `values`: syntax) and then held against what the document holds (`draft`,
`index`: meaning). What passes, the engine takes as a browser does.
"""

from collab.guard.guard import Guard, Passed
from collab.guard.refusals import Grammar, Limits, Reason, Refused
from collab.guard.update import decode_state_vector

__all__ = ["Grammar", "Guard", "Limits", "Passed", "Reason", "Refused", "decode_state_vector"]
