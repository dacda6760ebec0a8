//! Authing's wire: `/api/v2`, `/api/v3` (authing-contract.md sections 2 and 4).

pub mod envelope;
pub mod shape;
pub mod v2;
pub mod v3;
