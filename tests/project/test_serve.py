"""What `netviz serve` refuses before it starts anything."""

import socket

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from cluster.management.commands.serve import bracketed, children, is_loopback


def test_an_address_that_others_reach_needs_the_login_for_reading() -> None:
    with pytest.raises(CommandError, match="NETVIZ_PUBLIC=1"):
        call_command("serve", host="0.0.0.0")


def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(CommandError, match=f"127.0.0.1:{port}"):
            call_command("serve", port=port)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.0.2.1", False),
        ("example.com", False),
    ],
)
def test_loopback_is_told_from_the_rest(host: str, expected: bool) -> None:  # noqa: FBT001
    assert is_loopback(host) is expected


def test_an_ipv6_address_stands_in_brackets_in_a_url() -> None:
    assert bracketed("::1") == "[::1]"
    assert bracketed("127.0.0.1") == "127.0.0.1"


def test_the_engines_command_line_says_reconcile() -> None:
    commands = children("127.0.0.1", 8000, 8443, 1053)

    assert commands[0].arguments[-1] == "reconcile"


def test_the_dns_server_answers_for_the_cluster_of_the_settings(settings: Settings) -> None:
    settings.DNS_CLUSTER = "shop"

    assert children("0.0.0.0", 8000, 8443, 1053)[2].arguments[-3:] == ["dns", "--cluster", "shop"]


def test_without_a_dns_port_there_is_no_dns_server() -> None:
    assert [child.name for child in children("::1", 8000, 8443, 0)] == ["engine", "web"]


def test_children_learn_the_ports_from_the_environment(settings: Settings) -> None:
    settings.PORT = 1

    commands = children("127.0.0.1", 8123, 9443, 5353)

    told = {"PORT": "8123", "HTTPS_PORT": "9443", "DNS_PORT": "5353"}
    assert [command.environment for command in commands] == [
        told, told | {"NETVIZ_LOAD_AHEAD": "400000"}, told,
    ]  # fmt: skip


def test_how_much_is_loaded_ahead_is_the_operators_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETVIZ_LOAD_AHEAD", "0")

    web = children("127.0.0.1", 8123, 9443, 0)[1]

    assert "NETVIZ_LOAD_AHEAD" not in web.environment


def test_the_web_server_is_the_one_that_waits_for_slow_clients() -> None:
    web = children("127.0.0.1", 8000, 8443, 0)[1]

    assert web.arguments[1:3] == ["-m", "cluster.live.server"]
