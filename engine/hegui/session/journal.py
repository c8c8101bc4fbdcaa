"""What a change does is written down as it is done, so that an error can take it back."""

from __future__ import annotations

from typing import Any, Final, TypeVar

_ABSENT: Final = object()

Key = TypeVar("Key")
Member = TypeVar("Member")
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

    def put_among(self, held: dict[Key, dict[Member, Held]], key: Key, member: Member, value: Held) -> None:
        """Put an entry into one of many mappings, a new one where there is none."""
        if key not in held:
            self.put(held, key, {})
        self.put(held[key], member, value)

    def drop_among(self, held: dict[Key, dict[Member, Held]], key: Key, member: Member) -> None:
        """Remove an entry from one of many mappings if it is there. One that holds nothing any more goes too: keys come and go
        as long as a session lives."""
        if key in held:
            self.drop(held[key], member)
            if not held[key]:
                self.drop(held, key)

    def turn(self, held: dict[Key, dict[Member, None]], key: Key, member: Member, now: bool) -> None:
        """Let somebody be among the members of one of many sets, or not."""
        if now:
            self.put_among(held, key, member, None)
        else:
            self.drop_among(held, key, member)

    def undo(self) -> None:
        """Put everything back, latest first. Where an entry stands in its mapping may be another place."""
        while self._was:
            held, key, value = self._was.pop()
            if value is _ABSENT:
                held.pop(key, None)
            else:
                held[key] = value


class Beginning(Journal):
    """Writes nothing down: what a session begins with is never taken back, and there is much of it."""

    def put(self, held: dict[Key, Held], key: Key, value: Held) -> None:
        """Set an entry."""
        held[key] = value

    def drop(self, held: dict[Key, Held], key: Key) -> Held | None:
        """Remove an entry if it is there; gives back what it held."""
        return held.pop(key, None)
