"""How an event is written to the log: one line each, `name=value` or JSON, never with a word of a contract.

An event is a message of the standard `logging` whose one argument is a mapping; its fields are then written beside
the sentence, for programs that read logs. Traces hold no values: the database's are hidden in `server.store.engine`.
"""

import json
import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

_PLAIN = re.compile(r"[^\s\"=\\\x00-\x1f\x7f-\x9f\u2028\u2029]+")  # needs no quotation marks


class Lines(logging.Formatter):
    """Events as lines: `json` for one object a line, `text` for fields a person reads too."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self._write = _json if form == "json" else _text

    def format(self, record: logging.LogRecord) -> str:
        """One event; its trace, if it has one, is a field in JSON and follows on lines of its own in text."""
        fields: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "log": record.name,
            "says": record.getMessage(),
        }
        if isinstance(record.args, Mapping):
            fields |= {str(name): value for name, value in record.args.items()}
        return self._write(fields, self.formatException(record.exc_info) if record.exc_info else None)


def begin(form: str) -> None:
    """Write every event of this process to the standard error output from now on."""
    handler = logging.StreamHandler()
    handler.setFormatter(Lines(form))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("entente").setLevel(logging.INFO)


def _json(fields: Mapping[str, Any], trace: str | None) -> str:
    return json.dumps({**fields, **({"trace": trace} if trace else {})}, ensure_ascii=False, default=str)


def _text(fields: Mapping[str, Any], trace: str | None) -> str:
    line = " ".join(f"{name}={_quoted(str(value))}" for name, value in fields.items())
    return f"{line}\n{trace}" if trace else line


def _quoted(value: str) -> str:
    return value if _PLAIN.fullmatch(value) else json.dumps(value)
