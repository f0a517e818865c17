"""The text of a Conditional Access policy's device filter, read into comparisons and what joins them.

The properties and operators are those of Microsoft's page "Filter for devices as a condition in Conditional Access
policy"; precedence, quoting and null those of the page it refers to, "Manage rules for dynamic membership groups".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

COLLECTIONS = frozenset({"physicalIds", "systemLabels"})
PROPERTIES = COLLECTIONS | {
    "deviceId",
    "deviceOwnership",
    "displayName",
    "enrollmentProfileName",
    "isCompliant",
    "manufacturer",
    "mdmAppId",
    "model",
    "operatingSystem",
    "operatingSystemVersion",
    "profileType",
    "trustType",
    *(f"extensionAttribute{number}" for number in range(1, 16)),
}
MAX_DEPTH = 50
"""How many parentheses may be open at once. A rule has 3072 characters at most, and people nest two or three."""


class RuleError(ValueError):
    """The text is no rule that this reading understands. Says at which character (from 1), and what was expected."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """True when `test` (one of `TESTS`) holds between the property and one of `wanted`, which are in lower case. None
    wanted: compared with null."""

    property: str
    test: str
    wanted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Not:
    term: Node


@dataclass(frozen=True, slots=True)
class Every:
    terms: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Some:
    terms: tuple[Node, ...]


Node = Comparison | Not | Every | Some


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that was understood. `properties`: the names it uses, without `device.`; those of `PROPERTIES` as they
    are spelled there, others as the rule first spells them."""

    root: Node
    properties: frozenset[str]

    @property
    def unknown_properties(self) -> frozenset[str]:
        """The names that Microsoft does not document for this filter."""
        return self.properties - PROPERTIES


def parse(rule: str) -> Rule:
    """Raises RuleError for a text that is not understood. Takes time in proportion to the length of the text."""
    parser = _Parser(rule)
    root = parser.either(0)
    parser.expect("end", "-and, -or or the end of the rule")
    return Rule(root, frozenset(parser.names.values()))


TESTS = ("eq", "in", "startswith", "endswith", "contains")
# A negative operator is true exactly where its positive one is false, null included.
_NEGATIVES = {"ne": "eq", **{f"not{test}": test for test in TESTS[1:]}}
_RESERVED = {"and", "or", "not", *TESTS, *_NEGATIVES}


class _Token(NamedTuple):
    """`kind`: a bracket, parenthesis or comma, or "word", "quoted", "end". `at` counts from 0."""

    kind: str
    text: str
    at: int


# The alternatives within a quoted text exclude one another, so that a match takes one pass over it.
_TOKEN = re.compile(r"""\s+|([()\[\],])|("(?:`"|[^"`])*"|'(?:''|`"|[^'`])*')|([^\s()\[\],"'`]+)""")
_KINDS = ("", "", "quoted", "word")
_PROPERTY = re.compile(r"device\.([a-z][a-z0-9_]*)", re.ASCII | re.IGNORECASE)
# No dots but in numbers: device.model or system.now is a reference, not a text that lacks its quotes.
_BARE = re.compile(r"[a-z0-9][a-z0-9_-]*|[0-9]+(\.[0-9]+)*", re.ASCII | re.IGNORECASE)


def _tokens(rule: str) -> Iterator[_Token]:
    at = 0
    while at < len(rule):
        found = _TOKEN.match(rule, at)
        if found is None:
            raise _error('a closing quote (with ` only inside, before a ")', _Token("word", rule[at:], at))
        if found.lastindex is not None:
            yield _Token(_KINDS[found.lastindex] or found[0], found[0], at)
        at = found.end()
    yield _Token("end", "", at)


def _error(expected: str, token: _Token) -> RuleError:
    found = "the end of the rule" if token.kind == "end" else repr(token.text[:20])
    return RuleError(f"At character {token.at + 1}: {expected} was expected, found {found}.")


class _Parser:
    """Recursive descent, one method for each precedence. `names`: the properties met, by their names in lower case."""

    def __init__(self, rule: str) -> None:
        self._tokens = _tokens(rule)
        self._token = next(self._tokens)
        self.names: dict[str, str] = {}

    def expect(self, kind: str, expected: str) -> _Token:
        token = self._token
        if token.kind != kind:
            raise _error(expected, token)
        if kind != "end":
            self._token = next(self._tokens)
        return token

    def _taken(self, kind: str) -> bool:
        if self._token.kind != kind:
            return False
        self.expect(kind, kind)
        return True

    def _taken_word(self, name: str) -> bool:
        return self._token.kind == "word" and _operator(self._token) == name and self._taken("word")

    def either(self, depth: int) -> Node:
        terms = [self._both(depth)]
        while self._taken_word("or"):
            terms.append(self._both(depth))
        return Some(tuple(terms)) if len(terms) > 1 else terms[0]

    def _both(self, depth: int) -> Node:
        terms = [self._term(depth)]
        while self._taken_word("and"):
            terms.append(self._term(depth))
        return Every(tuple(terms)) if len(terms) > 1 else terms[0]

    def _term(self, depth: int) -> Node:
        opposite = False
        while self._taken_word("not"):
            opposite = not opposite
        opening = self._token
        if not self._taken("("):
            term = self._comparison()
        elif depth == MAX_DEPTH:
            raise _error(f"a rule with no more than {MAX_DEPTH} parentheses inside one another", opening)
        else:
            term = self.either(depth + 1)
            self.expect(")", "-and, -or or a closing parenthesis")
        return Not(term) if opposite else term

    def _comparison(self) -> Node:
        expected = "a comparison that begins with a property such as device.trustType"
        subject = self.expect("word", expected)
        named = _PROPERTY.fullmatch(subject.text)
        if named is None:
            raise _error(expected, subject)
        name = self.names.setdefault(named[1].lower(), _SPELLING.get(named[1].lower(), named[1]))
        expected = "an operator such as -eq, -ne, -startsWith, -contains or -in"
        word = self.expect("word", expected)
        spelled = _operator(word)
        test = _NEGATIVES.get(spelled, spelled)
        if test not in TESTS:
            raise _error(expected, word)
        comparison = Comparison(name, test, self._wanted(name, test))
        return Not(comparison) if spelled in _NEGATIVES else comparison

    def _wanted(self, name: str, test: str) -> tuple[str, ...]:
        listed = test == "in" and self._taken("[")
        first = self._token
        values = [self._value(name, test)]
        if test == "in" and not listed and "," in first.text:
            raise _error("a list in square brackets", first)
        while listed and self._taken(","):
            values.append(self._value(name, test))
        if listed:
            self.expect("]", "a comma or a closing square bracket")
        return tuple(value for value in values if value is not None)

    def _value(self, name: str, test: str) -> str | None:
        """In lower case; None for null."""
        token = self._token
        if self._taken("quoted"):
            value = token.text[1:-1].replace('`"', '"').replace("''", "'").lower()
        else:
            value = self.expect("word", "a value").text.lower()
            if value in ("null", "$null"):
                if test != "eq":
                    raise _error("a value other than null, which goes with -eq and -ne only,", token)
                return None
            if value in _RESERVED or not _BARE.fullmatch(value):
                raise _error("a value, in quotes unless it is True, False, null or a number,", token)
        if name == "isCompliant" and value not in ("true", "false"):
            raise _error("True or False", token)
        return value


_SPELLING = {name.lower(): name for name in PROPERTIES}


def _operator(word: _Token) -> str:
    """The operator in lower case and without its hyphen, which may be missing. Microsoft's pages also have the dash."""
    return re.sub("^[-–]", "", word.text.lower())
