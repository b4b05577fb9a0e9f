"""Who may open which connection to whom, as policies say (`netviz reach`).

Worked out between classes of equal Pods and told between workloads; nothing here looks at pairs
of Pods but where a Node and its own Pods are concerned (H-11).
"""
