"""Programs for "find the bug": right ones, of which one line is then made wrong."""
