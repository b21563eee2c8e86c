"""Where constructors are evaluated."""

import importlib
import importlib.util
import pathlib
import sys


def namespace_of(file):
    """The names of a module of an installed package, or of a file of our own: that is executed anew for every seed."""
    path = pathlib.Path(file)
    for root in map(pathlib.Path, sys.path):
        if root.name == "site-packages" and path.is_relative_to(root):
            name = ".".join(path.relative_to(root).with_suffix("").parts)
            return vars(importlib.import_module(name))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return vars(module)
