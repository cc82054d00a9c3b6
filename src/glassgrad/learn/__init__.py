"""For people who are learning: the small engine to read, and later lessons and exercises."""
