"""One job's life, from row to receipt; reads no YAML and no file, and knows nothing of `scheduler`."""
