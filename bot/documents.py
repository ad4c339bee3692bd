"""A post as the conditions of a query see it."""

from collections.abc import Mapping, Set

from bot.query.tree import Document
from storage.records import Post
from storage.states import meta

LabelsOf = Mapping[int, Set[str]]  # the labels that a channel carries, by its id


def document(post: Post, version: int, deleted: bool, labels: LabelsOf) -> Document:
    """A state of a post, with the marks that the archive's index has for it, and labels."""
    marks = {f"in:{label}" for label in labels.get(post.channel_id, ())}
    return Document(post.text, frozenset(marks | set(meta(post, version, deleted).split())))


def by_channel(labels: Mapping[str, list[int]]) -> LabelsOf:
    """From the channels of each label the labels of each channel."""
    found: dict[int, set[str]] = {}
    for label, channels in labels.items():
        for channel in channels:
            found.setdefault(channel, set()).add(label)
    return found
