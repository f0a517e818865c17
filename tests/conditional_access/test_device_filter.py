import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from auditor.conditional_access.device_filter import UNKNOWN, UNREGISTERED, RuleError, matches, parse, truth_table
from auditor.conditional_access.device_filter_syntax import MAX_DEPTH, PROPERTIES
from auditor.conditional_access.three_values import Applies
from auditor.local_tenant.simulation import device_filter as independent
from auditor.local_tenant.simulation.devices import DEVICES

YES, NO, NOT_KNOWN = Applies.YES, Applies.NO, Applies.NOT_KNOWN
TEMPLATE = 'device.trustType -ne "ServerAD" -or device.isCompliant -ne True'


def answer(rule: str, **device: object) -> Applies:
    return matches(parse(rule), device)


@pytest.mark.parametrize(
    ("operator", "literal", "true_of", "false_of"),
    [
        ("-eq", '"Surface Pro"', "surface PRO", "Surface"),
        ("-startsWith", '"Surf"', "surface Pro", "My Surface"),
        ("-endsWith", '"pro"', "Surface Pro", "Pro Surface"),
        ("-contains", '"FACE"', "Surface Pro", "Surf ace"),
        ("-in", '["ThinkPad", "Surface Pro"]', "surface pro", "Surface"),
        ("-in", '["Surface Pro"]', "surface pro", "Surface"),
        ("-in", '"Surface Pro"', "surface pro", "Surface"),
    ],
)
def test_operators(operator: str, literal: str, true_of: str, false_of: str) -> None:
    opposite = "-ne" if operator == "-eq" else f"-not{operator[1].upper()}{operator[2:]}"
    positive, negative = (parse(f"device.model {each} {literal}") for each in (operator, opposite))
    for value, expected in ((true_of, YES), (false_of, NO), (None, NO), (UNKNOWN, NOT_KNOWN), (7, NOT_KNOWN)):
        assert matches(positive, {"model": value}) is expected
        assert matches(negative, {"model": value}) is {YES: NO, NO: YES}.get(expected, NOT_KNOWN)
    assert matches(positive, UNREGISTERED) is NO
    assert matches(negative, UNREGISTERED) is YES
    assert matches(positive, {}) is matches(negative, {}) is NOT_KNOWN


@pytest.mark.parametrize("literal", ["True", "true", '"True"', "'TRUE'"])
def test_compliance_with_and_without_quotes(literal: str) -> None:
    assert answer(f"device.isCompliant -eq {literal}", isCompliant=True) is YES
    assert answer(f"device.isCompliant -eq {literal}", isCompliant=False) is NO
    assert answer(f"device.isCompliant -ne {literal}", isCompliant=None) is YES
    assert answer(f"device.isCompliant -startsWith {literal}", isCompliant=True) is NOT_KNOWN


def test_a_collection_contains_whole_texts() -> None:
    labels = ("M365Managed", "MultiUser")
    assert answer('device.systemLabels -contains "multiuser"', systemLabels=labels) is YES
    assert answer('device.systemLabels -contains "M365"', systemLabels=labels) is NO
    assert answer('device.systemLabels -notContains "M365"', systemLabels=labels) is YES
    assert answer('device.physicalIds -contains "[ZTDId]:7"', physicalIds=["[ZTDID]:7"]) is YES
    assert answer('device.physicalIds -notContains "[ZTDId]:7"', physicalIds=()) is YES


def test_what_is_not_documented_of_a_collection_is_not_known() -> None:
    assert answer('device.systemLabels -eq "MultiUser"', systemLabels=("MultiUser",)) is NOT_KNOWN
    assert answer('device.systemLabels -contains "MultiUser"', systemLabels="MultiUser") is NOT_KNOWN
    assert answer('device.systemLabels -contains "MultiUser"', systemLabels=("MultiUser", 7)) is NOT_KNOWN


@pytest.mark.parametrize("null", ["null", "NULL", "$null"])
def test_null_tells_values_from_null_and_is_not_known_of_null_itself(null: str) -> None:
    """One of Microsoft's pages has -eq null true of null, the other has no positive operator true of it."""
    for operator, of_a_value in (("-eq", NO), ("-ne", YES)):
        rule = f"device.model {operator} {null}"
        assert answer(rule, model="Surface") is of_a_value
        assert answer(rule, model=None) is answer(rule) is matches(parse(rule), UNREGISTERED) is NOT_KNOWN


