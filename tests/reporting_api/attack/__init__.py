"""An attacker without a key: reads everything that the public API says, and bounds what it hides with a solver."""
