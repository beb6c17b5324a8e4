"""Tasks: what is learned, from which data, and how it is measured; one file for each objective."""
