"""What scikit-learn and plain NumPy do of factor, sequence, topic and Bayesian models, for peer.py."""
import warnings

import numpy as np


def bayesian_mixture(rows, columns, components):
    from sklearn.mixture import BayesianGaussianMixture

    rng = np.random.default_rng(1)
    centres = 4 * rng.standard_normal((components, columns))
    data = centres[np.arange(rows) % components] + rng.standard_normal((rows, columns))
    model = BayesianGaussianMixture(n_components=components, max_iter=1, init_params="random", random_state=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(data[:5000])

    def iteration():
        _, log_responsibilities = model._e_step(data)
        model._m_step(data, log_responsibilities)

    return iteration


def factor_analysis(rows, columns, latent):
    from sklearn.decomposition import FactorAnalysis

    rng = np.random.default_rng(1)
    data = rng.standard_normal((rows, latent)) @ rng.standard_normal((latent, columns)) + rng.standard_normal((rows, columns))
    return lambda: FactorAnalysis(latent, tol=1e-8 * rows, max_iter=5000, random_state=1).fit(data)


def lda(documents, terms, topics, tokens):
    from scipy.sparse import csr_matrix
    from sklearn.decomposition import LatentDirichletAllocation

    rng = np.random.default_rng(1)
    table = np.zeros((documents, terms))
    for d in range(documents):
        topic = (d * 7 + 5 * np.floor(3 * rng.random(tokens))).astype(int) % topics
        term = topic * (terms // topics) + np.floor(terms // topics * rng.random(tokens) ** 2).astype(int)
        np.add.at(table[d], term, 1)
    sparse = csr_matrix(table)
    model = LatentDirichletAllocation(topics, learning_method="batch", max_iter=1, random_state=1).fit(sparse)
    return lambda: model._em_step(sparse, total_samples=documents, batch_update=True)


def forward_backward(length, states):
    rng = np.random.default_rng(1)
    transitions = np.full((states, states), 0.1 / (states - 1))
    np.fill_diagonal(transitions, 0.9)
    initial = np.full(states, 1 / states)
    emission = np.exp(rng.standard_normal((length, states)))

    def run():
        forward = np.empty((length, states))
        scale = np.empty(length)
        backward = np.ones((length, states))
        current = initial * emission[0]
        for t in range(length):
            if t:
                current = (forward[t - 1] @ transitions) * emission[t]
            scale[t] = current.sum()
            forward[t] = current / scale[t]
        for t in range(length - 2, -1, -1):
            backward[t] = transitions @ (emission[t + 1] * backward[t + 1]) / scale[t + 1]
        pairs = transitions * (forward[:-1].T @ (emission[1:] * backward[1:] / scale[1:, None]))
        return forward * backward, pairs, np.log(scale).sum()

    return run


makers = {"bayesian_mixture": bayesian_mixture, "factor_analysis": factor_analysis, "lda": lda, "forward_backward": forward_backward}
