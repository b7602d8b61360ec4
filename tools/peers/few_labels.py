"""Classifiers of scikit-learn on the labelled rows alone: LABELLED.npz TEST.npz -> {"name": accuracy on the test rows}. For numbers-rows.mjs."""
import json
import sys
import warnings

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.svm import SVC

labelled, test = (np.load(path) for path in sys.argv[1:3])
known = ~np.isnan(labelled["labels"])
rows, classes = labelled["images"][known].reshape(known.sum(), -1) / 255, labelled["labels"][known]
unseen, truth = test["images"].reshape(len(test["images"]), -1) / 255, test["labels"]
models = {
    "logistic regression": LogisticRegression(max_iter=5000),
    "MLP, 256 hidden units": MLPClassifier((256,), max_iter=2000, random_state=0),
    "SVM, RBF, C = 10": SVC(C=10),
    "nearest neighbour": KNeighborsClassifier(1),
}
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    print(json.dumps({name: float((model.fit(rows, classes).predict(unseen) == truth).mean()) for name, model in models.items()}))
