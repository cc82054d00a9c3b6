"""The commands of ``glassgrad``, one to a module; each adds itself to the parser."""
