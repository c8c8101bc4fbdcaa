"""What a change does is written down as it is done, so that an error can take it back."""

from __future__ import annotations

from typing import Any, Final, TypeVar

_ABSENT: Final = object()

Key = TypeVar("Key")
Held = TypeVar("Held")


class Journal:
    """The entries of mappings that were replaced, in order. What is held in them is never changed itself."""

    def __init__(self) -> None:
        self._was: list[tuple[dict[Any, Any], Any, Any]] = []

    def put(self, held: dict[Key, Held], key: Key, value: Held) -> None:
        """Set an entry."""
        self._was.append((held, key, held.get(key, _ABSENT)))
        held[key] = value

    def drop(self, held: dict[Key, Held], key: Key) -> Held | None:
        """Remove an entry if it is there; gives back what it held."""
        if key not in held:
            return None
        self._was.append((held, key, held[key]))
        return held.pop(key)

    def undo(self) -> None:
        """Put everything back, latest first. Where an entry stands in its mapping may be another place."""
        while self._was:
            held, key, value = self._was.pop()
            if value is _ABSENT:
                held.pop(key, None)
            else:
                held[key] = value
