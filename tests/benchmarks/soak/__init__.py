"""The real program, killed and cut off at random, against a Telegram that misbehaves.

    python -m tests.benchmarks.soak --seconds 60 --seed 1

What is published, and what goes wrong, is drawn from the seed; the moments at which it falls on
the program are the machine's. In the end the archive is compared with the truth of the server,
and the alerts that were received with those that the truth calls for.
"""
