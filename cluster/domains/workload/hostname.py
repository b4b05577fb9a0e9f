"""What a Pod calls itself (E-59 to E-62).

Source: `pkg/kubelet/kubelet_pods.go` GeneratePodHostNameAndDomain, `pkg/kubelet/util/util.go`
GetNodenameForKernel, `pkg/kubelet/kubelet_pods.go` ensureHostsFile.
"""

from __future__ import annotations

from dataclasses import dataclass

from cluster.domains.workload.pod import Pod

LONGEST_HOSTNAME = 63
LONGEST_KERNEL_HOSTNAME = 64  # `struct utsname` holds no more


@dataclass(frozen=True, slots=True)
class Hostname:
    """A Pod's names. `domain` is empty without a subdomain; `kernel` is what `hostname` prints.

    `error` tells why the Pod cannot start, None where it can.
    """

    hostname: str
    domain: str
    kernel: str
    error: str | None = None

    @property
    def fqdn(self) -> str:
        """Host name and domain; the host name alone without a domain."""
        return f"{self.hostname}.{self.domain}" if self.domain else self.hostname


def pod_hostname(pod: Pod, cluster_domain: str) -> Hostname:
    """Return what a Pod calls itself; a host network Pod goes by its Node's name (E-59).

    The domain is there whether or not a Service of that name is (E-60).
    """
    own = pod.hostname or pod.meta.name[:LONGEST_HOSTNAME].rstrip("-.")
    domain = ""
    if pod.subdomain:
        domain = f"{pod.subdomain}.{pod.meta.namespace}.svc.{cluster_domain}"
    if pod.host_network:
        return Hostname(pod.node_name or own, domain, pod.node_name or own)
    if not pod.set_hostname_as_fqdn or not domain:
        return Hostname(own, domain, own)
    full = f"{own}.{domain}"
    error = None
    if len(full) > LONGEST_KERNEL_HOSTNAME:  # E-61
        error = (
            f"failed to construct FQDN from pod hostname and cluster domain, FQDN {full} is too "
            f"long ({LONGEST_KERNEL_HOSTNAME} characters is the max, {len(full)} characters "
            "requested)"
        )
    return Hostname(own, domain, full, error)


def hosts_lines(pod: Pod, cluster_domain: str) -> tuple[str, ...]:
    """Return the lines of `/etc/hosts` that name the Pod, one for each of its addresses (E-62).

    A host network Pod sees its Node's file instead, which says nothing of it.
    """
    if pod.host_network:
        return ()
    names = pod_hostname(pod, cluster_domain)
    text = f"{names.fqdn}\t{names.hostname}" if names.domain else names.hostname
    return tuple(f"{ip}\t{text}" for ip in pod.ips)
