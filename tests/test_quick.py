"""Objects that are made in a third of the time are the same objects."""

import copy
import dataclasses
import inspect
import pickle
from dataclasses import dataclass, field

import pytest

from bridgebot.model import Author, Span
from bridgebot.model.quick import quickly_made


@dataclass(frozen=True, slots=True)
class Slow:
    """As `dataclasses` makes it."""

    name: str
    size: int = 3
    parts: tuple[str, ...] = ()


@quickly_made
@dataclass(frozen=True, slots=True)
class Quick:
    """The same."""

    name: str
    size: int = 3
    parts: tuple[str, ...] = ()


def test_they_are_made_by_the_same_words():
    assert inspect.signature(Quick) == inspect.signature(Slow)
    assert dataclasses.astuple(Quick("a", parts=("b",))) == ("a", 3, ("b",))
    assert type(Quick("a")) is Quick
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'name'"):
        Quick()
    with pytest.raises(TypeError, match="colour"):
        Quick("a", colour=1)


def test_nothing_of_them_can_be_changed():
    one = Quick("a")
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.name = "b"
    with pytest.raises(dataclasses.FrozenInstanceError):
        del one.name
    with pytest.raises((AttributeError, TypeError)):
        one.colour = "red"
    assert one == Quick("a")


def test_they_are_compared_hashed_copied_and_shown_as_before():
    one, same, other = Quick("a", 1), Quick("a", 1), Quick("b", 1)
    assert one == same
    assert hash(one) == hash(same)
    assert one != other
    assert repr(one) == repr(Slow("a", 1)).replace("Slow", "Quick")
    assert copy.deepcopy(one) == pickle.loads(pickle.dumps(one)) == one
    assert dataclasses.replace(one, name="b") == other
    assert type(dataclasses.replace(one, name="b")) is Quick


def test_what_a_network_brings_is_made_so():
    assert Author("1", "@a").__init__.__code__.co_filename == Span(0, 1, "bold").__init__.__code__.co_filename
    assert Author("1", handle="@a") == Author(id="1", handle="@a", name="", url=None)


def test_a_class_that_does_more_is_refused():
    @dataclass(frozen=True, slots=True)
    class Made:
        parts: list[str] = field(default_factory=list)

    @dataclass(frozen=True, slots=True)
    class Checked:
        name: str

        def __post_init__(self) -> None:
            raise AssertionError

    for odd in (Made, Checked):
        with pytest.raises(TypeError, match="more than its fields"):
            quickly_made(odd)
