"""Runs, versions and champions in MLflow: the only package that imports it."""

from models.registry.registry import CHALLENGER, CHAMPION, Registry, Training, Version

__all__ = ["CHALLENGER", "CHAMPION", "Registry", "Training", "Version"]
