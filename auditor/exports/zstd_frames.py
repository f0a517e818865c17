"""Whether a file of zstd frames is whole. The layout is that of RFC 8878: frames of a header, blocks and perhaps a
checksum; a block's first three bytes say whether it is the last one, its kind and its size."""

from __future__ import annotations

import os
from typing import BinaryIO

_FRAME = 0xFD2FB528
_SKIPPABLE = 0x184D2A50  # to 0x184D2A5F


def ends_whole(file: BinaryIO) -> bool:
    """Is the last frame complete? Only headers are read. What is no frame at all is left to the decompressor, which
    has something to say about it."""
    size = file.seek(0, os.SEEK_END)
    at = 0
    while at < size:
        file.seek(at)
        header = file.read(8)
        magic = int.from_bytes(header[:4], "little")
        if magic & ~0xF == _SKIPPABLE:
            at += 8 + int.from_bytes(header[4:], "little")
        elif magic == _FRAME and len(header) > 4:
            end = _end_of_frame(file, at, header[4], size)
            if end is None:
                return False
            at = end
        else:
            return len(header) > 4
    return at == size


def _end_of_frame(file: BinaryIO, start: int, descriptor: int, size: int) -> int | None:
    single_segment = descriptor >> 5 & 1
    content_size = (1 if single_segment else 0, 2, 4, 8)[descriptor >> 6]
    dictionary = (0, 1, 2, 4)[descriptor & 3]
    at = start + 5 + (0 if single_segment else 1) + dictionary + content_size
    last = False
    while not last:
        file.seek(at)
        header = int.from_bytes(file.read(3), "little")
        if at + 3 > size:
            return None
        last = bool(header & 1)
        repeated = header >> 1 & 3 == 1  # one byte that stands for many
        at += 3 + (1 if repeated else header >> 3)
    at += 4 if descriptor >> 2 & 1 else 0
    return at if at <= size else None
