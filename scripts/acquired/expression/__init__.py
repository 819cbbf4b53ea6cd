"""Tables of gene expression to one specimen's values of the genes that matter."""

from acquired.expression.read import read_expression

__all__ = ["read_expression"]
