"""Depth files that pipelines leave (mosdepth, bedGraph, callable regions), in one form."""

from acquired.depth.specimen import prepare_coverage

__all__ = ["prepare_coverage"]
