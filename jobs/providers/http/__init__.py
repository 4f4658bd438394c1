"""What adapters over HTTP share: the wire, what an answer's status means, and callbacks as they arrive."""
