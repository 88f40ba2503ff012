"""The folder of one user: settings, editions, charter, people, copies."""
