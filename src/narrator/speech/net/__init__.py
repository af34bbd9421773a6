"""Requests to servers, with certificate checks, time limits, and retries where they help."""
