"""What is kept of people, and for how long: retention, legal holds, export and erasure, all by one table of columns.

Below the command line and the API; jobs are cancelled through their store, and texts that are going out are waited for.
"""
