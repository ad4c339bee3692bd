"""What it costs to hold a post against many rules: `python -m tests.benchmarks.matching`.

Invented posts are normalised and held against 100, 1,000 and 10,000 rules, each word in the 21
forms that a rule may have of it; and in the same run, as the programs of the field do, each
rule's words are looked for as parts of the text, without any forms. Prints one JSON line; exit 1
below the bars of DESIGN section 10. How much memory rules take: `tests.benchmarks.memory`.
"""

import argparse
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from bot.query.match import RuleIndex
from bot.query.tree import Document
from bot.query.words import norm
from tests.benchmarks.generating import Invention
from tests.benchmarks.rules import Rule, Rules

COUNTS = (100, 1_000, 10_000)
ROUNDS = 3
SLOW = 10  # one post in so many is shown to what looks for parts
BAR = 2.0  # times what the fewest rules cost, for the most

Way = Callable[[Sequence[str]], int]  # texts -> how many alerts


def index_of(rules: Sequence[Rule]) -> RuleIndex:
    index = RuleIndex()
    for number, rule in enumerate(rules):
        index.add(number, rule.tree)
    return index


def by_index(index: RuleIndex, texts: Sequence[str]) -> int:
    """How many alerts there are; the texts are read anew."""
    norm.forget_texts()
    return sum(len(index.matching(Document(text))) for text in texts)


def by_parts(rules: Sequence[Rule], texts: Sequence[str]) -> int:
    lowered = map(str.lower, texts)
    return sum(rule.found(text) for text in lowered for rule in rules)


def measure(
    posts: int, seed: int, counts: Sequence[int] = COUNTS, stems: int = 14_000
) -> dict[str, object]:
    invention = Invention(seed, posts, stems)
    texts = [post.text for post in invention.posts()]
    rules = list(Rules(invention, seed).many(max(counts)))
    ways: dict[str, Way] = {}
    for count in counts:
        some = rules[:count]
        ways[f"index {count}"] = partial(by_index, index_of(some))
        ways[f"parts {count}"] = partial(by_parts, some)
    taken, alerts = timed(ways, texts)
    costs = {way: round(statistics.median(each) * 1e6, 1) for way, each in taken.items()}
    return {
        "posts": posts,
        "seed": seed,
        "alerts_a_post": alerts,
        "microseconds": costs,
        **verdict(costs, counts),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
    }


def timed(
    ways: Mapping[str, Way], texts: Sequence[str]
) -> tuple[Mapping[str, list[float]], Mapping[str, float]]:
    """Seconds of the processor and alerts, both for a post. The ways take turns, so that whatever
    else the machine does falls on all of them; the slow ones are shown a part of the posts.
    """
    taken: dict[str, list[float]] = {way: [] for way in ways}
    found: dict[str, float] = {}
    for number in range(ROUNDS + 1):  # the first warms up
        for way, run in ways.items():
            shown = texts[:: 1 if way.startswith("index") else SLOW]
            began = time.process_time()
            found[way] = round(run(shown) / len(shown), 2)
            if number:
                taken[way].append((time.process_time() - began) / len(shown))
    return taken, found


def verdict(costs: Mapping[str, float], counts: Sequence[int]) -> dict[str, object]:
    ratio = round(costs[f"index {max(counts)}"] / costs[f"index {min(counts)}"], 2)
    faster = {
        str(count): round(costs[f"parts {count}"] / costs[f"index {count}"], 2) for count in counts
    }
    well = ratio <= BAR and all(faster[str(count)] > 1 for count in counts if count >= 1000)
    return {"ratio": ratio, "bar": BAR, "faster_than_parts": faster, "well": well}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    figures = measure(asked.posts, asked.seed)
    print(json.dumps(figures))
    return 0 if figures["well"] else 1


if __name__ == "__main__":
    sys.exit(main())
