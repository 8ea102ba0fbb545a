"""Traffic of others: cassettes of vcrpy, a proxy that records without keys, and the way between recordings and the kit's exchanges."""