def test_null_in_quotes_is_text() -> None:
    assert answer('device.model -eq "null"', model="Null") is YES
    assert matches(parse('device.model -ne "null"'), UNREGISTERED) is YES


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ('"a`"b"', 'a"b'),
        ('"`"Sales`""', '"Sales"'),
        ('"O\'Brien"', "O'Brien"),
        ("\"O''Brien\"", "O'Brien"),
        ("'O''Brien'", "O'Brien"),
        ("''", ""),
        ('"(-and) -or [x], device.model -eq null"', "(-and) -or [x], device.model -eq null"),
        ("10.0.19045", "10.0.19045"),
        ("SAW", "saw"),
    ],
)
def test_quoting(literal: str, value: str) -> None:
    rule = parse(f"device.displayName -eq {literal}")
    assert matches(rule, {"displayName": value}) is YES
    assert matches(rule, {"displayName": f"{value}."}) is NO


@pytest.mark.parametrize(
    ("rule", "same"),
    [
        ("{a} -or {b} -and {c}", "{a} -or ({b} -and {c})"),
        ("{a} -and {b} -or {c}", "({a} -and {b}) -or {c}"),
        ("-not {a} -and {b}", "(-not ({a})) -and {b}"),
        ("-not {a} -or {b}", "(-not {a}) -or {b}"),
        ("-not -not {a}", "((({a})))"),
        ("not({a})or({b}and {c})", "-NOT {a} -Or ({b} –AND {c})"),
        ("-not({a}-and -not({b}))", "-not {a} -or {b}"),
    ],
)
def test_precedence(rule: str, same: str) -> None:
    parts = {"a": 'device.model -eq "m"', "b": 'device.manufacturer eq "m"', "c": 'device.mdmAppId -ne "m"'}
    one, other = parse(rule.format(**parts)), parse(same.format(**parts))
    for values in product(("m", "x", None, UNKNOWN), repeat=3):
        device = dict(zip(("model", "manufacturer", "mdmAppId"), values, strict=True))
        assert matches(one, device) is matches(other, device)


def test_the_template_reaches_compliant_devices_that_are_not_hybrid_joined() -> None:
    assert [(row.device, row.compliant, row.matches) for row in truth_table(parse(TEMPLATE))] == [
        ("unregistered", None, YES),
        ("AzureAD", True, YES),
        ("AzureAD", False, YES),
        ("ServerAD", True, NO),
        ("ServerAD", False, YES),
        ("Workplace", True, YES),
        ("Workplace", False, YES),
    ]


def test_the_table_leaves_open_what_only_other_properties_decide() -> None:
    rows = truth_table(parse('device.trustType -eq "AzureAD" -and device.extensionAttribute1 -eq "SAW"'))
    assert [row.matches for row in rows] == [NO, NOT_KNOWN, NOT_KNOWN, NO, NO, NO, NO]


def test_properties_by_their_canonical_names() -> None:
    rule = parse('DEVICE.TRUSTTYPE -EQ "AzureAD" -And device.extensionattribute12 -Ne 1 -or device.deviceid -IN ["x"]')
    assert rule.properties == {"trustType", "extensionAttribute12", "deviceId"}
    assert rule.unknown_properties == frozenset()
    assert matches(rule, {"trustType": "azuread", "extensionAttribute12": "2"}) is YES
    assert len(PROPERTIES) == 29


def test_an_undocumented_property_is_not_known_of_a_registered_device() -> None:
    rule = parse('device.isRooted -eq "True" -or device.ISROOTED -eq "x" -or device.extensionAttribute16 -eq "x"')
    assert rule.properties == rule.unknown_properties == {"isRooted", "extensionAttribute16"}
    assert matches(rule, {"isRooted": "True"}) is NOT_KNOWN
    assert matches(rule, UNREGISTERED) is NO


