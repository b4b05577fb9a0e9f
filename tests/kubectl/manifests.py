"""What the tests of kubectl apply."""

import json

APP = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop, labels: {part: app}}
spec:
  replicas: 2
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      terminationGracePeriodSeconds: 0
      containers:
      - name: web
        image: nginx:1
        env: [{name: A, value: "1"}, {name: B, value: "2"}]
        ports: [{containerPort: 8080, name: http}]
        volumeMounts: [{name: v, mountPath: /v}]
      volumes: [{name: v, emptyDir: {}}]
---
apiVersion: v1
kind: Service
metadata: {name: shop, labels: {part: app}}
spec:
  selector: {app: shop}
  ports: [{name: http, port: 80, targetPort: http}, {name: m, port: 9090}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, labels: {part: app}}
spec:
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: shop, port: {name: http}}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: shop, labels: {part: app}}
spec: {podSelector: {matchLabels: {app: shop}}, ingress: [{from: [{podSelector: {}}]}]}
"""
NAMES = (
    "deployment.apps/shop", "service/shop", "ingress.networking.k8s.io/shop",
    "networkpolicy.networking.k8s.io/shop",
)  # fmt: skip
CHANGED = (
    APP.replace("9090", "9091")
    .replace(', {name: B, value: "2"}', "")
    .replace("emptyDir: {}", "configMap: {name: cm}")
)


def config_map(name: str, **metadata: object) -> str:
    """Return a ConfigMap; JSON is YAML."""
    return json.dumps(
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, **metadata}}
    )


def service(name: str, port: str = "80", more: str = "") -> str:
    """Return a Service with one port."""
    return f"""
apiVersion: v1
kind: Service
metadata: {{name: {name}}}
spec:
  selector: {{app: {name}}}
  ports: [{{port: {port}}}]
  {more}
"""
