"""The pages: each reads the request, asks the store or a replica, and renders."""
