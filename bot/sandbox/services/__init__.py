"""What the server can be asked: one module a subject, one small function a request."""
