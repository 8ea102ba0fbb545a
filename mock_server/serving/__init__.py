"""Sockets and WSGI: the only place that waits, or cuts a reply."""
