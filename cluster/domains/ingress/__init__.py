"""HTTP from outside: Ingress and IngressClass, their routes and which of them wins."""
