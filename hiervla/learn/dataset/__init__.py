"""Demonstrations on disk: LeRobotDataset v3 written and read with pyarrow and numpy alone, and exported to HDF5."""
