"""Where a model comes from: a preset, a folder, a GGUF file, a hub, or a seed (the tiny one).

Whatever it is, it ends as a folder in the layout of the hub, its SHA-256 checked before use, and
never as a pickle. In the cache, `weights/` holds one folder a model; a GGUF file that was fetched
is deleted once it is converted.
"""
