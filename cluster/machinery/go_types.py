"""The names Kubernetes' Go structs give to types that its JSON schemas call plain strings.

The apiserver prints them when a value has the wrong type: `... of type v1.Protocol`. Only fields
that users write are listed; the others are printed by their JSON type.
Source: `k8s.io/api/{core,apps,batch,networking,discovery,policy}/v1` `types.go`.
"""

from __future__ import annotations

_FIELDS = """
    AppArmorProfile.type v1.AppArmorProfileType
    Capabilities.add[] v1.Capability
    Capabilities.drop[] v1.Capability
    Container.imagePullPolicy v1.PullPolicy
    Container.restartPolicy v1.ContainerRestartPolicy
    Container.terminationMessagePolicy v1.TerminationMessagePolicy
    ContainerPort.protocol v1.Protocol
    ContainerResizePolicy.resourceName v1.ResourceName
    ContainerResizePolicy.restartPolicy v1.ResourceResizeRestartPolicy
    CronJobSpec.concurrencyPolicy v1.ConcurrencyPolicy
    DaemonSetUpdateStrategy.type v1.DaemonSetUpdateStrategyType
    DeploymentStrategy.type v1.DeploymentStrategyType
    EmptyDirVolumeSource.medium v1.StorageMedium
    EndpointPort.protocol v1.Protocol
    EndpointSlice.addressType v1.AddressType
    EphemeralContainer.imagePullPolicy v1.PullPolicy
    EphemeralContainer.restartPolicy v1.ContainerRestartPolicy
    EphemeralContainer.terminationMessagePolicy v1.TerminationMessagePolicy
    HTTPGetAction.scheme v1.URIScheme
    HTTPIngressPath.pathType v1.PathType
    HostPathVolumeSource.type v1.HostPathType
    JobSpec.completionMode v1.CompletionMode
    JobSpec.podReplacementPolicy v1.PodReplacementPolicy
    LabelSelectorRequirement.operator v1.LabelSelectorOperator
    Lifecycle.stopSignal v1.Signal
    LoadBalancerIngress.ipMode v1.LoadBalancerIPMode
    NamespaceSpec.finalizers[] v1.FinalizerName
    NamespaceStatus.phase v1.NamespacePhase
    NetworkPolicyPort.protocol v1.Protocol
    NetworkPolicySpec.policyTypes[] v1.PolicyType
    NodeAddress.type v1.NodeAddressType
    NodeCondition.status v1.ConditionStatus
    NodeCondition.type v1.NodeConditionType
    NodeSelectorRequirement.operator v1.NodeSelectorOperator
    NodeStatus.allocatable v1.ResourceList
    NodeStatus.capacity v1.ResourceList
    ObjectMeta.uid types.UID
    ObjectReference.uid types.UID
    OwnerReference.uid types.UID
    PersistentVolumeClaimSpec.accessModes[] v1.PersistentVolumeAccessMode
    PersistentVolumeClaimSpec.volumeMode v1.PersistentVolumeMode
    PodCondition.status v1.ConditionStatus
    PodCondition.type v1.PodConditionType
    PodFailurePolicyOnExitCodesRequirement.operator v1.PodFailurePolicyOnExitCodesOperator
    PodFailurePolicyOnPodConditionsPattern.status v1.ConditionStatus
    PodFailurePolicyOnPodConditionsPattern.type v1.PodConditionType
    PodFailurePolicyRule.action v1.PodFailurePolicyAction
    PodOS.name v1.OSName
    PodReadinessGate.conditionType v1.PodConditionType
    PodSecurityContext.fsGroupChangePolicy v1.PodFSGroupChangePolicy
    PodSecurityContext.seLinuxChangePolicy v1.PodSELinuxChangePolicy
    PodSecurityContext.supplementalGroupsPolicy v1.SupplementalGroupsPolicy
    PodSpec.dnsPolicy v1.DNSPolicy
    PodSpec.overhead v1.ResourceList
    PodSpec.preemptionPolicy v1.PreemptionPolicy
    PodSpec.restartPolicy v1.RestartPolicy
    PodStatus.phase v1.PodPhase
    ResourceRequirements.limits v1.ResourceList
    ResourceRequirements.requests v1.ResourceList
    SeccompProfile.type v1.SeccompProfileType
    Secret.type v1.SecretType
    SecurityContext.procMount v1.ProcMountType
    ServicePort.protocol v1.Protocol
    ServiceSpec.externalTrafficPolicy v1.ServiceExternalTrafficPolicy
    ServiceSpec.internalTrafficPolicy v1.ServiceInternalTrafficPolicy
    ServiceSpec.ipFamilies[] v1.IPFamily
    ServiceSpec.ipFamilyPolicy v1.IPFamilyPolicy
    ServiceSpec.sessionAffinity v1.ServiceAffinity
    ServiceSpec.type v1.ServiceType
    StatefulSetPersistentVolumeClaimRetentionPolicy.whenDeleted v1.PersistentVolumeClaimRetentionPolicyType
    StatefulSetPersistentVolumeClaimRetentionPolicy.whenScaled v1.PersistentVolumeClaimRetentionPolicyType
    StatefulSetSpec.podManagementPolicy v1.PodManagementPolicyType
    StatefulSetUpdateStrategy.type v1.StatefulSetUpdateStrategyType
    Taint.effect v1.TaintEffect
    Toleration.effect v1.TaintEffect
    Toleration.operator v1.TolerationOperator
    TopologySpreadConstraint.nodeAffinityPolicy v1.NodeInclusionPolicy
    TopologySpreadConstraint.nodeTaintsPolicy v1.NodeInclusionPolicy
    TopologySpreadConstraint.whenUnsatisfiable v1.UnsatisfiableConstraintAction
    VolumeMount.mountPropagation v1.MountPropagationMode
    VolumeMount.recursiveReadOnly v1.RecursiveReadOnlyMode
"""  # noqa: E501
_NAMED = dict(line.split() for line in _FIELDS.strip().splitlines())


def named_type(struct: str, field: str) -> str | None:
    """Return the Go type of a field (`ServicePort`, `protocol`), or of its items (`protocols[]`).

    None where Go has no name of its own for it.
    """
    return _NAMED.get(f"{struct}.{field}")
