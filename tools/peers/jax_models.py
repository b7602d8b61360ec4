"""The training steps of variational autoencoders in JAX, whole and compiled, for peer.py."""
import os

import numpy as np


def take_cores(threads):
    """XLA has no setting for the size of its pool: it takes the cores that the process may use, so this must come before JAX is loaded."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])


def training_step(parameters, encode, decode, data):
    import jax
    import jax.numpy as jnp

    rate, beta1, beta2, epsilon = 1e-3, 0.9, 0.999, 1e-8
    batch = data.shape[0]

    def loss(parameters, key):
        mean, log_variance = jnp.split(encode(parameters, data), 2, axis=1)
        code = mean + jnp.exp(0.5 * log_variance) * jax.random.normal(key, mean.shape)
        logits = decode(parameters, code)
        reconstruction = jnp.sum(jnp.logaddexp(0.0, logits) - data * logits)
        kl = 0.5 * jnp.sum(jnp.exp(log_variance) + mean**2 - 1 - log_variance)
        return (reconstruction + kl) / batch

    def step(state):
        parameters, first, second, count, key = state
        key, use = jax.random.split(key)
        value, gradients = jax.value_and_grad(loss)(parameters, use)
        count = count + 1
        first = [beta1 * m + (1 - beta1) * g for m, g in zip(first, gradients)]
        second = [beta2 * v + (1 - beta2) * g * g for v, g in zip(second, gradients)]
        right1, right2 = 1 - beta1**count, 1 - beta2**count
        parameters = [p - rate * (m / right1) / (jnp.sqrt(v / right2) + epsilon) for p, m, v in zip(parameters, first, second)]
        return (parameters, first, second, count, key), value

    compiled = jax.jit(step, donate_argnums=0)
    state = [(parameters, [0 * p for p in parameters], [0 * p for p in parameters], jnp.float32(0), jax.random.PRNGKey(1))]

    def once():
        state[0], value = compiled(state[0])
        return float(value)

    return once


def weights(*shapes):
    import jax.numpy as jnp

    rng = np.random.default_rng(1)
    return [jnp.asarray(0.05 * rng.standard_normal(shape), jnp.float32) for shape in shapes]


def pixels(*shape):
    import jax.numpy as jnp

    return jnp.asarray(np.random.default_rng(2).random(shape) < 0.2, jnp.float32)


def jax_vae(features, hidden, latent, batch):
    import jax

    def encode(p, x):
        return jax.nn.relu(x @ p[0] + p[1]) @ p[2] + p[3]

    def decode(p, z):
        return jax.nn.relu(z @ p[4] + p[5]) @ p[6] + p[7]

    shapes = [(features, hidden), (hidden,), (hidden, 2 * latent), (2 * latent,), (latent, hidden), (hidden,), (hidden, features), (features,)]
    return training_step(weights(*shapes), encode, decode, pixels(batch, features))


def jax_convolutional_vae(latent, batch):
    import jax
    from jax import lax

    border = [(1, 1), (1, 1)]

    def encode(p, x):
        h = jax.nn.relu(lax.conv_general_dilated(x, p[0], (2, 2), border) + p[1])
        h = jax.nn.relu(lax.conv_general_dilated(h, p[2], (2, 2), border) + p[3])
        return h.reshape(batch, 3136) @ p[4] + p[5]

    def grow(h, filters):
        # Stride 2, padding 1, one further row and column: 7×7 to 14×14 to 28×28
        return lax.conv_general_dilated(h, filters, (1, 1), [(1, 2), (1, 2)], lhs_dilation=(2, 2))

    def decode(p, z):
        h = jax.nn.relu(z @ p[6] + p[7]).reshape(batch, 64, 7, 7)
        return grow(jax.nn.relu(grow(h, p[8]) + p[9]), p[10]) + p[11]

    shapes = [(32, 1, 3, 3), (32, 1, 1), (64, 32, 3, 3), (64, 1, 1), (3136, 2 * latent), (2 * latent,)]
    shapes += [(latent, 3136), (3136,), (32, 64, 3, 3), (32, 1, 1), (1, 32, 3, 3), (1, 1, 1)]
    return training_step(weights(*shapes), encode, decode, pixels(batch, 1, 28, 28))


makers = {"jax_vae": jax_vae, "jax_convolutional_vae": jax_convolutional_vae}
