from cluster.machinery.manifest import merge


def json_patch(m, ops):
    import jsonpatch

    return jsonpatch.apply_patch(m, ops)


def strategic_merge(m, p, shape):
    return merge(m, p)


def three_way(last, new, live, shape):
    def dele(l, n):
        out = {}
        for k, v in l.items():
            if k not in n:
                out[k] = None
            elif isinstance(v, dict) and isinstance(n[k], dict):
                d = dele(v, n[k])
                if d:
                    out[k] = d
        return out

    m = merge(live, dele(last, new)) if last else live
    return merge(m, new)
