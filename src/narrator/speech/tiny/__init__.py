"""The voice `tiny`: fetched once, then spoken offline by numpy alone."""
