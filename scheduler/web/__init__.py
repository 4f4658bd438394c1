"""What people see in a browser: pages and forms over the rooms below. It decides nothing that the API would not."""
