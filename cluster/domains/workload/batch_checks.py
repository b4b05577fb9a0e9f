"""What is wrong with Jobs and CronJobs.

Source: pkg/apis/batch/validation, pkg/registry/batch/job/strategy.go; semantics.md A-16, I-2,
I-24, I-25, I-46.
"""

from __future__ import annotations

from cluster.domains.workload.cron import schedule_problem
from cluster.domains.workload.pod_checks import check_template
from cluster.domains.workload.workload_checks import IMMUTABLE, MISMATCH, not_negative
from cluster.domains.workload.workload_defaults import CONTROLLER_UID
from cluster.machinery.errors import FieldError
from cluster.machinery.fields import METADATA, SPEC, Path
from cluster.machinery.manifest import (
    JSON,
    Manifest,
    child_mapping,
    copy,
    flag_at,
    integer_at,
    mapping_at,
    text_at,
    text_map_at,
)
from cluster.machinery.names import dns_label, dns_subdomain
from cluster.machinery.selectors import check_selector, parse_selector

CRON_JOB_NAME_MAXIMUM = 52  # 63 less the 11 characters of a Job's suffix
INDEXED_MAXIMUM = 100000
JOB_IMMUTABLE = (
    "completionMode", "podFailurePolicy", "successPolicy", "backoffLimitPerIndex", "managedBy",
)  # fmt: skip
JOB_RESTART_TEXT = 'valid values: "OnFailure", "Never"'
CONCURRENCY = ("Allow", "Forbid", "Replace")
ZONE_TEXT = "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones"


def cron_job_name(value: str) -> list[str]:
    """Return what is wrong with a CronJob's name (A-16)."""
    texts = dns_subdomain(value)
    if len(value) > CRON_JOB_NAME_MAXIMUM:
        texts.append(f"must be no more than {CRON_JOB_NAME_MAXIMUM} characters")
    return texts


def check_job(manifest: Manifest) -> list[FieldError]:
    """Return what is wrong with a Job."""
    spec = mapping_at(manifest, "spec")
    errors = check_job_spec(spec, SPEC)
    completions = integer_at(spec, "completions")
    if text_at(spec, "completionMode") == "Indexed" and completions:
        last = f"{text_at(manifest, 'metadata', 'name') or ''}-{completions - 1}"
        errors += [
            (METADATA / "name").invalid(
                text_at(manifest, "metadata", "name"),
                f"will not able to create pod with invalid DNS label: {last}: {text}",
            )
            for text in dns_label(last)
        ]
    errors += _check_job_selector(spec, text_at(manifest, "metadata", "uid") or "")
    return errors


def check_job_spec(spec: Manifest, path: Path) -> list[FieldError]:
    """Return what is wrong with the spec of a Job, or of a CronJob's template, at `path`."""
    errors = not_negative(
        spec, path, "parallelism", "completions", "activeDeadlineSeconds", "backoffLimit",
        "ttlSecondsAfterFinished",
    )  # fmt: skip
    mode = text_at(spec, "completionMode")
    if mode is not None and mode not in {"NonIndexed", "Indexed"}:
        here = path / "completionMode"
        errors.append(here.not_supported(mode, ("Indexed", "NonIndexed")))
    if mode == "Indexed":
        errors += _check_indexed(spec, path)
    template = mapping_at(spec, "template")
    below = path / "template"
    errors += check_template(template, below)
    policy = text_at(template, "spec", "restartPolicy") or ""
    here = below / "spec" / "restartPolicy"
    if policy in {"", "Always"}:
        errors.append(here.required(JOB_RESTART_TEXT))
    elif policy not in {"OnFailure", "Never"}:
        errors.append(here.not_supported(policy, ("OnFailure", "Never")))
    return errors


def _check_indexed(spec: Manifest, path: Path) -> list[FieldError]:
    if integer_at(spec, "completions") is None:
        return [(path / "completions").required("when completion mode is Indexed")]
    text = f"must be less than or equal to {INDEXED_MAXIMUM} when completion mode is Indexed"
    return [
        (path / field).invalid(number, text)
        for field in ("completions", "parallelism")
        if (number := integer_at(spec, field) or 0) > INDEXED_MAXIMUM
    ]


