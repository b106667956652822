"""Labs as pages without a kernel: what they draw and say at many positions of their controls, recorded beforehand."""
