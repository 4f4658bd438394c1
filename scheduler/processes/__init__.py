"""The programs that run: server, ticker, worker, all of them in one, and the command line."""
