"""One peer family a file, each with the constant PEERS. Libraries are imported where they are used, not on import."""
