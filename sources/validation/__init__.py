"""One check a file. Each takes rows and returns those that pass, with what was changed or set aside, and why."""
