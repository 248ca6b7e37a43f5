//! What is wrong with a text, and what would be right.

use super::Field;

/// A mistake in a text. It never quotes the text: the screen may be masked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}; for example {example}")]
pub struct Mistake {
    pub message: String,
    pub example: String,
}

impl Mistake {
    pub(crate) fn new(message: impl Into<String>, example: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            example: example.into(),
        }
    }

    pub(crate) fn at(self, field: Field) -> FieldError {
        FieldError {
            field,
            message: self.message,
            example: self.example,
        }
    }
}

/// A mistake in one field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}; for example {example}", field.label())]
pub struct FieldError {
    pub field: Field,
    pub message: String,
    pub example: String,
}
