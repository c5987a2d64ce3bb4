"""Sessions in other processes: on several devices of this machine, or on a Ray cluster."""
