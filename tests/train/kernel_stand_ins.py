"""Variable-length attention in plain matrix products, with the arguments of the real kernels.

They stand in for kernels that need a GPU, and check that they are asked as those are documented.
"""

import torch


def attention(query, key, value, bounds, *, left, scale):
    """[tokens, heads, size]: causal, each dialogue by itself, `left` tokens back (-1: all)."""
    times = query.shape[1] // key.shape[1]
    rows = []
    for begin, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        heads = []
        for head in range(query.shape[1]):
            q, k, v = query[begin:end, head], *(x[begin:end, head // times] for x in (key, value))
            back = torch.arange(end - begin)[:, None] - torch.arange(end - begin)[None]
            seen = (back >= 0) & ((back <= left) if left >= 0 else True)
            scores = (q.float() @ k.float().T) * scale
            shares = scores.masked_fill(~seen, float("-inf")).softmax(1)
            heads.append(shares @ v.float())
        rows.append(torch.stack(heads, 1))
    return torch.cat(rows).to(query.dtype)


class Kernels:
    """The kernels; `asked` are the names of the further arguments of each call, `most` a limit.

    With `halves`, numbers of 32 bits are refused, as on a GPU.
    """

    def __init__(self, most=256, *, halves=False):
        self.asked = []
        self.most = most
        self.halves = halves

    def check(self, query, key, value, bounds, longest):
        """What the documentation asks for."""
        tokens, heads, size = query.shape
        assert key.shape == value.shape == (tokens, key.shape[1], size)
        assert heads % key.shape[1] == 0
        assert query.dtype == key.dtype == value.dtype
        assert all(part.is_contiguous() for part in (query, key, value))
        assert bounds.dtype == torch.int32
        assert bounds.device == query.device
        assert (bounds[0], bounds[-1]) == (0, tokens)
        assert isinstance(longest, int)
        assert longest == int(bounds.diff().max())
        if size > self.most:
            raise RuntimeError(f"only heads of up to {self.most} numbers are served")
        if self.halves and query.dtype not in (torch.bfloat16, torch.float16):
            raise RuntimeError("only fp16 and bf16 data type are served")

    def torch_2_13(
        self,
        query,
        key,
        value,
        cu_seq_q,
        cu_seq_k,
        max_q,
        max_k,
        *,
        return_aux=None,
        scale=None,
        window_size=(-1, -1),
        enable_gqa=False,
        seqused_k=None,
        block_table=None,
        num_splits=None,
    ):
        """As `torch.nn.attention.varlen.varlen_attn` of torch 2.12 and 2.13."""
        assert cu_seq_k is cu_seq_q
        assert (max_k, return_aux, num_splits) == (max_q, None, None)
        self.check(query, key, value, cu_seq_q, max_q)
        assert enable_gqa or query.shape[1] == key.shape[1]
        assert isinstance(window_size, tuple)  # a list [-1, 0] is not taken for causal
        assert window_size[1] == 0
        assert scale is None or isinstance(scale, float)
        self.asked.append({"scale", "window_size", "enable_gqa"})
        scale = query.shape[2] ** -0.5 if scale is None else scale
        return attention(query, key, value, cu_seq_q, left=window_size[0], scale=scale)

    def torch_2_11(
        self,
        query,
        key,
        value,
        cu_seq_q,
        cu_seq_k,
        max_q,
        max_k,
        *,
        return_aux=None,
        scale=None,
        window_size=(-1, -1),
    ):
        """As that of torch 2.11: all heads have keys of their own."""
        options = {"scale": scale, "window_size": window_size}
        found = self.torch_2_13(query, key, value, cu_seq_q, cu_seq_k, max_q, max_k, **options)
        self.asked[-1] = {"scale", "window_size"}
        return found

    def torch_2_10(
        self,
        query,
        key,
        value,
        cu_seq_q,
        cu_seq_k,
        max_q,
        max_k,
        is_causal=False,
        return_aux=None,
    ):
        """As that of torch 2.10."""
        assert is_causal
        found = self.torch_2_11(
            query, key, value, cu_seq_q, cu_seq_k, max_q, max_k, window_size=(-1, 0)
        )
        self.asked[-1] = {"is_causal"}
        return found

    def package(
        self,
        q,
        k,
        v,
        cu_seqlens_q,
        cu_seqlens_k,
        max_seqlen_q,
        max_seqlen_k,
        dropout_p=0.0,
        softmax_scale=None,
        causal=False,
        window_size=(-1, -1),
        softcap=0.0,
        alibi_slopes=None,
        deterministic=False,
        return_attn_probs=False,
        block_table=None,
    ):
        """As `flash_attn_varlen_func` of flash-attn 2."""
        assert cu_seqlens_k is cu_seqlens_q
        assert max_seqlen_k == max_seqlen_q
        assert causal
        assert (dropout_p, softcap, alibi_slopes, return_attn_probs) == (0.0, 0.0, None, False)
        assert deterministic == torch.are_deterministic_algorithms_enabled()
        self.check(q, k, v, cu_seqlens_q, max_seqlen_q)
        self.asked.append({"package"})
        scale = q.shape[2] ** -0.5 if softmax_scale is None else softmax_scale
        return attention(q, k, v, cu_seqlens_q, left=window_size[0], scale=scale)
