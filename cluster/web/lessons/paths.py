"""Lesson 2: the ways into a Service, and who answers on each of them."""

from django.utils.translation import gettext_lazy as _

from cluster.domains.workload.drills import DeleteObject, PatchObject
from cluster.domains.workload.pod import Pod
from cluster.questions.asked import Asked
from cluster.web.lessons import facts
from cluster.web.lessons.lesson import DONE, NOT_YET, Ask, Deed, Lesson, Option, Step

LOST = "node-2"


def _drain(asked: Asked) -> tuple[PatchObject | DeleteObject, ...]:
    """Cordon the Node, and delete the Pods of web that run on it."""
    node = asked.kinds["Node"].key("", LOST)
    gone = (DeleteObject(asked.kinds["Pod"].key("shop", name)) for name in _on(asked, LOST))
    return (PatchObject(node, {"spec": {"unschedulable": True}}), *gone)


def _on(asked: Asked, node: str) -> list[str]:
    """Return the names of the Pods of web that run on a Node."""
    return sorted(
        pod.meta.name
        for pod in asked.snapshot.of(Pod)
        if pod.meta.namespace == "shop" and pod.node_name == node and not pod.is_terminating
    )


LESSON = Lesson(
    slug="paths",
    title=_("Ways into a Service"),
    summary=_("Cluster IP, node port, load balancer, external name, and the policies that keep "
              "traffic on its Node."),
    minutes=6,
    icon="k-external",
    settings={"nodes": 4, "loadbalancer_pool": ["192.0.2.0/27"]},
    steps=(
        Step(
            _("A port on every Node"),
            (
                _("A Service of type NodePort can be reached at its cluster IP from inside, and "
                  "at one port of every Node from outside."),
                _("The Pods of this application run on node-1 and node-2 only."),
            ),
            view="paths", of="shop/door",
            ask=Ask(
                _("Which port do clients outside the cluster use?"),
                "number",
                lambda asked: facts.numbers(facts.node_port(asked, "shop", "door") or 0),
                lambda asked: _("spec.ports[0].nodePort is %(port)d; the Service's own port "
                                "serves its cluster IP.")
                % {"port": facts.node_port(asked, "shop", "door") or 0},
                hint=_("Look at the row NodePort, second column: its card shows the port "
                       "that every Node opens."),
            ),
        ),
        Step(
            _("Any Node will do"),
            (
                _("With externalTrafficPolicy: Cluster, the default, a Node without a Pod passes "
                  "the connection on to one that has. The Pod then sees the Node's address "
                  "instead of the client's."),
            ),
            view="paths", of="shop/door",
            ask=Ask(
                _("On which Nodes does the port answer?"),
                "many",
                lambda asked: facts.nodes_that_forward(asked, "shop/door", external=True),
                lambda _asked: _("Every Node forwards to all ready endpoints, wherever they "
                                 "are."),
                lambda asked: facts.options(facts.nodes(asked)),
                hint=_("Follow the lines of the row NodePort: with the policy Cluster a Node "
                       "needs no Pod of its own."),
            ),
        ),
        Step(
            _("Only where the Pods are"),
            (
                _("The load balancer in front of edge has externalTrafficPolicy: Local. Nodes "
                  "answer only for Pods of their own, and clients keep their address."),
                _("A health check on every Node tells the load balancer which ones those are."),
            ),
            view="paths", of="shop/edge",
            ask=Ask(
                _("Which Nodes may the load balancer send to?"),
                "many",
                lambda asked: facts.nodes_that_forward(asked, "shop/edge", external=True),
                lambda _asked: _("Only Nodes with a ready endpoint of their own; the others drop "
                                 "what arrives."),
                lambda asked: facts.options(facts.nodes(asked)),
                hint=_("Look for Nodes that end in a red stop: they have no endpoint of "
                       "their own."),
            ),
        ),
        Step(
            _("Local inside the cluster"),
            (
                _("internalTrafficPolicy: Local does the same for clients inside: a Pod reaches "
                  "only endpoints on its own Node. Good for agents that run everywhere, "
                  "surprising for anything else."),
            ),
            view="paths", of="shop/node-local",
            ask=Ask(
                _("From which Nodes can Pods not use this Service?"),
                "many",
                lambda asked: frozenset(facts.nodes(asked))
                - facts.nodes_that_forward(asked, "shop/node-local"),
                lambda _asked: _("There the proxy finds no local endpoint and drops the "
                                 "connection, although Pods elsewhere are ready."),
                lambda asked: facts.options(facts.nodes(asked)),
                hint=_("Nodes whose line ends in “no local endpoint” drop the connection: "
                       "those are asked for."),
            ),
        ),
        Step(
            _("A Node goes away"),
            (
                _("Drain node-2: it takes no new Pods, and its Pods start again elsewhere, if "
                  "their affinity lets them."),
            ),
            view="paths", of="shop/edge",
            ask=Ask(
                _("Empty node-2."),
                "deed",
                lambda asked: NOT_YET if _on(asked, LOST) else DONE,
                lambda _asked: _("New Pods may only go to node-1; the load balancer's health "
                                 "check of node-2 now fails."),
                deed=Deed(_("Drain node-2"), _drain),
            ),
        ),
        Step(
            _("No proxy at all"),
            (
                _("A Service of type ExternalName has no address and no endpoints. It is a name "
                  "that the cluster's DNS answers with another name."),
            ),
            view="paths", of="shop/bank",
            ask=Ask(
                _("What does DNS answer for bank.shop?"),
                "one",
                lambda asked: frozenset(
                    facts.records(asked, "bank.shop.svc.cluster.local.", "CNAME")
                ),
                lambda _asked: _("A CNAME record. Ports are not mapped, and nothing in the "
                                 "cluster sees the traffic."),
                lambda asked: [
                    Option("api.bank.example.", _("a CNAME: api.bank.example.")),
                    Option("10.96.0.1", _("an A record with a cluster IP")),
                    Option("nxdomain", _("nothing: the name does not exist")),
                ],
                hint=_("Select the Service: spec.externalName is all it has."),
            ),
        ),
    ),
)  # fmt: skip
