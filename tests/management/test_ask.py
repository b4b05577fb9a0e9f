"""`netviz ask`: lines in, lines out, whatever the lines say."""

from __future__ import annotations

from collections.abc import Callable

import orjson
import pytest

from cluster.machinery.manifest import JSON, Manifest
from tests.management.running import Ran, first_answer, line, names, pod, service

SERVICES: Manifest = {"ask": "objects", "kinds": ["Service"], "namespace": "default"}
Run = Callable[..., Ran]


def asked(netviz: Run, *, questions: list[JSON], **fields: JSON) -> Manifest:
    ran = netviz("ask", stdin=line(id="x", questions=questions, **fields))
    assert (ran.code, ran.err) == (0, "")
    (answer,) = ran.answers
    return answer


def test_each_line_gets_an_answer_with_its_id(netviz: Run) -> None:
    lines = line(id="a", questions=[SERVICES]) + "\n" + line(id=2) + line(id=None)

    ran = netviz("ask", stdin=lines)

    assert ran.code == 0
    assert [answer["id"] for answer in ran.answers] == ["a", 2, None]
    assert ran.answers[1] == {"id": 2, "answers": [], "refused": []}


def test_a_line_without_an_end_is_answered(netviz: Run) -> None:
    assert netviz("ask", stdin=line(id="last").rstrip()).answers[0]["id"] == "last"


def test_no_lines_no_answers(netviz: Run) -> None:
    assert netviz("ask") == Ran(0, "", "")


