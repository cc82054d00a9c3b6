"""Write the lessons as notebooks."""
