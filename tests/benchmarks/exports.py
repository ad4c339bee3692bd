"""Makes exports as Telegram Desktop writes them, of invented posts: the same for the same seed."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CHANNEL = 1_234_567_890
BEGIN = 1_609_459_200  # 1 January 2021, in seconds
SYLLABLES = (
    "ба", "ве", "го", "ду", "же", "зи", "кі", "ла", "ме", "но", "пу", "ра", "се", "то", "фу",
    "ха", "ци", "ча", "ше", "щі", "ю", "я", "ст", "нь", "во", "при", "роз", "над",
)  # fmt: skip
WORDS = 20_000
LEFT_OUT = "(File not included. Change data exporting settings to download.)"


class Invention:
    """Posts of a channel: words by Zipf's law, a third of them formatted, half with a photo."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._words = [
            "".join(self._chance.choices(SYLLABLES, k=self._chance.randint(1, 5)))
            for _ in range(WORDS)
        ]
        self._weights = [0.0]
        for rank in range(1, WORDS + 1):
            self._weights.append(self._weights[-1] + 1 / rank)
        del self._weights[0]

    def messages(self, count: int) -> Iterator[dict[str, Any]]:
        """`count` messages in their order, ids from 1 on."""
        seconds = BEGIN
        for number in range(1, count + 1):
            seconds += self._chance.randint(1, 900)
            yield self._message(number, seconds)

    def _message(self, number: int, seconds: int) -> dict[str, Any]:
        chance = self._chance.random
        message: dict[str, Any] = {
            "id": number,
            "type": "message",
            "date": "2021-01-01T00:00:00",
            "date_unixtime": str(seconds),
            "from": "Вигаданий канал",
            "from_id": f"channel{CHANNEL}",
        }
        if chance() < 0.05:
            message["edited_unixtime"] = str(seconds + 60)
        if chance() < 0.1:
            message["forwarded_from"] = "Інший канал"
        if number > 1 and chance() < 0.1:
            message["reply_to_message_id"] = self._chance.randint(1, number - 1)
        if chance() < 0.5:
            message |= {"photo": LEFT_OUT, "photo_file_size": 90_000, "width": 1280, "height": 720}
        elif chance() < 0.2:
            message |= {"file": LEFT_OUT, "file_name": f"{number}.mp4", "file_size": 5_000_000,
                        "media_type": "video_file", "mime_type": "video/mp4",
                        "duration_seconds": 60}  # fmt: skip
        return message | self._text(formatted=chance() < 0.35)

    def _text(self, *, formatted: bool) -> dict[str, Any]:
        if not formatted:
            text = self._sentence(60)
            return {"text": text, "text_entities": [{"type": "plain", "text": text}]}
        pieces: list[dict[str, Any]] = [
            {"type": "bold", "text": self._sentence(6)},
            {"type": "plain", "text": f"\n\n{self._sentence(50)} "},
            {"type": "text_link", "text": self._sentence(3), "href": "https://example.org/a"},
            {"type": "plain", "text": " "},
            {"type": "hashtag", "text": "#вигадка"},
        ]
        shown = [each["text"] if each["type"] == "plain" else each for each in pieces]
        return {"text": shown, "text_entities": pieces}

    def _sentence(self, most: int) -> str:
        count = self._chance.randint(1, most)
        return " ".join(self._chance.choices(self._words, cum_weights=self._weights, k=count))


def write_json(path: Path, seed: int, count: int) -> None:
    """The JSON export of one channel, laid out as Telegram Desktop does."""
    with path.open("w", encoding="utf-8") as file:
        head = {"name": "Вигаданий канал", "type": "public_channel", "id": CHANNEL}
        file.write(json.dumps(head, ensure_ascii=False, indent=1)[:-2] + ',\n "messages": [')
        for number, message in enumerate(Invention(seed).messages(count)):
            written = json.dumps(message, ensure_ascii=False, indent=1).replace("\n", "\n  ")
            file.write(f"{',' if number else ''}\n  {written}")
        file.write("\n ]\n}")
