"""What the operator sees of this process: requests, slow statements, figures, readiness (P10)."""
