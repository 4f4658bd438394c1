"""Contacts and occasions in: rows are checked, upserted and replanned in one transaction; files are staged first."""
