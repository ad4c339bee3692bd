"""What a message tells its receiver of posts: which one it is about, and which ones joined it."""

from bot.sandbox.inbox import Received


def links(message: Received) -> list[str]:
    """What the text links to, in its order, whether the link shows or hides behind words."""
    return [str(url) for entity in message.entities if (url := getattr(entity, "url", None))]


def about(message: Received) -> str:
    """The post that an alert or what follows it is about, which it links to last."""
    return next(reversed(links(message)), "")


def is_alert(message: Received) -> bool:
    """Whether it is an alert, with what joined it or without: its first button opens the post."""
    return _looks_closer(message) and bool(message.buttons[0][0].url)


def is_follow_up(message: Received) -> bool:
    """Whether it tells what became of an alerted post: it only has buttons that look closer."""
    return _looks_closer(message) and not message.buttons[0][0].url


def _looks_closer(message: Received) -> bool:
    """Whether a button under it shows the versions of a post."""
    data = [button.data or b"" for row in message.buttons for button in row]
    return any(each.startswith(b"vers:") for each in data)
