"""Alerts and searches agree: `python -m tests.benchmarks.agreement --rules N --posts N --seed S`.

Random rules of the whole language, read and understood as the program does, are held against
every post of an archive by the index of rules, and asked of the archive by search. Prints one JSON
line; exit 1 on any difference, with the smallest rule and post that show it.
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import seeds
from bot.documents import LabelsOf, by_channel, document
from bot.finding import finding
from bot.query.errors import QueryError
from bot.query.lexicon import Lexicon
from bot.query.match import RuleIndex
from bot.query.parse import parse
from bot.query.reading import Choices
from bot.query.syntax import Query
from bot.query.tree import Tree, dumps
from bot.query.words import norm
from bot.understanding import understood
from storage import channels, posts, profiles, search
from storage.db import Archive, open_archive
from storage.records import Absence, Batch, Deletion, Forward, Kept, Pack, Post, Profile, Via
from storage.search import Search
from tests.benchmarks.generating import BATCH, CHANNELS, Invented, Invention, channel
from tests.benchmarks.language import KINDS, LABELS, Queries

LABELLED = 40  # channels of each label
GONE = 0.02  # of the posts are deleted
STEMS = 3_000
SHOWN = 500  # characters of a post in the report


@dataclass(frozen=True, slots=True)
class Rule:
    text: str
    query: Query
    tree: Tree


@dataclass(frozen=True, slots=True)
class Difference:
    """A rule and a post: one of the two ways finds it, and the other does not."""

    rule: Rule
    kept: Kept
    by_search: bool

    @property
    def size(self) -> int:
        return len(self.rule.text) + len(self.kept.post.text)

    def told(self) -> dict[str, object]:
        post = self.kept.post
        return {
            "rule": self.rule.text,
            "tree": dumps(self.rule.tree),
            "found_by": "search alone" if self.by_search else "alerts alone",
            "post": f"{post.channel_id}/{post.message_id}",
            "text": post.text[:SHOWN],
        }


async def fill(archive: Archive, invention: Invention, seed: int) -> None:
    """By the same way as any post comes: edits make versions, and some posts are deleted."""
    chance = random.Random(seed)
    async with archive.transaction() as tx:
        for number in range(1, CHANNELS + 1):
            await channels.save(tx, channel(number))
        await profiles.load(tx, [_pack(label, place) for place, label in enumerate(LABELS)])
    numbered = enumerate(invention.posts(), 1)
    while batch := list(islice(numbered, BATCH)):
        made = [_post(number, each, chance) for number, each in batch]
        before = [
            replace(post, text=each.before[0], edited_at=None, pts=1)
            for post, (_, each) in zip(made, batch, strict=True)
            if each.before is not None
        ]
        gone = [
            Deletion(post.channel_id, post.message_id, Absence.NOTICE, post.posted_at + 1)
            for post in made
            if chance.random() < GONE
        ]
        async with archive.transaction() as tx:
            for some, deleted in ((before, ()), (made, gone)):
                await posts.apply(tx, Batch(Via.LIVE, 1, tuple(some), tuple(deleted)))


def _pack(label: str, place: int) -> Pack:
    first = 1 + place * LABELLED // 2
    named = range(first, first + LABELLED)
    return Pack(
        label,
        tuple(Profile(f"channel_{each}", "", "ministry", "UA", "uk", "2022") for each in named),
    )


def _post(number: int, invented: Invented, chance: random.Random) -> Post:
    at = invented.second * 1000
    return Post(
        invented.channel_id,
        number,
        at,
        invented.text,
        edited_at=None if invented.before is None else at + 1,
        forward=Forward(at, 1, 1) if chance.random() < 0.1 else None,
        has=frozenset(kind for kind in KINDS if chance.random() < 0.2),
        language=invented.language,
        pts=2,
    )


async def rules(archive: Archive, lexicon: Lexicon, queries: Queries, count: int) -> list[Rule]:
    found: list[Rule] = []
    while len(found) < count:
        text = queries.one()
        try:
            query = parse(text, rule=True)
            meant = await understood(archive.reader, lexicon, query, Choices())
        except QueryError:  # too many words, or no word to wait for
            continue
        assert meant.tree is not None, "a rule asks for something"
        found.append(Rule(text, query, meant.tree))
    return found


async def by_search(archive: Archive, rule: Rule, most: int) -> tuple[set[int], int]:
    """Row ids of what is found, and of the last candidate that was looked at."""
    found = await finding(archive.reader, rule.query, rule.tree, 1, "UTC")
    kept = await found.newest(most, None)
    down_to = found.looked_down_to
    return {each.id for each in kept}, -1 if down_to is None else down_to


def by_alerts(made: Sequence[Rule], every: Sequence[Kept], labels: LabelsOf) -> list[set[int]]:
    """For each rule the row ids of the posts that satisfy it."""
    index = RuleIndex()
    for number, rule in enumerate(made):
        index.add(number, rule.tree)
    found: list[set[int]] = [set() for _ in made]
    for kept in every:
        gone = kept.deleted_at is not None
        for number in index.matching(document(kept.post, kept.version, gone, labels)):
            found[number].add(kept.id)
    return found


async def measure(path: Path, count: int, invention: Invention, seed: int) -> dict[str, object]:
    began = time.perf_counter()
    lexicon = Lexicon(seeds.names())
    async with open_archive(path, norm, 1) as archive:
        await fill(archive, invention, seed)
        every = await search.newest(archive.reader, Search(), invention.count, None)
        queries = Queries(invention, [kept.post.text for kept in every], seed)
        made = await rules(archive, lexicon, queries, count)
        labels = by_channel(await profiles.labels(archive.reader))
        alerts = by_alerts(made, every, labels)
        whole, differences = 0, list[Difference]()
        for rule, expected in zip(made, alerts, strict=True):
            found, down_to = await by_search(archive, rule, invention.count)
            whole += down_to < 0
            differences += _differences(rule, every, expected ^ found, found, down_to)
    smallest = min(differences, key=lambda each: each.size, default=None)
    return {
        "rules": len(made),
        "posts": len(every),
        "seed": seed,
        "alerts": sum(map(len, alerts)),
        "rules_that_find": sum(map(bool, alerts)),
        "compared_whole": whole,
        "differences": len(differences),
        "smallest": None if smallest is None else smallest.told(),
        "seconds": round(time.perf_counter() - began, 1),
    }


def _differences(
    rule: Rule, every: Sequence[Kept], differ: set[int], found: set[int], down_to: int
) -> Iterator[Difference]:
    """As far as the search looked."""
    for kept in every:
        if kept.id in differ and kept.id >= down_to:
            yield Difference(rule, kept, kept.id in found)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rules", type=int, default=1_000)
    parser.add_argument("--posts", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    invention = Invention(asked.seed, asked.posts, STEMS)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive.sqlite3"
        figures = asyncio.run(measure(path, asked.rules, invention, asked.seed))
    print(json.dumps(figures, ensure_ascii=False))
    return 1 if figures["differences"] else 0


if __name__ == "__main__":
    sys.exit(main())
