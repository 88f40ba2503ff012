"""The store of a hub in PostgreSQL: several processes, several hosts, one database."""
