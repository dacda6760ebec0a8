//! The URLs of style sheet, script and pictures; `build.rs` puts the hash of the content into each name.

include!(concat!(env!("OUT_DIR"), "/asset_names.rs"));
