"""Proof: everything that was said to and by one contact, and on what grounds, as one file for a regulator or a court.

It reads in one transaction of the database, a part at a time, and writes one file; it changes nothing else.
"""

from scheduler.proof.sealed_file import Seal, check_seal
from scheduler.proof.writing import Counts, Request, write_proof

__all__ = ["Counts", "Request", "Seal", "check_seal", "write_proof"]
