"""The contract as data: schemas, the OpenAPI document, the ledger."""
