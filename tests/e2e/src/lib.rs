//! Proofs on the whole stack: real processes, real servers. They stand in `tests/`.
