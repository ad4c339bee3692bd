"""Whether what only one of two nearly equal texts says leaves their news the same.

One word makes other news of a sentence: another town, "not under control", "left" for "took",
"it is a fake". So within what both say nothing may stand for something else but a misspelling, and
nothing may be added but a whole sentence. Before and after it one of them may say more: a call
for attention, a paragraph, a line of its channel; but nothing that denies.
"""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

NEAR = 5  # words: a "not" so near may belong to what both say, and fewer are no sentence
MISSPELLED = 7  # letters of a word in which one that is wrong does not make another word...
SAME_FIRST, SAME_LAST = 3, 2  # ...except at its ends, where prefixes, cases and tenses are

_NEGATIONS = (
    "не ні ані без нема немає ніколи нікого ніхто ніде жодного жодної жоден жодна "
    "ни нет нету никогда никого никто нигде нельзя "
    "not no never nor neither none nobody nothing without cannot cant wont dont doesnt didnt isnt "
    "arent wasnt werent hasnt havent hadnt wouldnt couldnt shouldnt"
)
NEGATIONS = frozenset(_NEGATIONS.split())
# What calls a report wrong does so wherever it stands. Beginnings of words.
_DENIALS = re.compile(
    r"насправді|спрост(?:ов|ув)|фейк|неправд|брех|вигадк|дезінф|запереч"
    r"|опровер|вброс|ложь$|ложн|лжив|дезинф|отриц"
    r"|fake|false|hoax|debunk|den(?:y|ied|ies|ial)|refut|untrue|disinfo|misinfo|retract"
)
# What channels put before the words of others.
_CALLING = (
    "увага важливо терміново блискавка оновлено оновлення внимание важно срочно молния обновлено "
    "обновление attention important urgent breaking update updated"
)
_CALLS = frozenset(_CALLING.split())

Words = Sequence[str]


def agree(one: Words, other: Words) -> bool:
    """Whether two texts in normalised words that have most of them in common say the same."""
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    for sort, start, end, other_start, other_end in matcher.get_opcodes():
        if sort == "equal":
            continue
        left, right = one[start:end], other[other_start:other_end]
        if start == other_start == 0:
            same = _agree_before(*map(_said, (left, right)))
        elif end == len(one) and other_end == len(other):
            same = _agree_after(left, right)
        else:
            same = _agree_within(left, right)
        if not same:
            return False
    return True


def _agree_before(one: Words, other: Words) -> bool:
    """Of what stands before all that both say."""
    more = one or other
    return _agree_in_place(one, other) if one and other else _is_harmless(more, more[-NEAR:])


def _agree_after(one: Words, other: Words) -> bool:
    """Of what stands after all that both say."""
    more = one or other
    return _agree_in_place(one, other) if one and other else _is_harmless(more, more[:NEAR])


def _agree_within(one: Words, other: Words) -> bool:
    if one and other:
        return _agree_in_place(one, other)
    more = one or other
    return len(more) > NEAR and _is_harmless(more, (*more[:NEAR], *more[-NEAR:]))


def _agree_in_place(one: Words, other: Words) -> bool:
    """Whether words that stand for each other are the same ones, but for their spelling."""
    return len(one) == len(other) and all(map(is_misspelling, one, other))


def _is_harmless(more: Words, near: Words) -> bool:
    """Whether words that one text has alone leave what it says beside them as it is."""
    return NEGATIONS.isdisjoint(near) and not any(map(_DENIALS.match, more))


def _said(words: Words) -> Words:
    """Words at the beginning of a text without calls for attention."""
    return [word for word in words if word not in _CALLS]


def is_misspelling(one: str, other: str) -> bool:
    """Whether one of two words is the other with a letter that is wrong, missing, too much or
    in its neighbour's place.
    """
    if one == other:
        return True
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) < MISSPELLED or len(longer) - len(shorter) > 1:
        return False
    if one[:SAME_FIRST] != other[:SAME_FIRST] or one[-SAME_LAST:] != other[-SAME_LAST:]:
        return False
    start = next((n for n, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), 0)
    if len(longer) > len(shorter):
        return shorter[start:] == longer[start + 1 :]
    swapped = shorter[start] == longer[start + 1] and shorter[start + 1] == longer[start]
    return shorter[start + 1 :] == longer[start + 1 :] or (
        swapped and shorter[start + 2 :] == longer[start + 2 :]
    )
