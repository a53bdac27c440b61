"""YAML files that know on which line each of their values stands, so that a fault can be told as a compiler would."""

from __future__ import annotations

import yaml


class _Loader(yaml.CSafeLoader):
    """Leaves dates as they are written: the model reads them, and tells the line of one that no calendar has."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


class Document:
    """A YAML file that knows on which line each of its values stands."""

    def __init__(self, text: str) -> None:
        loader = _Loader(text)
        try:
            self.root = loader.get_single_node()
            self.value = loader.construct_document(self.root) if self.root else None
        finally:
            loader.dispose()

    def line(self, *keys: str | int) -> int:
        """The line of the value under these keys; of the deepest one that is there, where the rest is missing."""
        node = self.root
        line = 1
        for key in keys:
            found = _child(node, key)
            if found is None:
                break
            line, node = found
        return line


def _child(node: yaml.Node | None, key: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == str(key):
                return name.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        return node.value[key].start_mark.line + 1, node.value[key]
    return None
