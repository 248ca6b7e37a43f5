//! The zone that times are shown and typed in.

use chrono::{DateTime, Utc};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone;

impl Zone {
    pub fn utc() -> Self {
        Self
    }

    pub fn label(&self) -> String {
        "UTC".into()
    }

    pub fn format(&self, at: DateTime<Utc>) -> String {
        at.format("%Y-%m-%d %H:%M:%S").to_string()
    }
}
