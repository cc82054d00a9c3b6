"""Drawings for other programs: Graphviz accepts the one, and both say what the graph is."""

from __future__ import annotations

import html
import re
from collections import Counter
from typing import Any

import pytest

from conftest import oracle
from glassgrad import Value
from glassgrad.show.dot import dot
from glassgrad.show.folding import scene
from glassgrad.show.mermaid import mermaid
from glassgrad.show.scene import Arrow, Group, Level, Scene
from glassgrad.show.stages import stages

HOSTILE = [
    '<b>&amp;"q"</b>', "two\nlines", "🙂", "</script>", "|{}|", "back\\slash\\", "x" * 10_000,
    "\\N", "\\", '"', "- item", "1. one", "`code`", "#35;", "end", "%% comment", "a; b --> c",
    "]]", "#quot;", "{a|<p>b}", "&lt;", "\u2028", "$$x$$", "日本",
]  # fmt: skip


@pytest.fixture
def graphviz() -> Any:
    return oracle("pygraphviz")


def worked_example() -> Value:
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    c, f = Value(10.0, label="c"), Value(-2.0, label="f")
    e = a * b
    d = e + c
    L = d * f
    e.label, d.label, L.label = "e", "d", "L"
    return L


def shown(label: str) -> str:
    """Say what a label looks like in a drawing: one line of at most 28 letters."""
    line = "".join(c if c.isprintable() else " " for c in label)
    return line if len(line) <= 28 else line[:27] + "…"


def test_dot_says_what_the_graph_is(graphviz: Any) -> None:
    L = worked_example()
    L.backward()
    read = graphviz.AGraph(string=dot(scene(L)))
    labels = {node: node.attr["label"] for node in read.nodes()}
    assert Counter(labels.values()) == Counter([
        "{a | {data 2 | grad 6}}", "{b | {data −3 | grad −4}}", "{c | {data 10 | grad −2}}",
        "{f | {data −2 | grad 4}}", "{e | {data −6 | grad −2}}", "{d | {data 4 | grad −2}}",
        "{L | {data −8 | grad 1}}", "×", "+", "×",
    ])  # fmt: skip
    short = {node: re.sub(r"^\{(\w).*", r"\1", label) for node, label in labels.items()}
    made = {
        short[result]: (short[op], {short[u] for u, v in read.edges() if v == op})
        for op, result in read.edges()
        if short[op] in "×+"
    }
    assert made == {"e": ("×", {"a", "b"}), "d": ("+", {"e", "c"}), "L": ("×", {"d", "f"})}


@pytest.mark.parametrize("label", HOSTILE)
def test_graphviz_shows_every_label_as_it_is(label: str, graphviz: Any) -> None:
    x = Value(1.0, label=label)
    y = x * 2
    y.label = label
    read = graphviz.AGraph(string=dot(scene(y)))
    assert len(read.nodes()) == 4
    assert len(read.edges()) == 3
    drawn = read.draw(format="svg", prog="dot").decode()
    texts = [html.unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)</text>", drawn)]
    words = shown(label).replace("\N{NO-BREAK SPACE}", " ").split()
    assert [text.split() for text in texts].count(words) == 2
    assert texts.count("data 1") == texts.count("×") == 1


@pytest.mark.parametrize("label", HOSTILE)
def test_mermaid_gets_no_sign_with_a_meaning_from_a_label(label: str) -> None:
    x = Value(1.0, label=label)
    y = x * 2
    y.label = label
    plain = x * 2
    plain.label = "y"
    x.label = "x"
    expected = mermaid(scene(plain)).splitlines()
    x.label = label
    lines = mermaid(scene(y)).splitlines()
    assert len(lines) == len(expected)
    for line, other in zip(lines, expected, strict=True):
        if other.startswith(('  box0["', '  box2["')):
            found = re.fullmatch(r'  box\d\["(.*)<br>(data .*<br>grad –"\]:::\w+)', line)
            assert found
            assert other.endswith(found[2])
            assert re.fullmatch(r"(#\d+;|[^\W_]|[^\x00-\x7f]| )*", found[1])
            assert re.sub(r"#(\d+);", lambda m: chr(int(m[1])), found[1]) == shown(label)
        else:
            assert line == other


def test_mermaid_says_what_the_graph_is() -> None:
    L = worked_example()
    L.backward()
    text = mermaid(scene(L))
    name = dict(re.findall(r'  (box\d)\["(\w)<br>', text))
    result = dict(re.findall(r"  (op\d)\S+ --> (box\d)", text))
    used = re.findall(r"  (box\d) --> (op\d)", text)
    assert Counter((name[box], name[result[op]]) for box, op in used) == Counter(
        [("a", "e"), ("b", "e"), ("e", "d"), ("c", "d"), ("d", "L"), ("f", "L")]
    )
    assert 'box0["a<br>data 2<br>grad 6"]' in text


@pytest.mark.parametrize("write", [dot, mermaid])
def test_the_gradients_of_a_stage(write: Any) -> None:
    L = worked_example()
    drawn = scene(L)
    text = write(drawn, stages(L, drawn.nodes).after(1).grads)
    assert text.count("grad –") == 4
    assert text.count("grad 1") == text.count("grad −2") == text.count("grad 4") == 1


@pytest.mark.parametrize("write", [dot, mermaid])
def test_a_value_used_twice_has_two_arrows(write: Any) -> None:
    a = Value(3.0, label="a")
    text = write(scene(a * a))
    assert len(re.findall(r"box0 --?> op1", text)) == 2


@pytest.mark.parametrize("first", [0, 1])
def test_operands_are_numbered_where_their_order_matters(first: int, graphviz: Any) -> None:
    pair = [Value(6.0, label="a"), Value(2.0, label="b")]
    quotient = pair[first] / pair[1 - first]
    read = graphviz.AGraph(string=dot(scene(quotient)))
    places = {
        read.get_node(u).attr["label"][1]: read.get_edge(u, v).attr["headlabel"].strip()
        for u, v in read.edges()
        if read.get_node(u).attr["label"][1:2] in ("a", "b")
    }
    assert places == {"ab"[first]: "1", "ba"[first]: "2"}
    text = mermaid(scene(quotient))
    boxes = {name: box for box, name in re.findall(r"(box\d)\[\"([ab])<br>", text)}
    assert f"{boxes['ab'[first]]} -->|1| op" in text
    assert f"{boxes['ba'[first]]} -->|2| op" in text
    assert "|" not in mermaid(scene(pair[0] * pair[1]))
    assert "headlabel" not in dot(scene(pair[0] * pair[1]))


def test_groups(graphviz: Any) -> None:
    nodes = scene(Value(1.0, label="x")).nodes
    group = Group("g", 'the "|first|" layer', "6 values", 6, Level())
    folded = Scene(nodes, (0,), Level([nodes[0], group], [Arrow(0, 1, 3)]))
    read = graphviz.AGraph(string=dot(folded))
    drawn = read.draw(format="svg", prog="dot").decode()
    texts = [html.unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)</text>", drawn)]
    assert {'the "|first|" layer', "6 values", "3"} <= set(texts)
    text = mermaid(folded)
    assert "box0 -->|3| box1" in text
    assert 'box1[["the #34;#124;first#124;#34; layer<br>6 values"]]:::group' in text
