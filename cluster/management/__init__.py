"""The commands of ``netviz``, in Django's place for them."""
