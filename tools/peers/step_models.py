"""Training steps of PyTorch with importance weights and with categorical codes, for peer.py."""


def optimizer_of(modules, fused):
    import torch

    parameters = [weight for module in modules for weight in module.parameters()]
    return torch.optim.Adam(parameters, 1e-3, **({"fused": True} if fused else {}))


def networks(features, hidden, latent, outputs, threads):
    import torch
    from torch import nn

    torch.set_num_threads(threads)
    torch.manual_seed(1)
    encoder = nn.Sequential(nn.Linear(features, hidden), nn.ReLU(), nn.Linear(hidden, outputs))
    return encoder, nn.Sequential(nn.Linear(latent, hidden), nn.ReLU(), nn.Linear(hidden, features))


def fit(logits, data):
    """log p(x|z) of each draw and row: [samples, rows]."""
    from torch.nn import functional

    return -functional.binary_cross_entropy_with_logits(logits, data.expand_as(logits), reduction="none").sum(2)


def train(optimizer, loss):
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def iwae(features, hidden, latent, batch, samples, fused, threads=1):
    import torch

    encoder, decoder = networks(features, hidden, latent, 2 * latent, threads)
    optimizer = optimizer_of([encoder, decoder], fused)
    data = (torch.rand(batch, features) < 0.2).float()

    def step():
        mean, log_variance = encoder(data).chunk(2, 1)
        noise = torch.randn(samples, batch, latent)
        code = mean + torch.exp(0.5 * log_variance) * noise
        weights = fit(decoder(code), data) - 0.5 * (code * code).sum(2) + 0.5 * (noise * noise + log_variance).sum(2)
        return train(optimizer, -torch.logsumexp(weights, 0).mean())

    return step


def categorical(features, hidden, variables, categories, batch, samples, fused, threads=1):
    """Score function with the mean of the other draws as the baseline."""
    import torch
    from torch.nn import functional

    width = variables * categories
    encoder, decoder = networks(features, hidden, width, width, threads)
    optimizer = optimizer_of([encoder, decoder], fused)
    data = (torch.rand(batch, features) < 0.2).float()

    def step():
        scores = torch.log_softmax(encoder(data).view(batch, variables, categories), 2)
        drawn = torch.distributions.Categorical(logits=scores).sample((samples,))
        code = functional.one_hot(drawn, categories).float()
        values = fit(decoder(code.view(samples, batch, width)), data)
        log_mass = (code * scores).sum((2, 3))
        signal = (values - values.mean(0)).detach() * (samples / (samples - 1))
        divergence = (scores.exp() * (scores + torch.log(torch.tensor(float(categories))))).sum((1, 2))
        bound = (values + signal * log_mass).mean(0) - divergence
        return train(optimizer, -bound.mean())

    return step


makers = {"iwae": iwae, "categorical": categorical}
