"""Outside world → validated table. One file adds one kind of source; only `pipelines` joins it to storage."""
