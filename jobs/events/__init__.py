"""Events out: what a practice's own systems are told of, where it goes, and each delivery's life.

The only writer of `endpoints`, `events` and `deliveries`, in the caller's transaction. It opens no connection outwards.
"""

from jobs.events.changing import (
    change_endpoint,
    find_endpoint,
    pause_endpoint,
    resume_endpoint,
    rotate_secret,
)
from jobs.events.deliveries import (
    MOST_ATTEMPTS,
    SCHEDULE,
    Delivery,
    Failed,
    Seen,
    Taken,
    dead_or_open,
    delivered,
    failed,
    forget,
    forget_contact,
    is_due,
    put_back,
    send_again,
    take,
)
from jobs.events.endpoints import (
    MAIL,
    POST,
    Added,
    Endpoint,
    NewEndpoint,
    add_endpoint,
    check_address,
    disable_endpoint,
    list_endpoints,
    remove_endpoint,
)
from jobs.events.kinds import MEANINGS, Kind
from jobs.events.noting import NewEvent, note, practices_wanting, wants

__all__ = [
    "MAIL",
    "MEANINGS",
    "MOST_ATTEMPTS",
    "POST",
    "SCHEDULE",
    "Added",
    "Delivery",
    "Endpoint",
    "Failed",
    "Kind",
    "NewEndpoint",
    "NewEvent",
    "Seen",
    "Taken",
    "add_endpoint",
    "change_endpoint",
    "check_address",
    "dead_or_open",
    "delivered",
    "disable_endpoint",
    "failed",
    "find_endpoint",
    "forget",
    "forget_contact",
    "is_due",
    "list_endpoints",
    "note",
    "pause_endpoint",
    "practices_wanting",
    "put_back",
    "remove_endpoint",
    "resume_endpoint",
    "rotate_secret",
    "send_again",
    "take",
    "wants",
]
