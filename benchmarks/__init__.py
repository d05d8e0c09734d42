"""Every number in README and docs comes from one of these commands. Results print as Markdown."""
