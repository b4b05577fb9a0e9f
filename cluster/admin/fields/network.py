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

PROTOCOL = Choice(("TCP", "UDP", "SCTP"))
LOCALITY = Choice(("Cluster", "Local"))
BACKEND = ("backend", "service")

SERVICE_PORTS = Rows(
    "ports",
    "Ports",
    ListOf(("spec", "ports")),
    (
        Column("name", "Name", Text()),
        Column("protocol", "Protocol", PROTOCOL),
        Column("port", "Port", Number()),
        Column("target_port", "Target port", PortOrName(), ("targetPort",)),
        Column("node_port", "Node port", Number(), ("nodePort",)),
        Column("app_protocol", "App protocol", Text(), ("appProtocol",)),
    ),
    "The target port is a number or the name of a container's port; empty, it is the port itself.",
)
SLICE_PORTS = Rows(
    "ports",
    "Ports",
    ListOf(("ports",)),
    (
        Column("name", "Name", Text()),
        Column("protocol", "Protocol", PROTOCOL),
        Column("port", "Port", Number()),
        Column("app_protocol", "App protocol", Text(), ("appProtocol",)),
    ),
)
ENDPOINTS = Rows(
    "endpoints",
    "Endpoints",
    ListOf(("endpoints",)),
    (
        Column("addresses", "Addresses", Words(), width=3),
        Column("ready", "Ready", Flag(), ("conditions", "ready")),
        Column("serving", "Serving", Flag(), ("conditions", "serving")),
        Column("terminating", "Terminating", Flag(), ("conditions", "terminating")),
        Column("node", "Node", Text(), ("nodeName",)),
        Column("zone", "Zone", Text()),
        Column("hostname", "Hostname", Text()),
    ),
)
SUBSETS = Rows(
    "subsets",
    "Subsets",
    ListOf(("subsets",)),
    (
        Column("addresses", "Ready addresses", Members("ip"), width=3),
        Column("not_ready", "Not ready", Members("ip"), ("notReadyAddresses",), width=3),
        Column("ports", "Ports", Ports("port"), width=3),
    ),
    "Ports in one line: http:8080, 53/UDP.",
)
RULES = Rows(
    "rules",
    "Rules",
    Nested(("spec", "rules"), ("http", "paths"), ("host",)),
    (
        Column("host", "Host", Text(), width=3),
        Column("path", "Path", Text()),
        Column("path_type", "Path type", Choice(("Prefix", "Exact", "ImplementationSpecific")),
               ("pathType",)),
        Column("service", "Service", Text(), (*BACKEND, "name")),
        Column("port", "Service port", BackendPort(), (*BACKEND, "port")),
    ),
    "An empty host stands for every host. Rows that follow each other with one host are one rule.",
)  # fmt: skip
TLS = Rows(
    "tls",
    "TLS",
    ListOf(("spec", "tls")),
    (
        Column("hosts", "Hosts", Words(), width=3),
        Column("secret", "Secret", Text(), ("secretName",)),
    ),
)
EXPRESSIONS = Rows(
    "expressions",
    "Selector expressions",
    ListOf(("spec", "podSelector", "matchExpressions")),
    (
        Column("key", "Key", Text()),
        Column("operator", "Operator", Choice(("In", "NotIn", "Exists", "DoesNotExist"))),
        Column("values", "Values", Words()),
    ),
)

FIELDS: Mapping[str, tuple[Group, ...]] = {
    "Service": (
        Group("", (
            spec("type", "Type",
                 Choice(("ClusterIP", "NodePort", "LoadBalancer", "ExternalName"))),
            pairs("selector", "Selector", ("spec", "selector"),
                  "Labels of the Pods behind it; without any, its endpoints are made by hand."),
            SERVICE_PORTS,
        )),
        Group("Addresses", (
            Field("cluster_ip", "Cluster IP", ("spec", "clusterIP"), Text(),
                  "Empty: one is given. None: a headless Service.", ("spec.clusterIPs",)),
            spec("ipFamilyPolicy", "IP family policy",
                 Choice(("SingleStack", "PreferDualStack", "RequireDualStack"))),
            spec("ipFamilies", "IP families", Words(), "IPv4, IPv6; the first is primary."),
            Field("external_ips", "External IPs", ("spec", "externalIPs"), Words()),
            spec("externalName", "External name", Text(), "For the type ExternalName."),
            spec("loadBalancerIP", "Load balancer IP", Text()),
            spec("loadBalancerSourceRanges", "Load balancer source ranges", Words()),
            spec("loadBalancerClass", "Load balancer class", Text()),
        )),
        Group("Traffic", (
            spec("internalTrafficPolicy", "Internal traffic policy", LOCALITY),
            spec("externalTrafficPolicy", "External traffic policy", LOCALITY),
            spec("sessionAffinity", "Session affinity", Choice(("None", "ClientIP"))),
            Field("affinity_seconds", "Affinity timeout (s)",
                  ("spec", "sessionAffinityConfig", "clientIP", "timeoutSeconds"), Number()),
            spec("trafficDistribution", "Traffic distribution",
                 Choice(("PreferClose", "PreferSameZone", "PreferSameNode"))),
            spec("publishNotReadyAddresses", "Publish not-ready addresses", Flag()),
            spec("allocateLoadBalancerNodePorts", "Allocate node ports", Flag(),
                 "For the type LoadBalancer."),
        )),
    ),
    "EndpointSlice": (
        Group("", (
            Field("service", "Service", ("metadata", "labels", "kubernetes.io/service-name"),
                  Text(), "The label that says which Service the endpoints are of."),
            Field("address_type", "Address type", ("addressType",),
                  Choice(("IPv4", "IPv6", "FQDN"))),
            ENDPOINTS,
            SLICE_PORTS,
        )),
    ),
    "Endpoints": (Group("", (SUBSETS,)),),
    "Ingress": (
        Group("", (
            spec("ingressClassName", "Ingress class", Text()),
            RULES,
            TLS,
        )),
        Group("Default backend", (
            Field("default_service", "Service",
                  ("spec", "defaultBackend", "service", "name"), Text()),
            Field("default_port", "Service port",
                  ("spec", "defaultBackend", "service", "port"), BackendPort()),
        ), "What gets the requests that match no rule."),
    ),
    "IngressClass": (
        Group("", (
            spec("controller", "Controller", Text()),
            Field("is_default", "Default class",
                  ("metadata", "annotations", "ingressclass.kubernetes.io/is-default-class"),
                  Choice(("true", "false"))),
        )),
    ),
    "NetworkPolicy": (
        Group("", (
            pairs("pod_selector", "Pod selector", ("spec", "podSelector", "matchLabels"),
                  "The Pods it isolates; without any label, every Pod of the namespace."),
            EXPRESSIONS,
            spec("policyTypes", "Policy types", Several(("Ingress", "Egress")),
                 "The rules themselves stand in the YAML below."),
        )),
    ),
    "Secret": (Group("", (Field("type", "Type", ("type",), Text()),)),),
}  # fmt: skip
"""The groups of fields of the kinds of the service, ingress and policy domains."""
