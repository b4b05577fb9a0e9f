from cluster.machinery.manifest import Manifest
from tests.domains.workload.world import World, workload


def test_recreate_goes_on_when_the_last_old_pod_is_released_by_relabelling() -> None:
    """I-4, I-11: a released Pod is no old Pod any more, terminating or not."""
    world = World()
    world.add(workload("Deployment", "web", 1, strategy={"type": "Recreate"}))
    change: Manifest = {
        "spec": {"template": {"spec": {"containers": [{"name": "app", "image": "app:2"}]}}}
    }
    world.edit("Deployment", "web", change)
    (old,) = world.pods()

    world.edit("Pod", old.meta.name, {"metadata": {"labels": {"app": "api"}}})

    assert world.left_to_do() == {}
    assert len(world.pods()) == 2
