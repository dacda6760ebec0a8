//! The URLs of the style sheets and the script, as the build named them.

include!(concat!(env!("OUT_DIR"), "/asset_names.rs"));
