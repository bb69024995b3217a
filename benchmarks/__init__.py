"""What speed claims are made from: `python -m benchmarks NAME`, or `make bench` for all. See README.md."""
