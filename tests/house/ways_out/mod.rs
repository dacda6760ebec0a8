//! One file for each way out; the last for those that nobody walks by themselves.

mod personal_center;
