"""Money: integers in cents, never a float; and how it is written in French."""

from typing import NewType

Cents = NewType("Cents", int)

UNITS = {"euro entier": 100, "centime": 1}  # a contract file's amounts_unit → cents in one unit
THIN = "\u202f"  # narrow no-break space, between thousands
HARD = "\u00a0"  # no-break space, before € and %


def cents(amount: int, unit: str) -> Cents:
    """`amount` of a contract file, in `unit`, as cents.

    Raises:
        KeyError: `unit` is not one of UNITS.
    """
    return Cents(amount * UNITS[unit])


def in_words(amount: Cents) -> str:
    """The amount as a French page writes it: no decimals when it is whole.

    >>> in_words(Cents(1528850000)).replace(THIN, "_").replace(HARD, "~")
    '15_288_500~€'
    >>> in_words(Cents(-7205)).replace(HARD, "~")
    '−72,05~€'
    """
    euros, rest = divmod(abs(amount), 100)
    whole = f"{euros:,}".replace(",", THIN)
    return f"{'−' if amount < 0 else ''}{whole}{f',{rest:02d}' if rest else ''}{HARD}€"
