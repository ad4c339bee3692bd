"""What a person has to change in the settings before the program can start."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One setting that is wrong, said so that a person can act on it. Never shows a secret."""

    name: str  # dotted, as in the documentation: telegram.api_id
    wrong: str
    advice: str
    where: str = ""  # where it was read; empty where nothing was


class SettingsError(Exception):
    """The settings cannot be used; the message names every problem at once."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(_message(problems))
        self.problems = tuple(problems)


def _message(problems: list[Problem]) -> str:
    count = len(problems)
    lines = [f"The settings need {'a change' if count == 1 else f'{count} changes'}:"]
    for problem in problems:
        where = f" (read in {problem.where})" if problem.where else ""
        lines += ["", f"  {problem.name}: {problem.wrong}{where}", f"    {problem.advice}"]
    return "\n".join(lines)