@pytest.mark.parametrize(
    ("rule", "position", "expected"),
    [
        ("", 1, "a property"),
        ("   ", 4, "a property"),
        ("trustType -eq 1", 1, "a property"),
        ("user.mail -eq 1", 1, "a property"),
        ("device.a.b -eq 1", 1, "a property"),
        ("device.model", 13, "an operator"),
        ('device.model -match "x"', 14, "an operator"),
        ('device.model --eq "x"', 14, "an operator"),
        ("device.model not null", 14, "an operator"),
        ('device.model -any (_ -eq "x")', 14, "an operator"),
        ("device.model -eq", 17, "a value"),
        ("device.model -eq -and", 18, "a value"),
        ("device.model -eq and", 18, "a value"),
        ("device.model -eq device.manufacturer", 18, "a value"),
        ("device.model -eq “x”", 18, "a value"),
        ('device.model -eq `"x`"', 18, "quote"),
        ('device.model -eq "a`b"', 18, "quote"),
        ('device.model -eq "x', 18, "a closing quote"),
        ("device.model -eq 'x''", 21, "a closing quote"),
        ('device.model -eq "a""b"', 21, "-and, -or or the end"),
        ('device.model -eq Surface "Pro"', 26, "-and, -or or the end"),
        ("device.model -eq Surface Pro", 26, "-and, -or or the end"),
        ('device.model -eq ["x"]', 18, "a value"),
        ("device.model -in []", 19, "a value"),
        ('device.model -in ["x"', 22, "a closing square bracket"),
        ('device.model -in ["x" "y"]', 23, "a comma"),
        ('device.model -in "x, y"', 18, "square brackets"),
        ("device.model -in [null]", 19, "a value other than null"),
        ("device.model -startsWith null", 26, "a value other than null"),
        ('device.isCompliant -eq "yes"', 24, "True or False"),
        ('(device.model -eq "x"', 22, "a closing parenthesis"),
        ('device.model -eq "x")', 21, "the end"),
        ("()", 2, "a property"),
        ('device.model -eq "x" -and', 26, "a property"),
        ('device.model -eq "x" device.model -eq "y"', 22, "-and"),
    ],
)
def test_what_is_not_understood_is_refused(rule: str, position: int, expected: str) -> None:
    with pytest.raises(RuleError, match=rf"^At character {position}: .*{re.escape(expected)}.* was expected, found "):
        parse(rule)


def test_deep_nesting() -> None:
    def nested(depth: int) -> str:
        return "(-not" * depth + ' device.model -eq "x"' + ")" * depth

    assert answer(nested(MAX_DEPTH), model="x") is YES
    with pytest.raises(RuleError, match="parentheses inside one another"):
        parse(nested(MAX_DEPTH + 1))


@pytest.mark.parametrize("part", ["(", "-not ", '"', "'", "''", "'a", '`"', "[", ",", "-or ", "device.model -eq "])
def test_hostile_repetition_is_refused_at_once(part: str) -> None:
    for start in ("", "device.model -eq ", 'device.model -eq "'):
        with pytest.raises(RuleError):
            parse(start + part * 100_000 + " )")


def test_the_longest_rule_of_graph() -> None:
    ids = ",".join(f'"{number:08}-0000-0000-0000-000000000000"' for number in range(70))
    rule = f"device.deviceId -in [{ids}] -and " + "-not " * 50
    rule += 'device.model -eq "x"'.rjust(3072 - len(rule))
    assert len(rule) == 3072
    assert answer(rule, deviceId="00000069-0000-0000-0000-000000000000", model="x") is YES


# Trees made by hypothesis: written as text, read back, and compared with what the tree itself says.


@dataclass(frozen=True)
class Leaf:
    property: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Branch:
    operator: str
    terms: tuple["Leaf | Branch", ...]


VALUES = ("Alpha", "alp", "qu\"o'te", "", "(x), -or")
NAMES = ("model", "displayName", "extensionAttribute3", "notDocumented")
HOLDS: Mapping[str, Callable[[str, tuple[str, ...]], bool]] = {
    "eq": lambda held, wanted: held == wanted[0],
    "in": lambda held, wanted: held in wanted,
    "startswith": lambda held, wanted: held[: len(wanted[0])] == wanted[0],
    "endswith": lambda held, wanted: held[len(held) - len(wanted[0]) :] == wanted[0] and len(held) >= len(wanted[0]),
    "contains": lambda held, wanted: held.find(wanted[0]) >= 0,
}
SPELLED = ["-eq", "-ne", "-startsWith", "-notStartsWith", "-endsWith", "-notEndsWith", "-contains", "-notContains"]

