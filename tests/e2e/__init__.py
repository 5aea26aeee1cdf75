"""Real clients against the real thing; what they need from npm is pinned in package.json."""
