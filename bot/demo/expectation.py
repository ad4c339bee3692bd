"""What the seeds promise: who is alerted to a post, how, and who is told what becomes of it."""

from collections.abc import Set

from seeds import DemoDay, DemoPost, DemoSubscriber

DAY = 24 * 3_600_000  # as long as what tells a story again joins its alert


def hits(subscriber: DemoSubscriber, queries: Set[str]) -> bool:
    """Whether one of these rules is the subscriber's."""
    return not queries.isdisjoint(subscriber.rules)


def alerted_by_edit(subscriber: DemoSubscriber, post: DemoPost) -> bool:
    """Whether the edit is what makes one of its rules hit."""
    return post.edit is not None and hits(subscriber, post.edit.hits - post.hits)


def joins(subscriber: DemoSubscriber, post: DemoPost, day: DemoDay) -> bool:
    """Whether a post that hits is told in the alert of what it forwards, and not in its own."""
    if not hits(subscriber, post.hits):
        return False
    origins = [other for other in day.posts if other.key == post.forward_of]
    return any(hits(subscriber, origin.hits) and post.at - origin.at < DAY for origin in origins)


def told_of_edit(subscriber: DemoSubscriber, post: DemoPost) -> bool:
    """Whether the edit follows an alert. One that makes another rule hit is an alert itself."""
    if post.edit is None or alerted_by_edit(subscriber, post):
        return False
    return hits(subscriber, post.hits)


def told_of_deletion(subscriber: DemoSubscriber, post: DemoPost) -> bool:
    """Whether the deletion follows an alert."""
    if post.deleted_at is None:
        return False
    return hits(subscriber, post.hits) or alerted_by_edit(subscriber, post)
