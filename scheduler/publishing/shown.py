"""The effects that a plan showed, kept small: twelve bytes an identity, whatever a publish may want to know of it.

Effects go in, bytes come out and back. Identities are known by hashes of 64 bits: among half a million, two are taken
for one another once in some hundred million plans.
"""

import array
import hashlib
import sys
import uuid
from collections.abc import ItemsView, Iterable
from typing import Final

from scheduler.publishing.effects import Effect, Slot, What

_KEY_BYTES: Final = 8
_DETAIL_BITS: Final = 30
_DETAIL_MASK: Final = (1 << _DETAIL_BITS) - 1


class Shown:
    """What a plan showed of each identity, by the identity's hash."""

    def __init__(self, marks: dict[int, int] | None = None) -> None:
        """Begin with nothing, or with what was kept."""
        self._marks = {} if marks is None else marks

    def add(self, occasion_id: uuid.UUID, effects: Iterable[Effect]) -> None:
        """Remember the effects on an occasion."""
        for effect in effects:
            self._marks[key_of(occasion_id, effect.slot)] = _mark(effect)

    def holds(self, key: int, effect: Effect) -> bool:
        """Tell whether this very effect was shown of the identity."""
        return self._marks.get(key) == _mark(effect)

    def what(self, key: int) -> What | None:
        """Return what was shown of the identity, None where nothing was."""
        mark = self._marks.get(key)
        return None if mark is None else What(mark >> _DETAIL_BITS)

    def packed(self) -> bytes:
        """Return it as bytes: the sorted hashes, eight bytes each, then what happens to each, four bytes each."""
        ordered: ItemsView[int, int] | list[tuple[int, int]] = sorted(self._marks.items())
        keys = array.array("Q", (key for key, _ in ordered))
        marks = array.array("I", (mark for _, mark in ordered))
        return _little(keys).tobytes() + _little(marks).tobytes()

    @classmethod
    def unpacked(cls, kept: bytes) -> "Shown":
        """Return what `packed` gave."""
        count = len(kept) // 12
        keys, marks = array.array("Q"), array.array("I")
        keys.frombytes(kept[: count * _KEY_BYTES])
        marks.frombytes(kept[count * _KEY_BYTES :])
        return cls(dict(zip(_little(keys), _little(marks), strict=True)))

    def __len__(self) -> int:
        """Return of how many identities something was shown."""
        return len(self._marks)


def key_of(occasion_id: uuid.UUID, slot: Slot) -> int:
    """Return the hash of an identity."""
    written = f"{occasion_id.hex}\0{slot.rule}\0{slot.step}\0{slot.role}\0{slot.anchor}\0{slot.repeat}\0{slot.again}"
    return int.from_bytes(hashlib.blake2b(written.encode(), digest_size=_KEY_BYTES).digest())


def _mark(effect: Effect) -> int:
    """Return what happens in the two upper bits, and a hash of the moment to which it leads below them."""
    detail = 0 if effect.becomes is None else int(effect.becomes.timestamp()) & _DETAIL_MASK
    return effect.what << _DETAIL_BITS | detail


def _little(values: "array.array[int]") -> "array.array[int]":
    """Return the values in the order of bytes in which they are kept, little-endian on every machine."""
    if sys.byteorder == "big":
        values.byteswap()
    return values