leaves = st.one_of(
    st.builds(Leaf, st.sampled_from(NAMES), st.sampled_from(SPELLED), st.tuples(st.sampled_from(VALUES))),
    st.builds(
        Leaf,
        st.sampled_from(NAMES),
        st.sampled_from(["-in", "-notIn"]),
        st.lists(st.sampled_from(VALUES), min_size=1, max_size=3).map(tuple),
    ),
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(Branch, st.just("-not"), st.tuples(inner)),
        st.builds(Branch, st.sampled_from(["-and", "-or"]), st.lists(inner, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=8,
)
concrete = st.one_of(st.none(), st.sampled_from([*VALUES, "ALPHABET"]))
devices = st.dictionaries(st.sampled_from(NAMES[:3]), st.one_of(concrete, st.just(UNKNOWN)))
BINDS = {"-or": 0, "-and": 1, "-not": 2}


def written(tree: Leaf | Branch, draw: st.DataObject, outer: int = 0) -> str:
    """The tree as text, with the parentheses it needs and at times more, in changing case and with odd spaces."""

    def changed(word: str) -> str:
        return draw.draw(st.sampled_from([word, word.upper(), word.removeprefix("-")]))

    if isinstance(tree, Leaf):
        literals = [draw.draw(st.sampled_from(quotes(value))) for value in tree.values]
        literal = f"[{' , '.join(literals)}]" if "in" in tree.operator.lower()[-2:] else literals[0]
        text = f"device.{tree.property} {changed(tree.operator)} {literal}"
    else:
        inner = [written(term, draw, BINDS[tree.operator] + (tree.operator != "-not")) for term in tree.terms]
        operator = changed(tree.operator)
        text = f"{operator} {inner[0]}" if tree.operator == "-not" else f" {operator}\t".join(inner)
        if BINDS[tree.operator] < outer:
            return f"({text})"
    return draw.draw(st.sampled_from([text, f"( {text})"]))


def quotes(value: str) -> list[str]:
    escaped = value.replace("'", "''").replace('"', '`"')
    return [f'"{escaped}"', f"'{escaped}'"]


def said(tree: Leaf | Branch, device: Mapping[str, object]) -> bool | None:
    """What the tree says, None for not known: by trying True and False for each thing that is not known."""
    if isinstance(tree, Leaf):
        operator = tree.operator.lower().removeprefix("-")
        negative = operator == "ne" or operator.startswith("not")
        positive = "eq" if operator == "ne" else operator.removeprefix("not")
        held = device.get(tree.property, UNKNOWN)
        if held is UNKNOWN:
            return None
        wanted = tuple(value.lower() for value in tree.values)
        return (isinstance(held, str) and HOLDS[positive](held.lower(), wanted)) is not negative
    answers = {said(term, device) for term in tree.terms}
    if tree.operator == "-not":
        (only,) = answers
        return None if only is None else not only
    decisive = tree.operator == "-or"
    return decisive if decisive in answers else None if None in answers else not decisive


@given(trees, devices, st.data())
def test_a_rule_says_what_its_tree_says(tree: Leaf | Branch, device: dict[str, object], draw: st.DataObject) -> None:
    rule = written(tree, draw)
    expected = {True: YES, False: NO, None: NOT_KNOWN}[said(tree, device)]
    assert matches(parse(rule), device) is expected
    assert matches(parse(f"-not ({rule})"), device) is {YES: NO, NO: YES}.get(expected, NOT_KNOWN)


@given(trees, devices, st.data())
def test_a_definite_answer_stays_whatever_the_unknown_turns_out_to_be(
    tree: Leaf | Branch, device: dict[str, object], draw: st.DataObject
) -> None:
    rule = parse(written(tree, draw))
    before = matches(rule, device)
    learnt = {name: device.get(name, UNKNOWN) for name in NAMES}
    learnt = {name: draw.draw(concrete) if value is UNKNOWN else value for name, value in learnt.items()}
    assert before in (NOT_KNOWN, matches(rule, learnt))


@given(st.one_of(st.text(), st.lists(st.sampled_from(
    ["device.model", "-eq", "-in", "-not", "-and", "-or", "(", ")", "[", "]", ",", '"x"', "'", '"', "`", "null", "–"]
)).map(" ".join)))  # fmt: skip
@example("\ud800")
@example("device.model -eq \0")
def test_any_text_is_a_rule_or_refused(text: str) -> None:
    try:
        rule = parse(text)
    except RuleError:
        return
    assert matches(rule, UNREGISTERED) in Applies
    assert rule.properties


@given(st.lists(st.sampled_from([
    'device.trustType -eq "ServerAD"', 'device.trustType -ne "AzureAD"', "device.isCompliant -eq True",
    "device.isCompliant -ne True", 'device.isCompliant -eq "False"', 'device.trustType -in ["AzureAD", "Workplace"]',
    '(device.trustType -notIn ["Workplace"] -or device.isCompliant -eq False)',
]), min_size=1, max_size=4), st.lists(st.sampled_from([" -and ", " -or "]), min_size=3, max_size=3))  # fmt: skip
def test_the_local_tenant_reads_it_alike(parts: list[str], joints: list[str]) -> None:
    rule = parts[0] + "".join(joint + part for joint, part in zip(joints, parts[1:], strict=False))
    for device in DEVICES:
        seen = {"trustType": device.trust, "isCompliant": device.compliant} if device.trust else UNREGISTERED
        assert (matches(parse(rule), seen) is YES) is independent.matches(rule, device)
