"""How a gradient comes about, step by step: its paths, its formula, its rules."""
