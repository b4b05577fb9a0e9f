"""The page and the command that give a kubeconfig."""

from __future__ import annotations

import base64
from io import StringIO

import pytest
import yaml
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from cluster.runtime.tokens import token_of


def test_the_page_tells_how_and_keeps_tokens_for_their_users(
    demo: str, reader: Client, admin: Client
) -> None:
    page = reader.get("/kubeconfig")
    refused = reader.post("/kubeconfig", {"cluster": demo})
    given = admin.post("/kubeconfig", {"cluster": demo})

    assert "Log in to get yours" in page.content.decode()
    assert refused.status_code == 302
    assert given.headers["Content-Disposition"].startswith("attachment")
    assert given.headers["Cache-Control"] == "no-store"
    config = yaml.safe_load(given.content)
    cluster = config["clusters"][0]["cluster"]
    assert cluster["server"] == "https://testserver:8443/clusters/demo"
    assert b"BEGIN CERTIFICATE" in base64.b64decode(cluster["certificate-authority-data"])
    assert config["users"][0]["user"]["token"] == token_of(User.objects.get(username="admin"))
    assert admin.get("/kubeconfig").status_code == 200


def test_the_command_prints_the_same(demo: str, admin: Client, reader: Client) -> None:
    out = StringIO()
    call_command("kubeconfig", user="admin", cluster=demo, stdout=out)

    config = yaml.safe_load(out.getvalue())
    assert config["current-context"] == "netviz-demo"
    assert config["users"][0]["user"]["token"] == token_of(User.objects.get(username="admin"))
    for wrong in ({"cluster": "nope"}, {"user": "nope"}):
        with pytest.raises(CommandError, match="nope"):
            call_command("kubeconfig", **wrong)
    assert reader.get("/kubeconfig?cluster=nope").status_code == 404
