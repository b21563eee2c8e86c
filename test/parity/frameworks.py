"""Makes the frameworks importable side by side; import this before any of them.

Keras computes with PyTorch, so that no TensorFlow is needed. PyPI's torchvision is compiled against the CUDA build of
PyTorch: beside the build for processors its own operators do not load, and its import fails where it describes two of
them. No classification model uses these; they are declared, without an implementation.
"""

import os

os.environ["KERAS_BACKEND"] = "torch"
os.environ["HF_HUB_OFFLINE"] = "1"

import torch  # noqa: E402

# Kept alive: a declaration is gone with its library.
declared = torch.library.Library("torchvision", "FRAGMENT")

try:
    import torchvision  # noqa: E402
except RuntimeError:
    for name in ("nms", "qnms"):
        declared.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    import torchvision  # noqa: E402, F401
