"""vidcore: video understanding, built from scratch.

Every idea is a room: a NumPy reference that reads as the explanation, and a torch path beside it
(`X_torch.py`) that runs on CPU or GPU. Importing this package loads neither torch nor av.
"""

__version__ = "0.1.0"
