"""Writes race-vectors.csv: the race of dev.paceline.common.sampling.Race, implemented again from its
specification with Python integers and numpy floats, independently of the Java code.

Run in this folder: python3 race_vectors.py > race-vectors.csv
"""
import math
import random

import numpy as np

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
M1 = 0xBF58476D1CE4E5B9
M2 = 0x94D049BB133111EB


def mix(z):
    z ^= z >> 30
    z = z * M1 & MASK
    z ^= z >> 27
    z = z * M2 & MASK
    return z ^ z >> 31


def key(seed, position):
    return mix(mix(seed) + (position + 1) * GOLDEN & MASK)


def token_constant(token):
    return mix((token + 1) * GOLDEN & MASK)


def bits(k, token):
    h = (k ^ token_constant(token)) * M1 & MASK
    h = (h ^ h >> 32) * M2 & MASK
    return h >> 32


def complement(h):
    v = (np.float32(h) + np.float32(0.5)) * np.float32(2.0**-32)
    return min(v, np.float32(1 - 2.0**-24))


def gumbel(h):
    return -math.log(-math.log1p(-float(complement(h))))


def kept(logits, temperature, top_k, top_p):
    """Indices that the filters keep: ties at an edge stay."""
    order = sorted(range(len(logits)), key=lambda i: -logits[i])
    if 0 < top_k < len(logits):
        edge = logits[order[top_k - 1]]
        order = [i for i in order if logits[i] >= edge]
    if top_p < 1:
        weights = [math.exp((logits[i] - logits[order[0]]) / temperature) for i in order]
        total, reached = sum(weights), 0.0
        for n, w in enumerate(weights):
            reached += w / total
            if reached >= top_p:
                edge = logits[order[n]]
                break
        order = [i for i in order if logits[i] >= edge]
    return order


def pick(logits, temperature, top_k, top_p, seed, position):
    """The winner, and by how much it wins."""
    if temperature == 0 or top_k == 1:
        return logits.index(max(logits)), 1.0
    k = key(seed, position)
    scores = sorted(
        ((logits[i] / temperature + gumbel(bits(k, i)), i) for i in kept(logits, temperature, top_k, top_p)),
        reverse=True)
    return scores[0][1], scores[0][0] - scores[1][0] if len(scores) > 1 else 1.0


def main():
    rng = random.Random(20)
    seeds = [0, 1, 42, 0x0123456789ABCDEF, MASK, 1 << 63]
    print("# Made by race_vectors.py, not by the Java code. 64-bit values and hashed bits in hexadecimal.")
    print("# mix,z,result | key,seed,position,result | constant,token,result")
    print("# complement,bits,complement as float32 bits,gumbel")
    print("# score,seed,position,token,bits,complement as float32 bits,gumbel")
    print("# pick,seed,position,temperature,top k,top p,token,logits separated by blanks")
    for z in seeds + [rng.getrandbits(64) for _ in range(10)]:
        print(f"mix,{z:x},{mix(z):x}")
    for seed in seeds:
        for position in (0, 1, 1023, 2**31 - 2):
            print(f"key,{seed:x},{position},{key(seed, position):x}")
    for token in (0, 1, 4095, 50256, 2**31 - 2):
        print(f"constant,{token},{token_constant(token):x}")
    for h in (0, 1, 2, 2**24 - 1, 2**24, 2**24 + 1, 2**31, 2**32 - 257, 2**32 - 129, 2**32 - 128, 2**32 - 1):
        print(f"complement,{h:x},{complement(h).view(np.uint32):x},{gumbel(h):.9g}")
    for seed in seeds + [rng.getrandbits(64) for _ in range(6)]:
        for _ in range(10):
            position, token = rng.randrange(2048), rng.randrange(50257)
            h = bits(key(seed, position), token)
            print(f"score,{seed:x},{position},{token},{h:x},{complement(h).view(np.uint32):x},{gumbel(h):.9g}")
    for n in range(300):
        size = rng.choice((2, 5, 16, 60))
        logits = [round(rng.gauss(0, 3) * 8) / 8 for _ in range(size)]
        temperature = rng.choice((0, 0.25, 0.5, 1, 1, 1.5))
        top_k = rng.choice((0, 0, 1, 2, 5, 100))
        top_p = rng.choice((1, 1, 0.9, 0.5, 0.03125))
        seed, position = rng.getrandbits(64), rng.randrange(2048)
        token, margin = pick(logits, temperature, top_k, top_p, seed, position)
        if margin > 1e-3:
            print(f"pick,{seed:x},{position},{temperature},{top_k},{top_p},{token}," + " ".join(map(str, logits)))


if __name__ == "__main__":
    main()
