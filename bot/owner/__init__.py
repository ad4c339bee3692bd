"""What the owner is told without asking: trouble, changes of channels, bursts of deletions, and
once a day the anchor."""
