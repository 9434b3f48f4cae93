"""The configuration in a Keras file: a `.keras` archive, or HDF5. Weights are not read.

Nothing that a file refers to is followed, and no more is unpacked than a configuration may have.
"""

from __future__ import annotations

import json
import lzma
import struct
import zipfile
import zlib
from typing import Any, BinaryIO, cast

from convcost.errors import ConvcostError, UsageError
from convcost.sources.imports.isolated import isolated

LARGEST_CONFIG = 16 << 20
"""Bytes; that of the largest network of `keras.applications` has one and a half million."""
_LONGEST_LIST = 1 << 20
"""Bytes of an archive's list of what is in it, which has a dozen entries."""
_LONGEST = 5
"""Seconds; HDF5 goes round in circles in some files that are broken."""
_CONFIG = "config.json"
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""The ways of packing that Keras uses, and that Python unpacks no further than it is asked to."""
_ZIP, _HDF5 = b"PK\x03\x04", b"\x89HDF\r\n\x1a\n"
# A file that is broken, or says that it is packed in a way that Python's zipfile has not (for which
# that raises NotImplementedError).
_BROKEN = (
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
    lzma.LZMAError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


def config_in(file: BinaryIO) -> Any:
    """The configuration of the model that a file holds, as JSON has it; its weights are not read.

    ConvcostError for a file that is none, or that has no such thing; UsageError without h5py.
    """
    head = file.read(len(_HDF5))
    file.seek(0)
    if head.startswith(_ZIP):
        return parsed(_zipped(file))
    if head.startswith(_HDF5):
        return parsed(_in_hdf5(file))
    raise ConvcostError(
        "this is no Keras model: neither a .keras archive nor HDF5",
        hint="model.save() writes one",
    )


def parsed(text: bytes | str) -> Any:
    """A configuration, parsed; ConvcostError if it is no JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        reason = "it nests too deep" if isinstance(error, RecursionError) else "it is no JSON"
        raise ConvcostError(f"its configuration cannot be read: {reason}") from None


class _Bounded:
    """A file of which no more is read at once than `most` bytes, whatever it says of itself."""

    def __init__(self, file: BinaryIO, most: int) -> None:
        self.most = most
        self._file = file
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        """So many bytes, or all that are left."""
        found = self._file.read(min(size, self.most + 1) if size >= 0 else self.most + 1)
        if len(found) > self.most:
            raise ValueError("a part of it is too large")
        return found


def _zipped(file: BinaryIO) -> bytes:
    bounded = _Bounded(file, _LONGEST_LIST)
    try:
        with zipfile.ZipFile(cast(BinaryIO, bounded)) as archive:
            entries = archive.infolist()
            names = [each.filename for each in entries]
            if _CONFIG not in names:
                raise ConvcostError(
                    f"this archive has no {_CONFIG}", hint="model.save('net.keras') writes one"
                )
            entry = entries[names.index(_CONFIG)]
            if entry.compress_type not in _PACKED:
                raise ConvcostError(f"its {_CONFIG} is packed in a way that Keras does not")
            bounded.most = LARGEST_CONFIG + 1
            with archive.open(entry) as config:
                text = config.read(LARGEST_CONFIG + 1)  # whatever size the archive says it has
    except _BROKEN as error:
        told = type(error).__name__
        raise ConvcostError(f"this .keras archive is broken ({told})") from None
    return _sane(text)


def _sane(text: bytes) -> bytes:
    if len(text) > LARGEST_CONFIG:
        most = LARGEST_CONFIG >> 20
        raise ConvcostError(f"its configuration has more than {most} MiB, and is not unpacked")
    return text


def _in_hdf5(file: BinaryIO) -> bytes:
    _h5py()
    text = isolated("this HDF5 file is broken", lambda: _attribute(file), _LONGEST)
    if not text:
        raise ConvcostError(
            "this HDF5 file holds weights, and no model",
            hint="save the whole model: model.save('net.keras')",
        )
    return _sane(text)


def _attribute(file: BinaryIO) -> bytes:
    """The attribute of the file itself; no group is opened, so no link is followed."""
    with _h5py().File(file, "r") as group:
        if "model_config" not in group.attrs:
            return b""
        size = group.attrs.get_id("model_config").get_storage_size()
        if size > LARGEST_CONFIG:
            return bytes(LARGEST_CONFIG + 1)
        text = group.attrs["model_config"]
    return text.encode() if isinstance(text, str) else bytes(text)


def _h5py() -> Any:
    try:
        import h5py
    except ImportError:
        raise UsageError(
            "reading HDF5 files of Keras needs h5py, which is not installed",
            hint="pip install h5py; a .keras file needs nothing",
        ) from None
    return h5py
