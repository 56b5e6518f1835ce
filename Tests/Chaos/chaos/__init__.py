"""Campaigns against the built program; see run.py."""