@pytest.mark.parametrize(
    ("text", "field", "words"),
    [
        pytest.param("{", "", "no JSON", id="half a document"),
        pytest.param("\x00", "", "no JSON", id="a NUL"),
        pytest.param("[1]", "", "must be a JSON object", id="a list"),
        pytest.param('{"id": "x", "objects": {}}', "objects", "must be a list", id="objects"),
        pytest.param('{"id": "x", "questions": 1}', "questions", "must be a list", id="questions"),
        pytest.param(
            '{"id": "x", "questions": ["objects"]}', "questions[0]", "mapping", id="a word"
        ),
        pytest.param(
            '{"id": "x", "questions": [{"ask": "objects"}, {"ask": "weather"}]}',
            "questions[1].ask", "no question 'weather'", id="an unknown question",
        ),
        pytest.param(
            '{"id": "x", "questions": [{"ask": "objects", "kinds": ["Widget"]}]}',
            "questions[0].kinds", "no kind 'Widget'", id="an unknown kind",
        ),
        pytest.param(
            '{"id": "x", "questions": [{"ask": "create"}]}',
            "questions[0].object", "object must be a mapping", id="no object",
        ),
        pytest.param(
            '{"id": "x", "questions": [{"ask": "endpointslices", "service": "a/b"}]}',
            "questions[0].service", "not found", id="a missing Service",
        ),
        pytest.param(
            '{"id": "x", "questions": [{"ask": "findings", "severity": "grave"}]}',
            "questions[0].severity", "info, warning, error", id="a severity",
        ),
        pytest.param(
            '{"id": "x", "questions": [{"ask": "graph", "view": "stars"}]}',
            "questions[0].view", "no view 'stars'", id="a view",
        ),
        pytest.param('{"id": "x", "cluster": 1}', "cluster", "mapping", id="no settings"),
        pytest.param(
            '{"id": "x", "cluster": {"service_cidrs": ["10.0.0.0/33"]}}',
            "cluster.service_cidrs[0]", "must be a valid CIDR value", id="a setting's value",
        ),
        pytest.param(
            '{"id": "x", "cluster": {"colour": "red"}}', "cluster.colour", "unknown setting",
            id="a setting's name",
        ),
        pytest.param(
            '{"id": "x", "cluster": {"dns": {"pods": "all"}}}', "cluster.dns.pods",
            "Unsupported value", id="a setting inside another",
        ),
        pytest.param('{"id": "x", "steps": [1]}', "steps[0]", "a step is one of", id="no step"),
        pytest.param(
            '{"id": "x", "steps": [{"create": {}, "delete": {}}]}', "steps[0]",
            "a step is one of", id="two steps in one",
        ),
        pytest.param(
            '{"id": "x", "steps": [{"explode": {}}]}', "steps[0]", "no step 'explode'",
            id="an unknown step",
        ),
        pytest.param(
            '{"id": "x", "steps": [{"delete": {"kind": "Widget", "name": "a/b"}}]}',
            "steps[0].delete.kind", "no kind 'Widget'", id="a step with an unknown kind",
        ),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_answered_says_why_and_the_next_is_answered(
    netviz: Run, text: str, field: str, words: str
) -> None:
    ran = netviz("ask", stdin=f"{text}\n" + line(id="next"))

    first, second = ran.answers
    assert ran.code == 0
    error = first["error"]
    assert isinstance(error, dict)
    assert error["field"] == field
    assert words in str(error["message"])
    assert error["code"] in {"BadRequest", "Invalid", "NotFound"}
    assert second == {"id": "next", "answers": [], "refused": []}
    assert first["id"] == ("x" if text.startswith('{"id"') else None)


def test_a_patch_without_a_known_type_is_the_lines_mistake(netviz: Run) -> None:
    patch: Manifest = {"kind": "Service", "name": "default/web", "type": "magic", "value": {}}

    (answer,) = netviz("ask", stdin=line(id=1, steps=[{"patch": patch}])).answers

    assert isinstance(answer["error"], dict)
    assert answer["error"]["field"] == "steps[0].patch.type"


def test_refused_objects_are_listed_by_their_place_and_left_out(netviz: Run) -> None:
    objects: list[JSON] = [
        service("good"), service("bad", ports=[{"port": 0}]), "nonsense", {"kind": "Service"},
        {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "w"}},
        service("good"),
    ]  # fmt: skip

    answer = asked(netviz, objects=objects, questions=[SERVICES])

    refused = answer["refused"]
    assert isinstance(refused, list)
    told = [item for item in refused if isinstance(item, dict)]
    assert [(item["index"], item["object"], item["code"]) for item in told] == [
        (1, "Service bad", 422), (2, "document", 400), (3, "Service", 400),
        (4, "Widget w", 404), (5, "Service good", 409),
    ]  # fmt: skip
    first = told[0]["errors"]
    assert isinstance(first, list)
    assert first[0] == {
        "field": "spec.ports[0].port", "type": "Invalid value",
        "detail": "must be between 1 and 65535, inclusive",
    }  # fmt: skip
    answers = answer["answers"]
    assert isinstance(answers, list)
    assert isinstance(answers[0], dict)
    assert names(answers[0]) == ["good", "kubernetes"]


def test_steps_follow_one_another_and_refused_ones_change_nothing(netviz: Run) -> None:
    web = service("web")
    steps: list[JSON] = [
        {"create": web},
        {"create": web},
        {"apply": service("applied")},
        {"replace": service("web", ports=[{"port": 81}])},
        {"replace": service("web", clusterIP="10.96.9.9")},
        {"patch": {"kind": "Service", "name": "default/web", "type": "json",
                   "ops": [{"op": "test", "path": "/spec/type", "value": "NodePort"}]}},
        {"patch": {"kind": "svc", "name": "default/web", "value": {"spec": {"type": "NodePort"}}}},
        {"delete": {"kind": "Service", "name": "default/nobody"}},
        {"delete": {"kind": "Service", "name": "default/applied"}},
    ]  # fmt: skip

    answer = asked(netviz, steps=steps, questions=[SERVICES])

    refused = answer["refused"]
    assert isinstance(refused, list)
    told = [item for item in refused if isinstance(item, dict)]
    assert [(item["step"], item["object"], item["code"]) for item in told] == [
        (1, "Service web", 409), (4, "Service web", 422), (5, "Service default/web", 422),
        (7, "Service default/nobody", 404),
    ]  # fmt: skip
    answers = answer["answers"]
    assert isinstance(answers, list)
    assert isinstance(answers[0], dict)
    assert names(answers[0]) == ["kubernetes", "web"]
    assert '"port":81' in orjson.dumps(answers[0]).decode()
    assert '"type":"NodePort"' in orjson.dumps(answers[0]).decode()


def test_a_dry_run_tells_what_would_be_stored_and_what_given_back(netviz: Run) -> None:
    web = service("web", type="NodePort", clusterIP="10.96.0.50",
                  ports=[{"port": 80, "nodePort": 30080}])  # fmt: skip
    alias = service("web", type="ExternalName", externalName="example.com", ports=None)
    questions: list[JSON] = [
        {"ask": "update", "object": alias},
        {"ask": "update", "object": web},
        {"ask": "create", "object": service("new", clusterIP="10.96.0.50")},
        SERVICES,
    ]

    answer = asked(netviz, objects=[web], questions=questions)

    answers = answer["answers"]
    assert isinstance(answers, list)
    released, kept, taken, after = (item for item in answers if isinstance(item, dict))
    assert released["released"] == {"ips": ["10.96.0.50"], "node_ports": [30080]}
    assert kept["released"] == {"ips": [], "node_ports": []}
    assert (taken["ok"], taken["code"]) == (False, 422)
    assert names(after) == ["kubernetes", "web"]


def test_a_question_never_changes_what_later_questions_see(netviz: Run) -> None:
    create: Manifest = {"ask": "create", "object": service("new", type="NodePort")}
    objects: list[JSON] = [service("web", selector={"app": "web"}), pod("web", app="web")]
    slices: Manifest = {"ask": "endpointslices", "service": "default/web"}
    everything: Manifest = {"ask": "objects"}

    one = asked(netviz, objects=objects, questions=[slices, everything])
    other = asked(netviz, objects=objects, questions=[create, create, slices, everything])

    assert isinstance(one["answers"], list)
    assert isinstance(other["answers"], list)
    assert other["answers"][2:] == one["answers"]
    assert other["answers"][0] == other["answers"][1]


def test_equal_lines_get_equal_answers_whatever_stood_before(netviz: Run) -> None:
    """Names, addresses and uids included (questions.md)."""
    asking = line(
        id="same",
        objects=[service("web", selector={"app": "web"}), pod("web", app="web")],
        questions=[{"ask": "objects"}, {"ask": "endpointslices", "service": "default/web"}],
    )
    between = line(id="other", objects=[service("noise"), pod("noise")], questions=[SERVICES])

    ran = netviz("ask", stdin=asking + between + asking)

    first, _other, again = ran.out.splitlines()
    assert first == again


def test_kinds_are_a_list_or_words_with_commas(netviz: Run) -> None:
    objects: list[JSON] = [service("web"), pod("web")]
    asking: list[JSON] = [
        {"ask": "objects", "kinds": "po,services", "namespace": "default"},
        {"ask": "objects", "kinds": ["Pod", "Service"], "namespace": "default"},
    ]

    answer = asked(netviz, objects=objects, questions=asking)

    assert isinstance(answer["answers"], list)
    assert answer["answers"][0] == answer["answers"][1]


def test_without_bootstrap_and_nodes_a_cluster_is_empty(netviz: Run) -> None:
    settings: Manifest = {"bootstrap": False, "nodes": 0}

    ran = netviz("ask", stdin=line(cluster=settings, questions=[{"ask": "objects"}]))

    found = names(first_answer(ran))
    assert found == ["default", "kube-node-lease", "kube-public", "kube-system"]


def test_a_bug_in_one_answer_does_not_end_the_others(
    netviz: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_request: Manifest) -> Manifest:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("cluster.management.commands.ask.answer_line", broken)

    ran = netviz("ask", stdin=line(id=1) + line(id=2))

    assert [answer["id"] for answer in ran.answers] == [1, 2]
    assert '"code":"InternalError"' in ran.out
