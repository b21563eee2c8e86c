"""The tasks by the names that the families give them."""

from tasks.images import Images, ImagesChannelsLast
from tasks.sequences import Sequences
from tasks.tokens import Tokens
from tasks.vectors import Vectors

tasks = {
    "vectors": Vectors,
    "images": Images,
    "imagesChannelsLast": ImagesChannelsLast,
    "sequences": Sequences,
    "tokens": Tokens,
}
