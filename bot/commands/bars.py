"""Counts as a line of block characters. Pure."""

from collections.abc import Sequence

BLOCKS = "▁▂▃▄▅▆▇█"


def bars(counts: Sequence[int]) -> str:
    """A block for each count, as high as it is beside the highest; the lowest block is none."""
    most = max(counts, default=0)
    if not most:
        return BLOCKS[0] * len(counts)
    steps = len(BLOCKS) - 1
    return "".join(BLOCKS[-(-count * steps // most)] for count in counts)
