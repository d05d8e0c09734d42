"""Decisions: plans against other ways of planning, each one command."""
