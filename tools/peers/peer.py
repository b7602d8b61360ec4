"""The other side of `npm run bench`: times scikit-learn, PyTorch and JAX on the same work, one JSON line in, one out.

Requests: {"case": name, ...parameters, "repeats": n}  ->  {"ms": [n times]}
          {"case": "versions"}                         ->  {"torch": "..."}

The argument is the library that this process is for.
"""
import json
import os
import sys
import time
from functools import partial

import numpy as np

from jax_models import makers as jax_makers
from jax_models import take_cores
from latent_models import makers as latent_makers
from step_models import makers as step_makers

library = sys.argv[1]
threads = int(os.environ.get("OMP_NUM_THREADS", "1"))
prepared = {}
if library == "jax":
    take_cores(threads)


def versions():
    return {library: __import__(library).__version__}


def mixture(rows, columns, components, covariance):
    from sklearn.mixture import GaussianMixture

    rng = np.random.default_rng(1)
    centres = 4 * rng.standard_normal((components, columns))
    data = centres[rng.integers(components, size=rows)] + rng.standard_normal((rows, columns))
    model = GaussianMixture(components, covariance_type=covariance, max_iter=1, init_params="random", random_state=1)
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(data[: min(rows, 5000)])

    def iteration():
        _, log_responsibilities = model._e_step(data)
        model._m_step(data, log_responsibilities)

    return iteration


def vae(features, hidden, latent, batch, fused):
    import torch
    from torch import nn

    torch.set_num_threads(threads)
    torch.manual_seed(1)
    encoder = nn.Sequential(nn.Linear(features, hidden), nn.ReLU(), nn.Linear(hidden, 2 * latent))
    decoder = nn.Sequential(nn.Linear(latent, hidden), nn.ReLU(), nn.Linear(hidden, features))
    return vae_step(encoder, decoder, (torch.rand(batch, features) < 0.2).float(), fused)


def vae_step(encoder, decoder, data, fused):
    import torch
    from torch.nn import functional

    batch = len(data)
    parameters = [*encoder.parameters(), *decoder.parameters()]
    optimizer = torch.optim.Adam(parameters, 1e-3, **({"fused": True} if fused else {}))

    def step():
        mean, log_variance = encoder(data).chunk(2, 1)
        code = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
        reconstruction = functional.binary_cross_entropy_with_logits(decoder(code), data, reduction="sum")
        kl = 0.5 * (log_variance.exp() + mean * mean - 1 - log_variance).sum()
        loss = (reconstruction + kl) / batch
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def convolutional_vae(latent, batch, fused):
    import torch
    from torch import nn

    torch.set_num_threads(threads)
    torch.manual_seed(1)
    encoder = nn.Sequential(
        nn.Conv2d(1, 32, 3, 2, 1), nn.ReLU(), nn.Conv2d(32, 64, 3, 2, 1), nn.ReLU(), nn.Flatten(), nn.Linear(3136, 2 * latent)
    )
    decoder = nn.Sequential(
        nn.Linear(latent, 3136),
        nn.ReLU(),
        nn.Unflatten(1, (64, 7, 7)),
        nn.ConvTranspose2d(64, 32, 3, 2, 1, output_padding=1),
        nn.ReLU(),
        nn.ConvTranspose2d(32, 1, 3, 2, 1, output_padding=1),
    )
    data = (torch.rand(batch, 1, 28, 28) < 0.2).float()
    return vae_step(encoder, decoder, data, fused)


def importance(features, hidden, latent, rows, samples, block=4096):
    import torch
    from torch import nn
    from torch.nn import functional

    torch.set_num_threads(threads)
    torch.manual_seed(1)
    encoder = nn.Sequential(nn.Linear(features, hidden), nn.ReLU(), nn.Linear(hidden, 2 * latent))
    decoder = nn.Sequential(nn.Linear(latent, hidden), nn.ReLU(), nn.Linear(hidden, features))
    data = (torch.rand(rows, features) < 0.2).float()
    each = max(1, block // rows)

    @torch.inference_mode()
    def estimate():
        mean, log_variance = encoder(data).chunk(2, 1)
        weights = []
        for start in range(0, samples, each):
            count = min(each, samples - start)
            noise = torch.randn(count, rows, latent)
            code = mean + torch.exp(0.5 * log_variance) * noise
            logits = decoder(code)
            fit = -functional.binary_cross_entropy_with_logits(logits, data.expand_as(logits), reduction="none").sum(2)
            weights.append(fit - 0.5 * (code * code).sum(2) + 0.5 * (noise * noise + log_variance).sum(2))
        return torch.logsumexp(torch.cat(weights), 0).mean().item()

    return estimate


makers = {"importance": importance, "mixture": mixture, "vae": vae, "convolutional_vae": convolutional_vae, **jax_makers, **latent_makers}
makers |= {name: partial(make, threads=threads) for name, make in step_makers.items()}

for line in sys.stdin:
    request = json.loads(line)
    case = request.pop("case")
    if case == "versions":
        print(json.dumps(versions()), flush=True)
        continue
    repeats = request.pop("repeats")
    key = json.dumps([case, request], sort_keys=True)
    try:
        if key not in prepared:
            prepared.clear()
            prepared[key] = makers[case](**request)
            prepared[key]()
        times = []
        for _ in range(repeats):
            start = time.perf_counter()
            prepared[key]()
            times.append(1000 * (time.perf_counter() - start))
        print(json.dumps({"ms": times}), flush=True)
    except Exception as error:
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}), flush=True)
