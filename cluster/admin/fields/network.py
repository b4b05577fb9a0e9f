"""The inputs of Services, their endpoints, Ingresses, NetworkPolicies and configuration."""

from __future__ import annotations

from collections.abc import Mapping

from cluster.admin.fields.metadata import pairs
from cluster.admin.fields.rows import ListOf, Nested
from cluster.admin.fields.shape import Column, Field, Group, Rows
from cluster.admin.fields.types import (
    BackendPort,
    Choice,
    Flag,
    Members,
    Number,
    PortOrName,
    Ports,
    Several,
    Text,
    Words,
)
from cluster.admin.fields.workload import spec
from cluster.machinery.texts import say

PROTOCOL = Choice(("TCP", "UDP", "SCTP"))
LOCALITY = Choice(("Cluster", "Local"))
BACKEND = ("backend", "service")

SERVICE_PORTS = Rows(
    "ports",
    say("Ports"),
    ListOf(("spec", "ports")),
    (
        Column("name", say("Name"), Text()),
        Column("protocol", say("Protocol"), PROTOCOL),
        Column("port", say("Port"), Number()),
        Column("target_port", say("Target port"), PortOrName(), ("targetPort",)),
        Column("node_port", say("Node port"), Number(), ("nodePort",)),
        Column("app_protocol", say("App protocol"), Text(), ("appProtocol",)),
    ),
    say(
        "The target port is a number or the name of a container's port; empty, "
        "it is the port itself."
    ),
)
SLICE_PORTS = Rows(
    "ports",
    say("Ports"),
    ListOf(("ports",)),
    (
        Column("name", say("Name"), Text()),
        Column("protocol", say("Protocol"), PROTOCOL),
        Column("port", say("Port"), Number()),
        Column("app_protocol", say("App protocol"), Text(), ("appProtocol",)),
    ),
)
ENDPOINTS = Rows(
    "endpoints",
    say("Endpoints"),
    ListOf(("endpoints",)),
    (
        Column("addresses", say("Addresses"), Words(), width=3),
        Column("ready", say("Ready"), Flag(), ("conditions", "ready")),
        Column("serving", say("Serving"), Flag(), ("conditions", "serving")),
        Column("terminating", say("Terminating"), Flag(), ("conditions", "terminating")),
        Column("node", say("Node"), Text(), ("nodeName",)),
        Column("zone", say("Zone"), Text()),
        Column("hostname", say("Hostname"), Text()),
    ),
)
SUBSETS = Rows(
    "subsets",
    say("Subsets"),
    ListOf(("subsets",)),
    (
        Column("addresses", say("Ready addresses"), Members("ip"), width=3),
        Column("not_ready", say("Not ready"), Members("ip"), ("notReadyAddresses",), width=3),
        Column("ports", say("Ports"), Ports("port"), width=3),
    ),
    say("Ports in one line: http:8080, 53/UDP."),
)
RULES = Rows(
    "rules",
    say("Rules"),
    Nested(("spec", "rules"), ("http", "paths"), ("host",)),
    (
        Column("host", say("Host"), Text(), width=3),
        Column("path", say("Path"), Text()),
        Column("path_type",
               say("Path type"), Choice(("Prefix", "Exact", "ImplementationSpecific")),
               ("pathType",)),
        Column("service", say("Service"), Text(), (*BACKEND, "name")),
        Column("port", say("Service port"), BackendPort(), (*BACKEND, "port")),
    ),
    say("An empty host stands for every host. Rows that follow each other with "
        "one host are one rule."),
)  # fmt: skip
TLS = Rows(
    "tls",
    "TLS",
    ListOf(("spec", "tls")),
    (
        Column("hosts", say("Hosts"), Words(), width=3),
        Column("secret", say("Secret"), Text(), ("secretName",)),
    ),
)
EXPRESSIONS = Rows(
    "expressions",
    say("Selector expressions"),
    ListOf(("spec", "podSelector", "matchExpressions")),
    (
        Column("key", say("Key"), Text()),
        Column("operator", say("Operator"), Choice(("In", "NotIn", "Exists", "DoesNotExist"))),
        Column("values", say("Values"), Words()),
    ),
)

