"""The kinds of exercises, one module each; each draws one task from dice."""
