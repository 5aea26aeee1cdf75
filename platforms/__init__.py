"""How do we read from and act on Facebook, Instagram, X and YouTube? One module each, of the same shape."""
