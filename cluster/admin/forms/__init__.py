"""Forms for objects: inputs made from `cluster.admin.fields`, checked by the store."""
