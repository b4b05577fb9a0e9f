"""Services and their endpoints.

Service, EndpointSlice and Endpoints: allocation of addresses and ports, slicing, and which
endpoint a connection is forwarded to.
"""
