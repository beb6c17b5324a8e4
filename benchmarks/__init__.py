"""What it costs: each room beside its peers, and the app as a visitor meets it."""
