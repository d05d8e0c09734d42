"""One way of planning a file, each an object that answers to `allocation.evaluate.policy.Policy`."""
