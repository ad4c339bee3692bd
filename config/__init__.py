"""Settings, logging, and the example file."""
