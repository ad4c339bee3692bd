"""Made-up channels that copy each other, with the truth about who told the same as whom."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from storage.records import Post

CHANNELS = range(1, 31)
MORNING = 1_663_567_200_000  # 19 September 2022, 06:00 UTC
DAY_SECONDS = 24 * 3600
TOWNS = (
    "Білогорівка", "Лисичанськ", "Сватове", "Кремінна", "Рубіжне", "Бахмут", "Соледар",
    "Вугледар", "Авдіївка", "Ізюм", "Куп'янськ", "Лиман", "Оріхів", "Гуляйполе", "Нікополь",
    "Марганець", "Очаків", "Херсон", "Берислав", "Снігурівка",
)  # fmt: skip
REGIONS = (
    "Луганській", "Донецькій", "Харківській", "Сумській", "Запорізькій", "Херсонській",
    "Одеській",
)  # fmt: skip
WHO = (
    "голова обласної адміністрації", "речник угруповання військ", "міський голова", "штаб оборони",
    "рятувальники", "місцеві мешканці", "прокуратура області", "оперативне командування",
    "енергетики", "медики обласної лікарні", "прикордонники", "волонтери",
)  # fmt: skip
DID = (
    "повідомили про обстріл", "підтвердили звільнення", "показали наслідки удару по громаді",
    "відновили постачання води в місто", "закликали мешканців евакуюватися через район",
    "спростували чутки про наступ на", "відкрили пункт допомоги для людей з міста",
    "розповіли, як живе після окупації", "завершили ремонт мосту біля селища",
    "попередили про мінну небезпеку довкола",
)  # fmt: skip
ALSO = (
    "роботи на місці тривають", "інформація уточнюється", "загрози для життя немає",
    "дорога поки що закрита для цивільних", "пошкоджено лікарню та школу", "світла немає з ночі",
    "волонтери привезли хліб і ліки", "вибито вікна в будинках", "зв'язок працює з перебоями",
    "усім постраждалим надають допомогу", "військові тримають позиції на околицях",
    "ворог зазнав втрат і відступив", "просимо не публікувати фото", "комендантська година діє",
)  # fmt: skip
COUNTED = (
    "Над областю за добу збито {n} ворожих безпілотників, наслідки уточнюються, тримаймося разом",
    "Курс долара на відкритті торгів становить {n} гривень за даними банків станом на ранок",
    "За добу окупанти обстріляли область {n} разів, повідомляє штаб оборони у щоденному зведенні",
    "Станом на {n}:00 у всіх громадах області зберігається тиша, рух поїздів за розкладом",
    "Втрати ворога за весь час орієнтовно склали {n} осіб, дані уточнюються у штабі",
)
ALARM = "Увага! Повітряна тривога у {region} області, усім негайно пройти до найближчого укриття"
PREFIXES = ("⚡️", "❗️Важливо:", "Терміново!", "🇺🇦", "Нам пишуть:")
FOOTERS = (
    "Підписатися | Надіслати новину", "Наш канал: найважливіше за день", "👉 Більше новин тут",
    "Читайте нас щодня й діліться з друзями", "Підтримати редакцію можна за посиланням",
)  # fmt: skip


class Kind(StrEnum):
    ORIGINAL = "original"
    REPOST = "repost"  # word for word, with what the channel adds
    EDITED = "edited"  # a word mended, or a sentence more
    REWORDED = "reworded"  # a word exchanged for another, which might be other news
    CUT = "cut"  # without its end
    TEMPLATE = "template"  # the same sentence with another number
    ALARM = "alarm"  # the same sentence with another name
    TURNED = "turned"  # another town, or the contrary: a story of its own


@dataclass(frozen=True, slots=True)
class Made:
    """A post, and the story that it tells."""

    post: Post
    story: str
    kind: Kind


def made(count: int, seed: int) -> list[Made]:
    """About so many posts of a day, in the order of posting; the same seed gives the same ones."""
    rng = random.Random(seed)
    drafts = [draft for story in range(count // 3) for draft in _story(rng, story)]
    numbers = dict.fromkeys(CHANNELS, 0)
    found: list[Made] = []
    for at, channel, text, story, kind in sorted(drafts):
        numbers[channel] += 1
        posted_at = MORNING + at * 1000
        post = Post(channel, numbers[channel], posted_at, _dressed(rng, channel, text), pts=1)
        found.append(Made(post, story, kind))
    return found


Draft = tuple[int, int, str, str, Kind]  # second of the day, channel, text, story, kind


def _story(rng: random.Random, story: int) -> Iterator[Draft]:
    at, channels = rng.randrange(DAY_SECONDS), rng.sample(CHANNELS, rng.randint(1, 5))
    sort = rng.choices((Kind.ORIGINAL, Kind.TEMPLATE, Kind.ALARM), (6, 2, 1))[0]
    if sort is Kind.TEMPLATE:
        text = rng.choice(COUNTED)
        for part, channel in enumerate(channels):
            said = text.format(n=1000 * part + story % 1000)
            yield at + part * 600, channel, said, said, sort
        return
    if sort is Kind.ALARM:
        for part, channel in enumerate(channels):
            said = ALARM.format(region=REGIONS[part])
            yield at + part, channel, said, said, sort
        return
    sentences = [_sentence(rng) for _ in range(rng.randint(2, 5))]
    yield at, channels[0], " ".join(sentences), str(story), Kind.ORIGINAL
    copies = (Kind.REPOST, Kind.EDITED, Kind.CUT, Kind.REWORDED)
    for channel in channels[1:]:
        [kind] = rng.choices(copies, (2, 2, 2, 1))
        at += rng.randint(30, 3600)
        yield at, channel, _again(rng, sentences, kind), str(story), kind
    if rng.random() < 0.3:
        at += rng.randint(30, 3600)
        # By whoever said it first as well: town by town in the same words.
        turned = _turned(rng, sentences)
        yield at, rng.choice(channels), turned, f"{story}, turned", Kind.TURNED


def _sentence(rng: random.Random) -> str:
    number = f" {rng.randint(2, 400)}" if rng.random() < 0.3 else ""
    told = rng.sample(ALSO, 2)
    who, did, town = rng.choice(WHO), rng.choice(DID), rng.choice(TOWNS)
    return f"{who.capitalize()} {did} {town}{number}, {told[0]}, {told[1]}."


def _again(rng: random.Random, sentences: Sequence[str], kind: Kind) -> str:
    if kind is Kind.REPOST:
        return " ".join(sentences)
    if kind is Kind.CUT:
        return " ".join(sentences[: max(2, len(sentences) - 1)])
    words = " ".join(sentences).split()
    if kind is Kind.REWORDED:
        plain = [place for place, word in enumerate(words) if not word.strip(".,").isdecimal()]
        words[rng.choice(plain)] = "тамтешні"
        return " ".join(words)
    if rng.random() < 0.5:
        return " ".join([*sentences, "Дякуємо всім, хто поруч."])
    place = rng.choice([place for place, word in enumerate(words) if len(word.strip(".,")) > 8])
    at = rng.randrange(3, len(words[place].strip(".,")) - 3)
    words[place] = words[place][:at] + words[place][at + 1 :]
    return " ".join(words)


def _turned(rng: random.Random, sentences: Sequence[str]) -> str:
    """The same words with other news in the first sentence, or about all of them."""
    first, *rest = sentences
    sort = rng.randrange(4)
    if sort == 0:
        town = next(town for town in TOWNS if town in first)
        first = first.replace(town, rng.choice([each for each in TOWNS if each != town]))
    if sort == 1:
        did = next(did for did in DID if did in first)
        first = first.replace(did, f"не {did}")
    if sort == 2:
        first = f"Спростування: {first}"
    if sort == 3:
        rest = [*rest, "Це фейк, не вірте."]
    return " ".join([first, *rest])


def _dressed(rng: random.Random, channel: int, text: str) -> str:
    """As the channel has its posts: nearly half of them end in a footer."""
    begun = f"{rng.choice(PREFIXES)} {text}" if rng.random() < 0.3 else text
    footer = f"\n\n{FOOTERS[channel % len(FOOTERS)]} {TOWNS[channel % len(TOWNS)]}"
    return begun + footer if channel % 2 == 0 else begun
