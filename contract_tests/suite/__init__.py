"""The contract as pytest tests: `pytest --pyargs leadsquared_slots.contract_tests.suite --lsq-url URL`.

One test for each rule of the ledger, and Schemathesis over the OpenAPI document. Without `--lsq-url` an emulator is started.
For another server than the emulator the environment says what `lsq-contract check` takes as flags: LSQ_ACCESS_KEY, LSQ_SECRET_KEY,
LSQ_CONTRACT_USER (addresses, separated by spaces), LSQ_CONTRACT_FROM, LSQ_CONTRACT_TO, LSQ_CONTRACT_RATE, LSQ_CONTRACT_BUDGET,
LSQ_CONTRACT_ALLOW_BURST and LSQ_CONTRACT_STRICT.
"""
