"""What the archives of benchmarks are asked: searches as people type them, by kind."""

import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from storage import search
from storage.search import Search
from tests.benchmarks.asking import Desk
from tests.benchmarks.generating import ENDINGS, LANGUAGES, PLACES, Invention

QUESTIONS = 40  # of each kind
RANKS = 4000  # of words, looked through for those of a share
MONTH = timedelta(days=30)
CHANNELS = 20  # the busiest


async def questions(desk: Desk, invention: Invention) -> Mapping[str, Sequence[str]]:
    """What is asked, by kind."""
    chance = random.Random(7)
    medium = await _of_share(desk, invention, 0.001, 0.004)
    common = await _of_share(desk, invention, 0.03, 0.10)
    rare = chance.sample(invention.rare, min(QUESTIONS, len(invention.rare)))
    return {
        "rare": [name.capitalize() for name in _as_many(rare)],
        "medium": medium,
        "common": common,
        "and": [f"{one} {other}" for one, other in zip(common, medium, strict=True)],
        "channel and month": await _of_a_channel_and_month(desk, common),
        "phrase": [f'"{pair}"' for pair in await _pairs(desk, invention)],
        "name": _as_many([place for code in LANGUAGES for place in PLACES[code]]),
    }


def _as_many(found: Sequence[str]) -> list[str]:
    return [found[number % len(found)] for number in range(QUESTIONS)]


async def _of_share(desk: Desk, invention: Invention, least: float, most: float) -> list[str]:
    """Words that such a share of all posts has, in some form. Typed is the second: it tells what
    the others are.
    """
    total = invention.count
    found: list[str] = []
    rank = 0
    while len(found) < QUESTIONS and rank < min(RANKS, 2 * len(invention.stems[LANGUAGES[0]])):
        code = LANGUAGES[rank % 2]  # those of most posts
        word = invention.stems[code][rank // 2] + ENDINGS[code][1]
        hits = await desk.hits(word, int(most * total) + 1)
        if least * total <= hits <= most * total:
            found.append(word)
        rank += 1 + rank // 100  # further apart where neighbours are alike
    return _as_many(found)


async def _of_a_channel_and_month(desk: Desk, words: Sequence[str]) -> list[str]:
    [newest] = await search.newest(desk.archive.reader, Search(), 1, None)
    last = datetime.fromtimestamp(newest.post.posted_at / 1000, UTC)
    asked = []
    for number, word in enumerate(words):
        until = last - number * MONTH / 10
        days = f"since:{until - MONTH:%Y-%m-%d} until:{until:%Y-%m-%d}"
        asked.append(f"{word} from:@channel_{number % CHANNELS + 1} {days}")
    return asked


async def _pairs(desk: Desk, invention: Invention) -> list[str]:
    """Two words that follow each other somewhere."""
    forms = {
        stem + ending
        for code in LANGUAGES[:2]
        for stem in invention.stems[code]
        for ending in ENDINGS[code]
    }
    posts = await search.newest(desk.archive.reader, Search(), 100 * QUESTIONS, None)
    found = []
    for kept in posts[::10]:
        text = [word.strip(".").lower() for word in kept.post.text.split()[-40:]]
        pairs = (" ".join(pair) for pair in pairwise(text) if set(pair) <= forms)
        if (pair := next(pairs, None)) is not None:
            found.append(pair)
    return _as_many(found[:QUESTIONS])
