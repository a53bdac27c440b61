"""The library and the understanding, module by module."""
