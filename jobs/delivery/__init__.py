"""A worker's pipeline, from ids of queued jobs to recorded outcomes; `pipeline` is its table of contents."""

from jobs.delivery.pipeline import LEASE, Delivery

__all__ = ["LEASE", "Delivery"]
