//! Who may ask: HTTP Basic, and Bearer for tokens that start with `stk_` (api.md).

use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The account's credentials.
#[derive(Debug, Clone)]
pub(super) struct Credentials {
    pub(super) auth_id: String,
    pub(super) auth_token: String,
}

impl Credentials {
    /// Whether a request's headers prove who sent it.
    pub(super) fn admit(&self, headers: &HeaderMap) -> bool {
        let Some((scheme, proof)) = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
        else {
            return false;
        };
        if scheme.eq_ignore_ascii_case("basic") {
            let wanted = format!("{}:{}", self.auth_id, self.auth_token);
            STANDARD
                .decode(proof.trim())
                .is_ok_and(|sent| sent == wanted.as_bytes())
        } else {
            scheme.eq_ignore_ascii_case("bearer")
                && self.auth_token.starts_with("stk_")
                && proof.trim() == self.auth_token
        }
    }
}
