import pytest
from django.test import Client

pytestmark = pytest.mark.django_db  # pages list the clusters


def directives(client: Client, path: str, host: str = "localhost") -> dict[str, str]:
    header = client.get(path, headers={"host": host}).headers["Content-Security-Policy"]
    return dict(part.split(" ", 1) for part in header.split("; "))


def test_a_page_loads_nothing_from_elsewhere_and_runs_nothing_inline() -> None:
    policy = directives(Client(), "/no/such/page")

    assert policy["default-src"] == "'self'"
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self'"
    assert policy["object-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"


def test_sockets_go_to_the_host_the_page_came_from() -> None:
    policy = directives(Client(), "/no/such/page", host="localhost:8123")

    assert policy["connect-src"] == "'self' ws://localhost:8123 wss://localhost:8123"


def test_a_host_that_is_not_allowed_is_refused_and_not_named_in_the_policy() -> None:
    response = Client().get("/no/such/page", headers={"host": "evil.example"})

    assert response.status_code == 400
    assert "evil.example" not in response.headers["Content-Security-Policy"]


@pytest.mark.django_db
def test_the_admin_may_run_what_its_theme_needs_and_still_loads_nothing_from_elsewhere() -> None:
    policy = directives(Client(), "/admin/login/")

    assert policy["script-src"] == "'self' 'unsafe-inline' 'unsafe-eval'"
    assert policy["default-src"] == "'self'"


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    ],
)
def test_every_response_carries_the_security_headers(header: str, value: str) -> None:
    response = Client().get("/no/such/page")

    assert response.headers[header] == value
