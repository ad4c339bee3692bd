"""Telling subscribers: what an alert says, when it may go, and that it goes once."""
