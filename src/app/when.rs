//! What people type for a time, and the instants it means.
