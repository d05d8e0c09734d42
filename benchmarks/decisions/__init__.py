"""How good the plans are: the solver against its peers, on generated instances."""