FIELDS: Mapping[str, tuple[Group, ...]] = {
    "Service": (
        Group("", (
            spec("type", say("Type"),
                 Choice(("ClusterIP", "NodePort", "LoadBalancer", "ExternalName"))),
            pairs("selector", say("Selector"), ("spec", "selector"),
                  say("Labels of the Pods behind it; without any, its endpoints "
                      "are made by hand.")),
            SERVICE_PORTS,
        )),
        Group(say("Addresses"), (
            Field("cluster_ip", say("Cluster IP"), ("spec", "clusterIP"), Text(),
                  say("Empty: one is given. None: a headless Service."), ("spec.clusterIPs",)),
            spec("ipFamilyPolicy", say("IP family policy"),
                 Choice(("SingleStack", "PreferDualStack", "RequireDualStack"))),
            spec("ipFamilies", say("IP families"), Words(),
                 say("IPv4, IPv6; the first is primary.")),
            Field("external_ips", say("External IPs"), ("spec", "externalIPs"), Words()),
            spec("externalName", say("External name"), Text(), say("For the type ExternalName.")),
            spec("loadBalancerIP", say("Load balancer IP"), Text()),
            spec("loadBalancerSourceRanges", say("Load balancer source ranges"), Words()),
            spec("loadBalancerClass", say("Load balancer class"), Text()),
        )),
        Group(say("Traffic"), (
            spec("internalTrafficPolicy", say("Internal traffic policy"), LOCALITY),
            spec("externalTrafficPolicy", say("External traffic policy"), LOCALITY),
            spec("sessionAffinity", say("Session affinity"), Choice(("None", "ClientIP"))),
            Field("affinity_seconds", say("Affinity timeout (s)"),
                  ("spec", "sessionAffinityConfig", "clientIP", "timeoutSeconds"), Number()),
            spec("trafficDistribution", say("Traffic distribution"),
                 Choice(("PreferClose", "PreferSameZone", "PreferSameNode"))),
            spec("publishNotReadyAddresses", say("Publish not-ready addresses"), Flag()),
            spec("allocateLoadBalancerNodePorts", say("Allocate node ports"), Flag(),
                 say("For the type LoadBalancer.")),
        )),
    ),
    "EndpointSlice": (
        Group("", (
            Field("service", say("Service"), ("metadata", "labels", "kubernetes.io/service-name"),
                  Text(), say("The label that says which Service the endpoints are of.")),
            Field("address_type", say("Address type"), ("addressType",),
                  Choice(("IPv4", "IPv6", "FQDN"))),
            ENDPOINTS,
            SLICE_PORTS,
        )),
    ),
    "Endpoints": (Group("", (SUBSETS,)),),
    "Ingress": (
        Group("", (
            spec("ingressClassName", say("Ingress class"), Text()),
            RULES,
            TLS,
        )),
        Group(say("Default backend"), (
            Field("default_service", say("Service"),
                  ("spec", "defaultBackend", "service", "name"), Text()),
            Field("default_port", say("Service port"),
                  ("spec", "defaultBackend", "service", "port"), BackendPort()),
        ), say("What gets the requests that match no rule.")),
    ),
    "IngressClass": (
        Group("", (
            spec("controller", say("Controller"), Text()),
            Field("is_default", say("Default class"),
                  ("metadata", "annotations", "ingressclass.kubernetes.io/is-default-class"),
                  Choice(("true", "false"))),
        )),
    ),
    "NetworkPolicy": (
        Group("", (
            pairs("pod_selector", say("Pod selector"), ("spec", "podSelector", "matchLabels"),
                  say("The Pods it isolates; without any label, every Pod of the namespace.")),
            EXPRESSIONS,
            spec("policyTypes", say("Policy types"), Several(("Ingress", "Egress")),
                 say("The rules themselves stand in the YAML below.")),
        )),
    ),
    "Secret": (Group("", (Field("type", say("Type"), ("type",), Text()),)),),
}  # fmt: skip
"""The groups of fields of the kinds of the service, ingress and policy domains."""
