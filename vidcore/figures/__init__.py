"""Pure functions from results to Plotly figures; one module per room, of the same name."""
