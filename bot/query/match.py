"""Many rules against one post, and one query against the archive: the same answer by two ways."""

from bot.query.parse import Query
from bot.query.words import tokens, words


class RuleIndex:
    """Which rules a text satisfies.

    Each rule waits under one of its words, its anchor, so that a text costs as much as the rules
    it has a word in common with, however many others there are.
    """

    def __init__(self) -> None:
        self._anchored: dict[str, dict[int, frozenset[str]]] = {}
        self._anchors: dict[int, str] = {}

    def add(self, rule_id: int, query: Query) -> None:
        """Take a rule in; one already held under this id is replaced."""
        self.remove(rule_id)
        # The longest word is the rarest, as a rule: so it wakes its rule in vain least often.
        anchor = max(query.words, key=len)
        self._anchors[rule_id] = anchor
        self._anchored.setdefault(anchor, {})[rule_id] = frozenset(query.words)

    def remove(self, rule_id: int) -> None:
        """Forget a rule; nothing happens if it is not held."""
        anchor = self._anchors.pop(rule_id, None)
        if anchor is None:
            return
        waiting = self._anchored[anchor]
        del waiting[rule_id]
        if not waiting:
            del self._anchored[anchor]

    def matching(self, text: str) -> set[int]:
        """The ids of the rules that `text` satisfies."""
        present = set(words(text))
        return {
            rule_id
            for anchor in self._anchored.keys() & present
            for rule_id, needed in self._anchored[anchor].items()
            if needed <= present
        }


def spans(text: str, query: Query) -> list[tuple[int, int]]:
    """Where words of `query` stand in `text`: (start, end) in characters, ascending, apart."""
    asked = frozenset(query.words)
    return [(token.start, token.end) for token in tokens(text) if token.word in asked]


def to_fts(query: Query) -> str:
    """`query` as an FTS5 MATCH expression on the column ``body``.

    Normalised words hold letters and digits only, so that quoting them is all it takes.
    """
    quoted = " AND ".join(f'"{word}"' for word in query.words)
    return f"body : ({quoted})"
