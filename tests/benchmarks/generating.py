"""Makes archives of any size, of invented posts: the same for the same seed.

The posts are built like those of the beat: sentences of our own with places in them, and words
made of syllables that follow Zipf's law, in three languages, each word in several forms; some
names so rare that a whole archive has ten of them. Channels differ as real ones do.
"""

import random
from bisect import bisect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice
from pathlib import Path

from aiosqlite import Connection

from bot.query import words
from storage import channels, reindex, rowids
from storage.db import open_archive, openers
from storage.records import Channel, ChannelState

CHANNELS = 300
STEMS = 14_000  # of each language
WORDS = 60  # of a post, on average
BEGIN = 1_577_836_800  # 1 January 2020, in seconds
APART = 90  # seconds between two posts, on average
BATCH = 1000  # posts a transaction
EDITED = 0.05  # of all posts
RARE = 0.05  # of all posts have one of the rare names
RARE_POSTS = 10  # that have the same one

SYLLABLES = {
    "uk": "ба ве го ду жи зі ки ла ме ню по ря сі то фу хи цю ча ши ща їв яр єд ґа при роз над від",
    "ru": "ба ве го ду жы зэ ки ла мё ню по ря съе то фу хы цу ча ши ща ыв яр эд га при раз над от",
    "en": "ba ve go du ji ze ki la me no po ry si to fu hy ca che shi tha iv ar ed ga pre ra on ot",
}
ENDINGS = {
    "uk": ("", "а", "у", "ом", "і", "ами", "ах", "ів", "ам", "ою", "ий", "ого"),
    "ru": ("", "а", "у", "ом", "е", "ами", "ах", "ов", "ам", "ой", "ый", "ого"),
    "en": ("", "s", "ed", "ing", "er"),
}
ABSENT = ("ищами", "енькою", "ovich", "ським", "ованих", "ованими", "ували", "увавши", "атиме")
SENTENCES = {
    "uk": (
        "За добу ворог обстріляв {place} і села навколо",
        "{place} під повним контролем, оборона тримається",
        "Повітряна тривога: {place} та область, прямуйте в укриття",
        "У місті {place} відновлюють світло після нічного удару",
    ),
    "ru": (
        "За сутки под огнём был {place} и сёла вокруг",
        "{place}: обстановка спокойная, объявлен сбор заявок",
        "Глава района посетил {place} и провёл совещание",
        "В районе {place} идут восстановительные работы",
    ),
    "en": (
        "Overnight shelling hit {place} and the villages around it",
        "{place} is under full control, says the governor",
        "Air raid alert: {place} and the region, take shelter",
        "Power is being restored in {place} after the strike",
        "U.S. aid: the governor of {place} told us who brought it",
    ),
}
PLACES = {
    "uk": ("Білогорівка", "Лисичанськ", "Бахмут", "Херсон", "Куп’янськ", "Харків", "Ізюм"),
    "ru": ("Белогоровка", "Лисичанск", "Бахмут", "Херсон", "Купянск", "Харьков", "Изюм"),
    "en": ("Bilohorivka", "Lysychansk", "Bakhmut", "Kherson", "Kupiansk", "Kharkiv", "Izium"),
}
LANGUAGES, SHARES = ("uk", "ru", "en"), (0.45, 0.45, 0.1)


@dataclass(frozen=True, slots=True)
class Invented:
    """A post, and the text it had before it was edited."""

    channel_id: int
    language: str
    second: int
    text: str
    body: str  # the text normalised, known because it was made of words that are
    before: "Text | None"


Text = tuple[str, str]  # as posted, and normalised


class Foreknown:
    """`words.norm` for texts of which the outcome is known: half of the time would go there."""

    version = words.norm.version

    def __init__(self) -> None:
        self.known: dict[str, str] = {}

    def __call__(self, text: str) -> str:
        body = self.known.get(text)
        return words.norm(text) if body is None else body

    def learn(self, texts: Iterable[Text]) -> None:
        """Know these, and forget all others. One of them is put to the test."""
        self.known = dict(texts)
        text, body = next(iter(self.known.items()))
        assert words.norm(text) == body


