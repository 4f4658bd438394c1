"""Who comes in and what each may do: users, API keys, rights, and the audit log."""
