"""The one base error, and a subclass for each thing a caller may handle; a message says what, where and what to do."""


class QuietbellError(Exception):
    """Something a person can mend: the message says what is wrong, where, and what to do."""


class NotFoundError(QuietbellError):
    """The named thing does not exist in this practice."""


class RefusedError(QuietbellError):
    """What was asked is not allowed in the present state; nothing was changed."""


class InputError(QuietbellError):
    """What was given cannot be read or is not valid; nothing was changed."""


class ConfigurationError(QuietbellError):
    """The installation's settings are missing or contradict one another."""
