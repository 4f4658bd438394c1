"""What is asked of texts: one-offs and whether they may go, orders on jobs, lists, histories, costs.

Shared by the command line and the API, in the caller's transaction; it sends nothing itself.
"""
