"""Closed-loop measurement of any policy: real eyes, the real control loop, scored afterwards by the simulator's truth."""
