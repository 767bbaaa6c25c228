//! What intake decides, without IO, clock or environment.

pub mod invoice;
pub mod ubl;
