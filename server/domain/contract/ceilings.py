"""How much may a contract hold? More than any real one needs, and little enough for every page to stay quick."""

from server.domain.refusals import TooMany

MOST_SECTIONS = 400  # those taken out included, which can be put back; the longest plan has under 200
MOST_PARTIES = 40
MOST_SEATS = 400
MOST_ESTABLISHMENTS = 500


def check_room(count: int, most: int) -> None:
    """Let one more be added where there are `count`.

    Raises:
        TooMany: there are `most` already.
    """
    if count >= most:
        raise TooMany(most=most)
