"""Which posts are joined: `python -m tests.benchmarks.near_duplicates [--posts N] [--data FILE...]`

A made-up day of channels that copy each other (`newsroom`) goes through the real archive, and the
pairs of posts of one story are compared with the truth, beside what a hash of the exact text
finds. Reposts in which a word stands for another one are counted by themselves: they cannot be
told from other news. Real posts, lists of `message.to_dict()` with a channel a file, are compared
with the exact rule, held against every pair. What finding its story costs a post that has no
relatives is told beside what writing it costs without. Prints one JSON object; exit 1 where less
than 99 of 100 pairs are right, or where templates with other numbers or names, or contraries, were
joined.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence, Set
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import combinations
from pathlib import Path

from bot.alerts import stories
from bot.clock import Clock
from bot.ingest import Follow, Ingest
from bot.query.words import norm
from storage import channels
from storage import stories as kept
from storage.db import Archive, open_archive
from storage.records import Batch, Channel, ChannelState, Post, Via
from tests.benchmarks.generating import Invention
from tests.benchmarks.newsroom import MORNING, Kind, Made, made

BAR = 99.0  # percent of the pairs that are joined
BATCH = 20
STEMS = 2_000
SECONDS_APART = 14  # of posts that have nothing to do with each other: 6,000 a day
ROUNDS = 3  # of which the cheapest counts: the machine does other things too

Key = tuple[int, int]  # channel and message
Pair = frozenset[Key]


@dataclass(frozen=True, slots=True)
class Figures:
    """What became of pairs of posts."""

    pairs: int  # that should be joined
    joined: int
    precision: float  # percent of what was joined that should be
    recall: float  # percent of what should be joined that was


def judged(found: Collection[Pair], true: Collection[Pair]) -> Figures:
    right = len(set(found) & set(true))
    return Figures(len(true), len(found), _percent(right, len(found)), _percent(right, len(true)))


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 2) if whole else 100.0


def pairs(groups: Mapping[Key, Hashable]) -> set[Pair]:
    """Of what is in one group."""
    members: dict[Hashable, list[Key]] = defaultdict(list)
    for key, group in groups.items():
        members[group].append(key)
    return {frozenset(pair) for each in members.values() for pair in combinations(each, 2)}


async def write(
    posts: Sequence[Post], archive: Archive, following: Sequence[Follow], size: int = BATCH
) -> float:
    """Write posts in this order, so many at a time; the seconds of the processor that it took."""
    async with archive.transaction() as tx:
        for channel in {post.channel_id for post in posts}:
            await channels.save(tx, Channel(channel, "", state=ChannelState.JOINED))
    ingest = Ingest(archive, Clock(), lambda: None, following)
    began = time.process_time()
    for start in range(0, len(posts), size):
        batch = tuple(posts[start : start + size])
        await ingest.apply(Batch(Via.LIVE, batch[-1].posted_at, batch))
    return time.process_time() - began


async def joined(posts: Sequence[Post], archive: Archive) -> dict[Key, int]:
    """The stories into which the archive puts posts that come in this order."""
    await write(posts, archive, [stories.follow])
    rows = await archive.reader.execute_fetchall(
        """
        SELECT channel_id, message_id, coalesce(story_id, id) AS story
        FROM posts LEFT JOIN stories ON stories.post_id = posts.id
        """
    )
    return {(row["channel_id"], row["message_id"]): row["story"] for row in rows}


async def by_rule(archive: Archive) -> set[Pair]:
    """The pairs that tell the same by the exact rule, whoever finds them."""
    ids = await archive.reader.execute_fetchall("SELECT id, message_id FROM posts")
    told = await kept.told(archive.reader, [row["id"] for row in ids])
    names = {row["id"]: (told[row["id"]].channel_id, row["message_id"]) for row in ids}
    worded = [each for each in told.values() if each.words]
    return {
        frozenset((names[one.post_id], names[other.post_id]))
        for one, other in combinations(worded, 2)
        if stories.tell_the_same(one, other)
    }


def exact(posts: Iterable[Post]) -> set[Pair]:
    """The pairs with the same text, letter by letter."""
    return pairs({_key(post): post.text for post in posts if post.text})


async def generated(count: int, seed: int, folder: Path) -> dict[str, object]:
    """The made-up day."""
    day = made(count, seed)
    posts = [each.post for each in day]
    async with open_archive(folder / "made.sqlite3", norm, 0) as archive:
        groups = await joined(posts, archive)
    found, truth = pairs(groups), pairs({_key(each.post): each.story for each in day})
    # Whether alarms of one region are one story is a question of minutes, which nobody decides.
    alarms = {_key(each.post) for each in day if each.kind is Kind.ALARM}
    reworded = {_key(each.post) for each in day if each.kind is Kind.REWORDED}
    clear = [_without(every, alarms | reworded) for every in (found, truth, exact(posts))]
    return {
        "posts": len(day),
        "ours": asdict(judged(clear[0], clear[1])),
        "with_reworded": asdict(judged(_without(found, alarms), _without(truth, alarms))),
        "exact_text": asdict(judged(clear[2], clear[1])),
        "templates_joined": len(strangers(found, day)),
        "contraries_joined": len(contraries(found, day)),
    }


def strangers(found: Iterable[Pair], day: Iterable[Made]) -> list[Pair]:
    """The pairs of one template with different numbers or names that were joined."""
    of = {_key(each.post): each for each in day if each.kind in (Kind.TEMPLATE, Kind.ALARM)}
    return [
        pair for pair in found if pair <= of.keys() and len({of[key].story for key in pair}) > 1
    ]


def contraries(found: Iterable[Pair], day: Iterable[Made]) -> list[Pair]:
    """The pairs of a story and what was made of it with another town, or to its contrary."""
    of = {_key(each.post): each for each in day}
    turned = {key for key, each in of.items() if each.kind is Kind.TURNED}
    return [pair for pair in found if pair & turned and len({of[key].story for key in pair}) > 1]


def _without(found: Iterable[Pair], keys: Set[Key]) -> set[Pair]:
    return {pair for pair in found if not pair & keys}


def _key(post: Post) -> Key:
    return post.channel_id, post.message_id


def read(path: Path, channel: int) -> list[Post]:
    """The posts of a dump, as posts of a channel."""
    found = []
    for each in json.loads(path.read_text(encoding="utf-8")):
        at = int(datetime.fromisoformat(each["date"]).timestamp() * 1000)
        found.append(Post(channel, each["id"], at, each.get("message") or "", pts=1))
    return sorted(found, key=lambda post: post.posted_at)


async def real(paths: Sequence[Path], folder: Path) -> dict[str, object]:
    """Posts that people wrote."""
    read_all = [post for number, path in enumerate(paths, 1) for post in read(path, number)]
    posts = sorted(read_all, key=lambda post: post.posted_at)
    async with open_archive(folder / "real.sqlite3", norm, 0) as archive:
        groups = await joined(posts, archive)
        true = await by_rule(archive)
    return {
        "posts": len(posts),
        "ours": asdict(judged(pairs(groups), true)),
        "exact_text": asdict(judged(exact(posts), true)),
    }


def unrelated(count: int, seed: int) -> list[Post]:
    """Posts of channels that have nothing to do with each other, by words as people use them:
    each alike in its opening only, which is left away.
    """
    return [
        Post(made.channel_id, number, MORNING + number * SECONDS_APART * 1000, text, pts=1)
        for number, made in enumerate(Invention(seed, count, STEMS).posts(), 1)
        for text in [made.text.partition(". ")[2]]
    ]


async def cost(count: int, seed: int, folder: Path) -> dict[str, object]:
    """Microseconds of the processor that a post takes which has no relatives, by the size of the
    batches: written alone, and what is added when its story is looked for.
    """
    posts = unrelated(count, seed)
    return {f"batches of {size}": await _cost(posts, size, folder) for size in (1, BATCH)}


async def _cost(posts: Sequence[Post], size: int, folder: Path) -> dict[str, int]:
    took: dict[str, list[float]] = {"alone": [], "with stories": []}
    for turn in range(ROUNDS):
        for name, following in (("alone", []), ("with stories", [stories.follow])):
            norm.forget_texts()
            path = folder / f"{name} {size} {turn}.sqlite3"
            async with open_archive(path, norm, 0) as archive:
                took[name].append(await write(posts, archive, following, size))
    alone, whole = (min(took[name]) / len(posts) * 1e6 for name in took)
    return {"writing_us": round(alone), "story_us": round(whole - alone)}


async def measure(count: int, seed: int, data: Sequence[Path]) -> dict[str, object]:
    """All of it; `passed` says whether the bars hold."""
    with tempfile.TemporaryDirectory() as folder:
        report = {"generated": await generated(count, seed, Path(folder))}
        if data:
            report["real"] = await real(data, Path(folder))
        passed = all(_passes(each) for each in report.values())
        unrelated = await cost(count // 2, seed, Path(folder))
    return {"seed": seed, **report, "unrelated": unrelated, "passed": passed}


def _passes(figures: Mapping[str, object]) -> bool:
    ours = figures["ours"]
    assert isinstance(ours, dict)
    wrong = ("templates_joined", "contraries_joined")
    return bool(ours["precision"] >= BAR) and not any(figures.get(each) for each in wrong)


def main(arguments: Sequence[str] | None = None) -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--posts", type=int, default=6_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--data", type=Path, nargs="*", default=[], help="dumps of channels")
    asked = options.parse_args(arguments)
    report = asyncio.run(measure(asked.posts, asked.seed, asked.data))
    print(json.dumps(report, indent=1))
    return 0 if report["passed"] else 1


if __name__ == "__main__":
    sys.exit(main())
