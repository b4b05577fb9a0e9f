"""The services of a netviz that is more than one process: PostgreSQL and Redis."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from channels_redis.core import RedisChannelLayer

PROGRAM = """
import django
django.setup()
from django.contrib.auth.models import User
from cluster.runtime import firstrun
first, second = firstrun.prepare(), firstrun.prepare()
print(first is not None or User.objects.exists(), second)
"""


@pytest.mark.postgres
def test_the_first_run_prepares_a_postgresql_database(
    root: Path, tmp_path: Path, postgres_url: str
) -> None:
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=root,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "netviz.settings",
            "DATABASE_URL": postgres_url,
            "NETVIZ_DATA": str(tmp_path),
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.stdout.split() == ["True", "None"], run.stderr


@pytest.mark.redis
def test_a_message_to_a_group_reaches_another_process_through_redis(redis_url: str) -> None:
    async def send_and_receive() -> object:
        sender = RedisChannelLayer(hosts=[redis_url], prefix="netviz-test")
        receiver = RedisChannelLayer(hosts=[redis_url], prefix="netviz-test")
        channel = await receiver.new_channel()
        await receiver.group_add("cluster", channel)
        await sender.group_send("cluster", {"type": "changed", "revision": 7})
        try:
            return await asyncio.wait_for(receiver.receive(channel), timeout=20)
        finally:
            await sender.close_pools()
            await receiver.close_pools()

    message = asyncio.run(send_and_receive())

    assert message == {"type": "changed", "revision": 7}
