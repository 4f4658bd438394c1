"""iCalendar files and feeds: what they hold becomes occasions of a kind, through the same intake as any other row."""
