"""What a command refuses to do, for the person at the terminal."""


class OperatorError(Exception):
    """Something that the operator must change. The message says what; it is shown without a
    traceback.
    """
