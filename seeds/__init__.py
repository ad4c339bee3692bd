"""What the program starts with: data a non-programmer can read and edit, and its readers.

The files are packs/*.toml, rules.toml, glossary.toml, places/* and demo.toml; each says at its top
how it is written.
"""

from seeds.channels import packs
from seeds.demo import (
    DemoChannel,
    DemoDay,
    DemoEdit,
    DemoPost,
    DemoQuestion,
    DemoSubscriber,
    demo_day,
)
from seeds.names import names
from seeds.starting import StarterRule, starter_rules
from seeds.tables import SeedsError

__all__ = [
    "DemoChannel",
    "DemoDay",
    "DemoEdit",
    "DemoPost",
    "DemoQuestion",
    "DemoSubscriber",
    "SeedsError",
    "StarterRule",
    "demo_day",
    "names",
    "packs",
    "starter_rules",
]
