"""Training: offline, heavyweight, imported by nothing. One loop, and a recipe for each model."""
