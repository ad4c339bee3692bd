"""Rules that are muted say nothing: not even their names in what other rules tell."""

from collections.abc import Sequence

from storage.records import Rule


def is_muted(rule: Rule, now: int) -> bool:
    """Whether a rule is silenced at a time."""
    return rule.muted_until_at is not None and rule.muted_until_at > now


def awake(hit: Sequence[Rule], now: int) -> Sequence[Rule]:
    """Those of the rules that hit in whose name it is told: what was owed before they were muted,
    in that of all.
    """
    return [rule for rule in hit if not is_muted(rule, now)] or hit
