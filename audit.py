"""Asks whether what Entente is built on has known faults, for both lock files: `make audit`. Reported, never gating.

The advisories are those of PyPI (pip-audit) and of the configured npm registry; a network without them is said plainly.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from build_client import CLIENT, find_node

ROOT = Path(__file__).resolve().parent
PIP_AUDIT = (
    "--requirement",
    "constraints.txt",
    "--no-deps",
    "--disable-pip",
    "--progress-spinner",
    "off",
    "-f",
    "json",
)


def python_findings(report: dict[str, Any]) -> tuple[list[str], int, int]:
    """The known faults of `constraints.txt`, how many packages were looked up, and how many could not be."""
    listed = report.get("dependencies", [])
    found = [
        f"{one['name']} {one['version']}: {fault['id']}, mended in {', '.join(fault['fix_versions']) or 'no version'}"
        for one in listed
        for fault in one.get("vulns", [])
    ]
    unknown = sum("skip_reason" in one for one in listed)
    return found, len(listed) - unknown, unknown


def client_findings(report: dict[str, Any]) -> list[str] | None:
    """The known faults of `client/package-lock.json`; None when nobody answered."""
    if "vulnerabilities" not in report:
        return None
    return [f"{name} {one['range']}: {one['severity']}" for name, one in sorted(report["vulnerabilities"].items())]


def _asked(*words: str, **more: Any) -> dict[str, Any]:
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=ROOT, **more)  # noqa: S603 (our own words)
    try:
        report = json.loads(done.stdout)
    except ValueError:
        return {}
    return report if isinstance(report, dict) else {}


def _say(where: str, found: list[str] | None, looked_up: str = "every package looked up") -> None:
    if found is None:
        print(f"{where}: not looked up: no advisories can be reached from here")
        return
    print("\n  ".join([f"{where}: {len(found)} known faults; {looked_up}", *found]))


def main(pip_audit: str) -> None:
    """Look both up and say what is known."""
    found, known, unknown = python_findings(_asked(pip_audit, *PIP_AUDIT))
    _say("constraints.txt", found if known else None, f"{known} packages looked up, {unknown} could not be")
    node = find_node()
    words = ("audit", "--package-lock-only", "--json", "--prefix", str(CLIENT))
    _say("client/package-lock.json", client_findings(_asked(*node.npm, *words, env=dict(node.env))))


if __name__ == "__main__":
    main(sys.argv[1])
