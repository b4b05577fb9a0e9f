"""What kubectl and an import say of the documents that they do not take, in the same words.

kubectl writes an API server's sentences in forms of its own: it names files, spreads the causes
of one refusal over lines, and repeats the patch that it sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

NOT_YAML = "not YAML"
NO_OBJECT = "no object"
_NO_MATCH = r'no matches for kind "(?P<kind>\w+)" in version "[^"]+"'
_FORMS: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (
        (
            r'resource mapping not found for name: "(?P<name>[^"]*)" namespace: '
            rf'"(?P<namespace>[^"]*)" from "[^"]*": (?P<text>{_NO_MATCH})'
            r"\nensure CRDs are installed first"
        ),
        lambda found: f"{_called(**found.groupdict())}: {found['text']}",
    ),
    (
        (
            r'error validating "(?:[^"]*/)?(?P<file>[^"/]+)": error validating data: '
            r"\[apiVersion not set, kind not set\]; if you choose to ignore these errors, turn "
            r"validation off with --validate=false"
        ),
        lambda found: f"{found['file']}: {NO_OBJECT}",
    ),
    (
        (
            r"error parsing (?:\S*/)?(?P<file>[^\s/]+): error converting YAML to JSON: yaml: "
            r"[^\n\]]*?(?=, error|\]?(?:\n|$))"
        ),
        lambda found: f"{found['file']}: {NOT_YAML}",
    ),
    (
        (
            r"Error from server \(\w+\): error when applying patch:\n(?:.*\n)*?for: "
            r'"[^"]*": error when patching "[^"]*": (?P<text>.*)'
        ),
        lambda found: _plain(found["text"]),
    ),
    (
        # An item of a list has no name here.
        rf'unable to recognize (?:"[^"]*": )?(?P<text>{_NO_MATCH})',
        lambda found: found["text"],
    ),
    (
        (
            r"(?P<text>Operation cannot be fulfilled on .*)\nPlease review the fields above"
            r"(?:.*\n)*?See https?://\S+"
        ),
        lambda found: found["text"],
    ),
    (
        r'Error from server(?: \(\w+\))?: (?:error when creating "[^"]*": )?(?P<text>.*)',
        lambda found: _plain(found["text"]),
    ),
    (
        r'The (?P<kind>\w+) "(?P<name>[^"]+)" is invalid: (?P<text>.*(?:\n\* .*)*)',
        lambda found: f'{found["kind"]} "{found["name"]}" is invalid: {_joined(found["text"])}',
    ),
)


def of_kubectl(errors: str) -> list[str]:
    """Return the complaints in what kubectl wrote, sorted; warnings are none."""
    rest = re.sub(r"^Warning: .*\n", "", errors, flags=re.MULTILINE)
    complaints: list[str] = []
    for form, words in _FORMS:
        complaints += [words(found) for found in re.finditer(form, rest)]
        rest = re.sub(form, "", rest)
    rest = re.sub(r"\berror: |[\[\],\s]", "", rest)
    return sorted([*complaints, *([f"not understood: {rest}"] if rest else [])])


def of_an_import(results: list[dict[str, Any]]) -> list[str]:
    """Return what an import says of the documents it did not take, sorted."""
    return sorted(
        _of_result(result) for result in results
        if result["outcome"] in {"refused", "skipped", "unreadable"}
    )  # fmt: skip


def _of_result(result: dict[str, Any]) -> str:
    file, text = result["file"].rsplit("--", 1)[-1], result["message"]
    if text.startswith("Object 'Kind' is missing"):
        return f"{file}: {NO_OBJECT}"
    if text.startswith("yaml: "):
        return f"{file}: {NOT_YAML}"
    return f"{result['object']}: {text}" if result["outcome"] == "skipped" else _plain(text)


def _called(kind: str, namespace: str, name: str, **_other: str) -> str:
    return f"{kind} {namespace}/{name}".replace(" /", " ")


def _plain(text: str) -> str:
    """Leave out the group, which kubectl sometimes does."""
    return re.sub(r'^(\w+)\.[\w.]+ "', r'\1 "', text)


def _joined(text: str) -> str:
    causes = [cause for cause in re.split(r"(?:^|\n)\* ", text.strip()) if cause]
    return f"[{', '.join(causes)}]" if len(causes) > 1 else causes[0]
