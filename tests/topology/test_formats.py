"""Views as Mermaid and DOT."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace

import pytest
from hypothesis import given

from cluster.machinery.drawing import Graph
from cluster.topology.formats import to_dot, to_mermaid
from tests.topology.graphs import GRAPHS, SMALL

DOT = shutil.which("dot")


def test_mermaid_nests_boxes_and_leaves_out_lines_to_nowhere() -> None:
    assert to_mermaid(SMALL) == (
        "flowchart LR\n"
        '  subgraph g0["the #quot;web#quot;"]\n'
        '    n0["Pod web-0"]\n'
        '    n1["Pod web-1"]\n'
        "  end\n"
        '  n2["Service web<br/>10.96.0.7"]\n'
        '  n2 -->|"http"| n0\n'
        "  n2 -.-x n1\n"
    )


def test_dot_nests_clusters_and_names_the_state() -> None:
    lines = to_dot(SMALL).splitlines()

    assert lines[0] == 'digraph "shop/web" {'
    assert '  subgraph cluster_g0 { label="the \\"web\\"";' in lines
    assert '    n1 [label="Pod web-1\\nnot ready", style=dashed];' in lines
    assert '  n2 -> n0 [label="http", style=solid];' in lines
    assert '  n2 -> n1 [label="", style=dashed, arrowhead=tee, color="#b42318"];' in lines
    assert lines[-1] == "}"


@given(GRAPHS)
def test_no_name_breaks_out_of_its_quotes(graph: Graph) -> None:
    mermaid, dot = to_mermaid(graph), to_dot(graph)

    for line in mermaid.splitlines():
        assert line.count('"') in {0, 2}
    for line in dot.splitlines():
        assert '"' not in re.sub(r'"(\\.|[^"\\])*"', "", line)
    drawn = {f"n{index}" for index in range(len(graph.nodes))}
    assert set(re.findall(r"\bn\d\b", re.sub(r'"[^"]*"', "", mermaid))) == drawn


@given(GRAPHS)
def test_order_does_not_show(graph: Graph) -> None:
    turned = replace(
        graph, nodes=graph.nodes[::-1], edges=graph.edges[::-1], groups=graph.groups[::-1]
    )

    assert to_mermaid(turned) == to_mermaid(graph)
    assert to_dot(turned) == to_dot(graph)


@pytest.mark.skipif(DOT is None, reason="Graphviz is not installed")
def test_graphviz_takes_the_dot() -> None:
    assert DOT is not None
    hostile = replace(SMALL, title='"]} \\" x', groups=())

    for graph in (SMALL, hostile):
        subprocess.run([DOT, "-Tplain"], input=to_dot(graph).encode(), check=True, timeout=60)
