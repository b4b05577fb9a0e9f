"""What a real apiserver refuses of the applications, and the differences that follow from it.

Nothing else may be refused, and nothing else may differ from what is known of an application.
"""

from __future__ import annotations

from dataclasses import dataclass, field

_SUBDOMAIN = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "
    "'.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used "
    "for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
_DANGLING = "Ingress kube-system/external-auth-oauth2 -> kubernetes-dashboard:80: no such service"
_NAMED_PORT = "helloworld/enable-ingress-from-named-port"
_IMMUTABLE = '{"matchLabels":{"app":"vote-bot","version":"v10"}}: field is immutable'


@dataclass(frozen=True)
class Refusals:
    """The messages of one application's refused objects, and the differences that follow."""

    messages: dict[str, str] = field(default_factory=dict)
    differences: tuple[str, ...] = ()


def _invalid(field_path: str, value: str) -> str:
    return f'{field_path}: Invalid value: "{value}": {_SUBDOMAIN}'


REFUSALS = {
    # Hosts left for their readers to fill in are no host names.
    "ingress-nginx-baremetal-and-examples": Refusals(
        {
            "Ingress docker-registry/docker-registry": (
                'Ingress.networking.k8s.io "docker-registry" is invalid: ['
                + _invalid("spec.rules[0].host", "registry.<your domain>")
                + ", "
                + _invalid("spec.tls[0].hosts[0]", "registry.<your domain>")
                + "]"
            ),
            "Ingress kube-system/oauth2-proxy": (
                'Ingress.networking.k8s.io "oauth2-proxy" is invalid: ['
                + _invalid("spec.rules[0].host", "__INGRESS_HOST__")
                + ", "
                + _invalid("spec.tls[0].hosts[0]", "__INGRESS_HOST__")
                + ", "
                + _invalid("spec.tls[0].secretName", "__INGRESS_SECRET__")
                + "]"
            ),
            "Ingress kube-system/external-auth-oauth2": (
                'Ingress.networking.k8s.io "external-auth-oauth2" is invalid: '
                + _invalid("spec.rules[0].host", "__INGRESS_HOST__")
            ),
        },
        (
            "Ingress docker-registry/docker-registry: missing",
            "Ingress kube-system/external-auth-oauth2: missing",
            "Ingress kube-system/oauth2-proxy: missing",
            f"no finding: {_DANGLING}",
        ),
    ),
    # The second vote-bot selects by another label, and a Deployment's selector never changes.
    "emojivoto-traffic-split": Refusals(
        {
            "Deployment emojivoto/vote-bot": (
                'Deployment.apps "vote-bot" is invalid: '
                f"spec.selector: Invalid value: {_IMMUTABLE}"
            )
        },
        ("Deployment/emojivoto/vote-bot: a Pod without version=v10",),
    ),
    # `containerport` is no field, so one is missing.
    "npa-named-port": Refusals(
        {
            "Deployment helloworld/pod-a": (
                'Deployment.apps "pod-a" is invalid: '
                "spec.template.spec.containers[0].ports[1].containerPort: Required value"
            )
        },
        (
            "Deployment/helloworld/pod-a: 0 Pods, expected 1",
            f"NetworkPolicy {_NAMED_PORT}: selects 0 Pods, expected 1",
            f"NetworkPolicy {_NAMED_PORT}: selects [], expected ['Deployment/helloworld/pod-a']",
        ),
    ),
    # A Pod of a Job may not restart always, which is the default.
    "npa-workload-kinds": Refusals(
        {
            "CronJob hello-cron-job": (
                'CronJob.batch "hello-cron-job" is invalid: '
                "spec.jobTemplate.spec.template.spec.restartPolicy: Required value: "
                'valid values: "OnFailure", "Never"'
            )
        },
        ("CronJob default/hello-cron-job: missing",),
    ),
    # Of several ports each needs a name.
    "npa-ingress-multi": Refusals(
        {
            "Service ingressworld/ingress-world-svc1": (
                'Service "ingress-world-svc1" is invalid: '
                "[spec.ports[0].name: Required value, spec.ports[1].name: Required value]"
            )
        },
        (
            "Service ingressworld/ingress-world-svc1: missing",
            "a finding: Ingress ingressworld/ingress-world: no such service",
        ),
    ),
}
