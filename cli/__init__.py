"""The command line. Heavy imports live inside the commands, so that --help answers at once."""