def _check_job_selector(spec: Manifest, uid: str) -> list[FieldError]:
    here = SPEC / "selector"
    if spec.get("selector") is None:
        return [here.required()]
    selector = mapping_at(spec, "selector")
    errors = check_selector(selector, here)
    labels = text_map_at(spec, "template", "metadata", "labels")
    if not flag_at(spec, "manualSelector"):
        wanted = {CONTROLLER_UID: uid}
        if mapping_at(selector, "matchLabels") not in (wanted, {"controller-uid": uid}):
            errors.append(here.invalid(selector, "`selector` not auto-generated"))
    parsed = None if errors else parse_selector(selector)
    if parsed is not None and not parsed.matches(labels):
        where = SPEC / "template" / "metadata" / "labels"
        errors.append(where.invalid({**labels}, MISMATCH))
    return errors


def check_job_update(new: Manifest, old: Manifest) -> list[FieldError]:
    """Return what a Job's update changes although it must not (I-46)."""
    after, before = mapping_at(new, "spec"), mapping_at(old, "spec")
    errors = _check_completions(after, before)
    errors += _unchanged(after, before, "selector")
    if _comparable_template(after, old) != _comparable_template(before, old):
        errors.append((SPEC / "template").invalid(after.get("template"), IMMUTABLE))
    for field in JOB_IMMUTABLE:
        errors += _unchanged(after, before, field)
    return errors


def _unchanged(after: Manifest, before: Manifest, field: str) -> list[FieldError]:
    value: JSON = after.get(field)
    if value == before.get(field):
        return []
    return [(SPEC / field).invalid(value, IMMUTABLE)]


def _check_completions(after: Manifest, before: Manifest) -> list[FieldError]:
    new = integer_at(after, "completions")
    if new == integer_at(before, "completions"):
        return []
    here = SPEC / "completions"
    if text_at(after, "completionMode") != "Indexed" or new is None:
        return [here.invalid(new, IMMUTABLE)]
    parallelism = integer_at(after, "parallelism")
    if new != parallelism:
        text = f"can only be modified in tandem with parallelism {parallelism}"
        return [here.invalid(new, text)]
    return []


def _comparable_template(spec: Manifest, old: Manifest) -> Manifest:
    """Return the template without what a Job may still change: placement while suspended."""
    template = copy(mapping_at(spec, "template"))
    before = mapping_at(old, "spec")
    started = text_at(old, "status", "startTime") is not None
    if not flag_at(before, "suspend") or started:
        return template
    meta = child_mapping(template, "metadata")
    for field in ("labels", "annotations"):
        meta.pop(field, None)
    pod = child_mapping(template, "spec")
    for field in ("nodeSelector", "tolerations", "schedulingGates"):
        pod.pop(field, None)
    child_mapping(pod, "affinity").pop("nodeAffinity", None)
    if not pod["affinity"]:
        del pod["affinity"]
    return template


def check_cron_job(manifest: Manifest) -> list[FieldError]:
    """Return what is wrong with a CronJob."""
    spec = mapping_at(manifest, "spec")
    errors = _check_schedule(spec)
    policy = text_at(spec, "concurrencyPolicy") or ""
    if policy not in CONCURRENCY:
        errors.append((SPEC / "concurrencyPolicy").not_supported(policy, CONCURRENCY))
    errors += not_negative(spec, SPEC, "startingDeadlineSeconds")
    job, here = mapping_at(spec, "jobTemplate", "spec"), SPEC / "jobTemplate" / "spec"
    errors += check_job_spec(job, here)
    if flag_at(job, "manualSelector"):
        errors.append((here / "manualSelector").not_supported(value=True, supported=("false",)))
    if job.get("selector") is not None:
        text = "`selector` will be auto-generated"
        errors.append((here / "selector").invalid(job["selector"], text))
    return errors + not_negative(
        spec, SPEC, "successfulJobsHistoryLimit", "failedJobsHistoryLimit"
    )


def _check_schedule(spec: Manifest) -> list[FieldError]:
    schedule = text_at(spec, "schedule") or ""
    here = SPEC / "schedule"
    errors: list[FieldError] = []
    if not schedule:
        errors.append(here.required())
    elif "TZ" in schedule:
        text = "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"
        errors.append(here.invalid(schedule, text))
    else:
        problem = schedule_problem(schedule)
        if problem is not None:
            errors.append(here.invalid(schedule, problem))
    zone = text_at(spec, "timeZone")
    if zone == "":
        errors.append(
            (SPEC / "timeZone").invalid(zone, "timeZone must be nil or non-empty string")
        )
    elif zone is not None and zone.lower() == "local":
        errors.append((SPEC / "timeZone").invalid(zone, ZONE_TEXT))
    return errors
