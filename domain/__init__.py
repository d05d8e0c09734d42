"""The vocabulary of crewcast: records, table schemas with units, errors. No I/O; imports nothing of ours."""
