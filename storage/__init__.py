"""The archive. The only place that knows SQL, and what the archive is made of."""
