"""What the adapters are compared with: the same work by hardly any code, or by other libraries."""
