"""The questions over HTTP: `/api/netviz/v1/`, the same answers as `netviz ask`, byte for byte."""
