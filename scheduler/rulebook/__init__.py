"""What an admin writes: its schema, its reader and its words."""
