"""Money: integers in cents, never a float."""

from typing import NewType

Cents = NewType("Cents", int)

UNITS = {"euro entier": 100, "centime": 1}  # a contract file's amounts_unit → cents in one unit


def cents(amount: int, unit: str) -> Cents:
    """`amount` of a contract file, in `unit`, as cents.

    Raises:
        KeyError: `unit` is not one of UNITS.
    """
    return Cents(amount * UNITS[unit])