class Invention:
    """Posts as many as wanted, oldest first."""

    def __init__(self, seed: int, posts: int, stems: int = STEMS) -> None:
        self._chance = chance = random.Random(seed)
        self.count = posts
        self.stems = {code: self._invented(code, stems, 2, 4) for code in LANGUAGES}
        self._forms = {
            code: [_told(stem + ending) for stem in stems for ending in ENDINGS[code]]
            for code, stems in self.stems.items()
        }
        self._templates = {
            code: [
                _told(sentence.format(place=place) + ".")
                for sentence in SENTENCES[code]
                for place in PLACES[code]
            ]
            for code in LANGUAGES
        }
        self._weights = {code: self._by_zipf(code) for code in LANGUAGES}
        self.rare = self._invented("uk", max(1, int(posts * RARE / RARE_POSTS)), 5, 6)
        self._languages = chance.choices(LANGUAGES, SHARES, k=CHANNELS)
        self._channel_weights = list(accumulate(1 / rank for rank in range(1, CHANNELS + 1)))

    def posts(self) -> Iterator[Invented]:
        second = BEGIN
        for _ in range(self.count):
            second += self._chance.randrange(2 * APART)
            yield self._post(second)

    def forms(self, code: str, stem: str) -> tuple[str, ...]:
        """As many forms as a query word has, of which posts have the first ones."""
        return tuple(stem + ending for ending in (*ENDINGS[code], *ABSENT))

    def _post(self, second: int) -> Invented:
        chance = self._chance
        channel = bisect(self._channel_weights, chance.random() * self._channel_weights[-1])
        code = self._languages[channel]
        text, body = self._text(code)
        before = None
        if chance.random() < EDITED:
            before = text, body
            text, body = _joined([before, self._sentence(code, 8)])
        return Invented(channel + 1, code, second, text, body, before)

    def _text(self, code: str) -> Text:
        chance = self._chance
        sentences = [chance.choice(self._templates[code])]
        count = max(3, round(chance.gauss(WORDS - 9, 20)))
        while count > 0:
            length = min(count, chance.randint(5, 16))
            sentences.append(self._sentence(code, length))
            count -= length
        if chance.random() < RARE:
            name = chance.choice(self.rare)
            sentences.append((f"{name.capitalize()}.", words.norm(name)))
        return _joined(sentences)

    def _sentence(self, code: str, length: int) -> Text:
        forms = self._forms[code]
        chosen = self._chance.choices(forms, cum_weights=self._weights[code], k=length)
        text, body = _joined(chosen)
        return text.capitalize() + ".", body

    def _invented(self, code: str, count: int, least: int, most: int) -> list[str]:
        chance, syllables = self._chance, SYLLABLES[code].split()
        found: dict[str, None] = {}
        while len(found) < count:
            found["".join(chance.choices(syllables, k=chance.randint(least, most)))] = None
        return list(found)

    def _by_zipf(self, code: str) -> list[float]:
        """Of every stem's share, each form has less than the one before."""
        endings = len(ENDINGS[code])
        parts = [place**-1.5 for place in range(1, endings + 1)]
        return list(
            accumulate(
                part / rank**1.1 / sum(parts)
                for rank in range(1, len(self.stems[code]) + 1)
                for part in parts
            )
        )


def _told(text: str) -> Text:
    return text, words.norm(text)


def _joined(parts: Sequence[Text]) -> Text:
    return " ".join(text for text, _ in parts), " ".join(body for _, body in parts)


def channel(number: int) -> Channel:
    """The channel with this number, which is its id too."""
    return Channel(
        number,
        f"Channel {number}",
        f"channel_{number}",
        ChannelState.JOINED,
        archive_from_at=BEGIN * 1000,
    )


async def write(path: Path, invention: Invention) -> None:
    """An archive of these posts, by the same triggers as any other, and without a journal: it is
    to be searched, and vouched for by nobody; tidy. Versions are written of edited posts only.
    """
    async with (
        open_archive(path, words.norm, BEGIN * 1000) as archive,
        archive.transaction() as tx,
    ):
        for number in range(1, CHANNELS + 1):
            await channels.save(tx, channel(number))
    norm = Foreknown()
    async with openers(path, norm).writer() as conn:
        numbered = _numbered(invention.posts())
        while batch := list(islice(numbered, BATCH)):
            norm.learn(text for _, _, post in batch for text in _texts(post))
            await conn.execute("BEGIN IMMEDIATE")
            await _insert(conn, batch)
            await conn.commit()
        await _tidy(conn)


async def _tidy(conn: Connection) -> None:
    """As the program does every night."""
    more = anew = True
    while more:
        more = await reindex.tidy(conn, anew=anew)
        anew = False
    await conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _numbered(posts: Iterable[Invented]) -> Iterator[tuple[int, int, Invented]]:
    """With the number of the message and the row id."""
    last = 0
    for number, post in enumerate(posts, 1):
        last = max(last + 1, rowids.first(post.second))
        yield number, last, post


async def _insert(conn: Connection, batch: Sequence[tuple[int, int, Invented]]) -> None:
    await conn.executemany(
        """
        INSERT INTO posts (id, channel_id, message_id, posted_at, text, language, content, meta,
            pts, digest, version, via, first_seen_at)
        VALUES (?, ?, ?, ?, ?, ?, '{}', ?, 0, x'', ?, 'live', 0)
        """,
        [_row(number, row_id, post) for number, row_id, post in batch],
    )
    await conn.executemany(
        """
        INSERT INTO versions (post_id, number, seen_at, via, pts, text, content, has, digest)
        VALUES (?, ?, 0, 'live', 0, ?, '{}', '', x'')
        """,
        [
            (row_id, version, text)
            for _, row_id, post in batch
            if post.before is not None
            for version, (text, _) in ((1, post.before), (2, (post.text, post.body)))
        ],
    )


def _texts(post: Invented) -> Iterator[Text]:
    yield post.text, post.body
    if post.before is not None:
        yield post.before


def _row(number: int, row_id: int, post: Invented) -> tuple[object, ...]:
    edited = post.before is not None
    meta = f"c{post.channel_id} l{post.language}{' edited' if edited else ''}"
    version = 2 if edited else 1
    at = post.second * 1000
    return row_id, post.channel_id, number, at, post.text, post.language, meta, version
