"""Replay of past weeks: what each way of planning would have cost with the requests that really came."""
