"""When texts may go: a practice's closed days and its sending window, in one zone or several possible ones. Pure."""

from jobs.windows.closed_days import Calendar
from jobs.windows.sending import SendingWindow

__all__ = ["Calendar", "SendingWindow"]
