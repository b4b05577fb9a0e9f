"""The page that offers a kubeconfig: what kubectl needs, with the reader's own token in it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.urls import reverse
from django.utils.translation import gettext as _

from cluster.runtime import certificates
from cluster.runtime.kubeconfig import kubeconfig, server_of
from cluster.store import all_clusters, find_cluster
from cluster.web.pages import page
from cluster.web.shell import Crumb, shell_of

FILE = "netviz-kubeconfig.yaml"


def offer(request: HttpRequest) -> HttpResponse:
    """Say how kubectl gets in; a POST downloads the file, which is a secret of its user."""
    names = [cluster.name for cluster in all_clusters()]
    wanted = request.POST.get("cluster") or request.GET.get("cluster") or shell_of(request).cluster
    current = find_cluster(wanted).name if wanted else ""
    host, _port = split_domain_port(request.get_host())
    if request.method == "POST" and current:
        user = request.user
        if not isinstance(user, AbstractBaseUser):
            return redirect_to_login(reverse("kubeconfig"))
        return _file(user, names, current, host.strip("[]"))
    return page(
        request,
        "cluster/kubeconfig.html",
        section="settings",
        title=_("kubectl"),
        crumbs=[Crumb(_("kubectl"))],
        names=names,
        current=current,
        server=server_of(current, host=host.strip("[]"), https_port=settings.HTTPS_PORT),
        file=FILE,
    )


def _file(user: AbstractBaseUser, names: list[str], current: str, host: str) -> HttpResponse:
    held = certificates.ensure_authority(settings.NETVIZ_DATA)
    text = kubeconfig(
        names,
        user,
        current=current,
        authority=held.authority.read_bytes(),
        host=host,
        https_port=settings.HTTPS_PORT,
    )
    return HttpResponse(
        text,
        content_type="application/yaml",
        headers={
            "Content-Disposition": f'attachment; filename="{FILE}"',
            "Cache-Control": "no-store",
        },
    )
