"""A logistic regression shrunk towards a prior stated in advance, with Firth's penalty at choice.

The estimator follows scikit-learn's protocol. It maximises

    sum of w·log-likelihood  −  ½ Σ ((β − m) / s)²  [ + ½ log |information| ]

where m and s are the prior's mean and standard deviation (s infinite: no prior) and the last part is Firth's (1993)
penalty. With no prior and Firth's penalty it is the estimator of the R package logistf.
"""

from __future__ import annotations

from typing import Self

import numpy as np
from scipy.special import expit, log1p
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data


class PriorLogit(ClassifierMixin, BaseEstimator):
    """Logistic regression with a Gaussian prior on its weights.

    Parameters
    ----------
    prior_mean : float or sequence of float, default=0.0
        The prior's mean, one for all columns or one a column, in log-odds a unit of the column.
    prior_sd : float or sequence of float, default=inf
        The prior's standard deviation; infinite means no prior.
    intercept_mean, intercept_sd : float
        The same for the intercept.
    firth : bool, default=False
        Whether to add Firth's penalty.
    max_iter : int, default=500
        Firth's penalty settles slowly where events are few.
    tol : float, default=1e-10
        The largest step (in log-odds) at which the fit counts as settled.

    Attributes
    ----------
    coef_ : ndarray of shape (n_features,)
    intercept_ : float
    covariance_ : ndarray of shape (n_features + 1, n_features + 1)
        Inverse of the penalised information, the intercept first.
    penalised_loglik_ : float
    classes_ : ndarray of shape (2,)
    n_iter_ : int
    """

    def __init__(
        self,
        *,
        prior_mean: float | np.ndarray = 0.0,
        prior_sd: float | np.ndarray = np.inf,
        intercept_mean: float = 0.0,
        intercept_sd: float = np.inf,
        firth: bool = False,
        max_iter: int = 500,
        tol: float = 1e-10,
    ) -> None:
        self.prior_mean = prior_mean
        self.prior_sd = prior_sd
        self.intercept_mean = intercept_mean
        self.intercept_sd = intercept_sd
        self.firth = firth
        self.max_iter = max_iter
        self.tol = tol

    def __sklearn_tags__(self) -> object:
        """Say that only two classes are understood."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags

    def fit(self, X: np.ndarray, y: np.ndarray, sample_weight: np.ndarray | None = None) -> Self:
        """Fit by Newton's method with step halving.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
        y : array of shape (n_samples,)
            Two classes; the second in sorted order is the event.
        sample_weight : array of shape (n_samples,), optional

        Raises
        ------
        ValueError
            If y has more than two classes (or one, where no prior holds the fit).
        """
        X, y = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(y)
        if type_of_target(y, input_name="y", raise_unknown=True) != "binary":
            raise ValueError("Only binary classification is supported. The type of the target is multiclass.")
        self.classes_ = np.unique(y)
        if len(self.classes_) < 2 and not np.isfinite(self.intercept_sd):
            raise ValueError(f"y holds one class only ({self.classes_[0]}): there is nothing to distinguish.")
        if len(self.classes_) < 2:
            self.classes_ = np.array([0, 1])
        weights = _check_sample_weight(sample_weight, X, dtype=np.float64)
        self._newton(X, (y == self.classes_[1]).astype(float), weights)
        return self

    def _newton(self, features: np.ndarray, y: np.ndarray, weights: np.ndarray) -> None:
        n_features = features.shape[1]
        mean = np.r_[self.intercept_mean, np.broadcast_to(self.prior_mean, n_features)].astype(float)
        precision = np.r_[self.intercept_sd, np.broadcast_to(self.prior_sd, n_features)].astype(float) ** -2.0
        x = np.column_stack([np.ones(len(y)), features])

        def objective(beta: np.ndarray) -> float:
            eta = x @ beta
            # log(1 + exp(eta)) without overflow on either side
            value = weights @ (y * eta - np.maximum(eta, 0) - log1p(np.exp(-np.abs(eta))))
            value -= 0.5 * precision @ (beta - mean) ** 2
            if self.firth:
                p = expit(eta)
                value += 0.5 * np.linalg.slogdet((x.T * (weights * p * (1 - p))) @ x)[1]
            return float(value)

        beta = np.where(precision > 0, mean, 0.0)
        best = objective(beta)
        for iteration in range(1, self.max_iter + 1):
            self.n_iter_ = iteration
            p = expit(x @ beta)
            curvature = weights * p * (1 - p)
            information = (x.T * curvature) @ x + np.diag(precision)
            residual = weights * (y - p)
            if self.firth:
                leverage = curvature * np.einsum("ij,ij->i", x @ np.linalg.pinv((x.T * curvature) @ x), x)
                residual = residual + leverage * (0.5 - p)
            gradient = x.T @ residual - precision * (beta - mean)
            step = np.linalg.lstsq(information, gradient, rcond=None)[0]
            size = np.abs(step).max()
            scale = min(1.0, 5.0 / size) if size > 0 else 1.0
            for _ in range(30):
                trial = objective(beta + scale * step)
                if trial >= best - 1e-12 * abs(best):
                    break
                scale /= 2
            beta, best = beta + scale * step, trial
            if size < self.tol:
                break
        else:
            import warnings

            warnings.warn(
                f"The fit did not converge in {self.max_iter} steps; its last step was {size:.2g}.",
                ConvergenceWarning,
                stacklevel=3,
            )
        p = expit(x @ beta)
        information = (x.T * (weights * p * (1 - p))) @ x + np.diag(precision)
        self.intercept_, self.coef_ = float(beta[0]), beta[1:]
        self.covariance_ = np.linalg.pinv(information)
        self.penalised_loglik_ = best

    def decision_function(self, X: np.ndarray) -> np.ndarray:
        """Return the log-odds of the event, shape (n_samples,)."""
        check_is_fitted(self)
        return np.asarray(self.intercept_ + validate_data(self, X, reset=False, dtype=np.float64) @ self.coef_)

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return the chances of no event and of an event, shape (n_samples, 2)."""
        p = expit(self.decision_function(X))
        return np.column_stack([1 - p, p])

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the likelier class."""
        likelier = (self.decision_function(X) > 0).astype(int)
        return np.asarray(self.classes_[likelier])
