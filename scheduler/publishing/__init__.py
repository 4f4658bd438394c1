"""From a practice's desk to a published revision: what is checked, what it would do, and how it takes effect."""
