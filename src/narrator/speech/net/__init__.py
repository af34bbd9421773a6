"""Asking servers: with certificates checked, within a time, and again where that helps."""
