//! The account's id and token: their shapes, and the header they make.
//!
//! The API answers the same 401 to a malformed id as to a wrong token, so the shape is checked here, where the mistake can
//! still be named.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};

use super::redact;

/// `MA` (account) or `SA` (subaccount) and 18 of `A-Z0-9`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AuthId(String);

const ID_LENGTH: usize = 20;

/// What is wrong with an auth id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthIdMistake {
    #[error("the auth id is empty: set PLIVO_AUTH_ID to the id on the console's overview page")]
    Empty,
    #[error(
        "the auth id is still a placeholder: put the id from the console's overview page there"
    )]
    Placeholder,
    #[error("this looks like the auth token, not the auth id: were the two swapped?")]
    IsToken,
    #[error("the auth id is in lower case: ids are written in capitals")]
    LowerCase,
    #[error("the auth id has {0:?} in it: ids have capitals and digits only")]
    Character(char),
    #[error("the auth id does not start with MA (account) or SA (subaccount)")]
    Prefix,
    #[error("the auth id is too short: {0} characters instead of 20")]
    TooShort(usize),
    #[error("the auth id is too long: {0} characters instead of 20")]
    TooLong(usize),
}

impl AuthId {
    /// Takes an id, blanks around it aside.
    ///
    /// # Errors
    /// The most telling mistake in it.
    pub fn new(text: &str) -> Result<Self, AuthIdMistake> {
        let text = text.trim();
        let length = text.chars().count();
        if text.is_empty() {
            return Err(AuthIdMistake::Empty);
        }
        if is_placeholder(text) {
            return Err(AuthIdMistake::Placeholder);
        }
        let capitals = text.to_ascii_uppercase();
        let prefixed = capitals.starts_with("MA") || capitals.starts_with("SA");
        if text.starts_with("stk_") || (length >= 32 && !prefixed) {
            return Err(AuthIdMistake::IsToken);
        }
        if let Some(odd) = text.chars().find(|c| !c.is_ascii_alphanumeric()) {
            return Err(AuthIdMistake::Character(odd));
        }
        if !prefixed {
            return Err(AuthIdMistake::Prefix);
        }
        if length < ID_LENGTH {
            return Err(AuthIdMistake::TooShort(length));
        }
        if length > ID_LENGTH {
            return Err(AuthIdMistake::TooLong(length));
        }
        if capitals != text {
            return Err(AuthIdMistake::LowerCase);
        }
        Ok(Self(capitals))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_subaccount(&self) -> bool {
        self.0.starts_with("SA")
    }
}

impl fmt::Display for AuthId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is wrong with an auth token. Never quotes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenMistake {
    #[error(
        "the auth token is empty: set PLIVO_AUTH_TOKEN to the token on the console's overview page"
    )]
    Empty,
    #[error(
        "the auth token is still a placeholder: put the token from the console's overview page there"
    )]
    Placeholder,
    #[error("this looks like the auth id, not the auth token: were the two swapped?")]
    IsId,
    #[error(
        "the auth token has a blank or a character in it that tokens never have: was it copied whole, and alone?"
    )]
    Character,
}

/// What is wrong with a pair of id and token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CredentialsMistake {
    #[error(transparent)]
    Id(#[from] AuthIdMistake),
    #[error(transparent)]
    Token(#[from] TokenMistake),
}

/// An id and its token. Neither `Debug` nor an error ever shows the token.
#[derive(Debug, Clone)]
pub struct Credentials {
    id: AuthId,
    /// Clones share it, so that it is in one place of the memory.
    token: Arc<SecretString>,
}

impl Credentials {
    /// The variables of the environment that hold both. What this program runs does not get them.
    pub const VARIABLES: [&'static str; 2] = ["PLIVO_AUTH_ID", "PLIVO_AUTH_TOKEN"];

    /// Takes an id and a token, blanks around them aside.
    ///
    /// # Errors
    /// What is wrong with the id, else with the token.
    pub fn new(id: &str, token: &str) -> Result<Self, CredentialsMistake> {
        let id = AuthId::new(id)?;
        let token = Arc::new(auth_token(token)?);
        redact::remember(&id, &token);
        Ok(Self { id, token })
    }

    pub fn id(&self) -> &AuthId {
        &self.id
    }

    /// The token alone: callbacks are signed with it.
    pub fn token(&self) -> &SecretString {
        &self.token
    }

    /// The value of an `Authorization` header: `Bearer` for tokens that start with `stk_`, else `Basic`. A secret.
    pub fn authorization(&self) -> SecretString {
        if self.token.expose_secret().starts_with("stk_") {
            format!("Bearer {}", self.token.expose_secret()).into()
        } else {
            self.basic_header()
        }
    }

    /// `Basic` and the pair in base64, whatever the token's kind. A secret.
    pub fn basic_header(&self) -> SecretString {
        let encoded = encoded(&self.id, self.token.expose_secret());
        format!("Basic {encoded}").into()
    }
}

/// The pair as a `Basic` header has it.
pub(super) fn encoded(id: &AuthId, token: &str) -> String {
    STANDARD.encode(format!("{id}:{token}"))
}

/// Takes a token, blanks around it aside.
///
/// # Errors
/// What is wrong with it.
pub fn auth_token(text: &str) -> Result<SecretString, TokenMistake> {
    let token = text.trim();
    if token.is_empty() {
        return Err(TokenMistake::Empty);
    }
    if is_placeholder(token) {
        return Err(TokenMistake::Placeholder);
    }
    if AuthId::new(token).is_ok() {
        return Err(TokenMistake::IsId);
    }
    if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(TokenMistake::Character);
    }
    Ok(SecretString::from(token))
}

/// What guides and sample files put where the value belongs.
fn is_placeholder(text: &str) -> bool {
    let plain: String = text
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_ascii_lowercase();
    let named = [
        "yourauthid",
        "yourauthtoken",
        "authid",
        "authtoken",
        "plivoauthid",
        "plivoauthtoken",
        "changeme",
        "todo",
        "token",
        "secret",
    ];
    let body = plain
        .strip_prefix("ma")
        .or_else(|| plain.strip_prefix("sa"))
        .unwrap_or(&plain);
    let crossed = body.len() >= 3 && body.bytes().all(|byte| byte == b'x');
    let bracketed = text.starts_with('<') || text.starts_with("${") || text.starts_with("{{");
    named.contains(&plain.as_str()) || crossed || bracketed || plain.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "MAGWNTM3ZTK1M2YZMDUU";

    #[test]
    fn an_id_is_taken_and_blanks_around_it_are_not() {
        assert_eq!(AuthId::new(" MAGWNTM3ZTK1M2YZMDUU\n").unwrap().as_str(), ID);
        assert!(AuthId::new("SAGWNTM3ZTK1M2YZMDUU").unwrap().is_subaccount());
        assert!(!AuthId::new(ID).unwrap().is_subaccount());
    }

    #[test]
    fn each_mistake_is_named() {
        use AuthIdMistake::*;
        for (text, mistake) in [
            ("", Empty),
            (" \t", Empty),
            ("YOUR_AUTH_ID", Placeholder),
            ("<auth_id>", Placeholder),
            ("{auth_id}", Placeholder),
            ("MAXXXXXXXXXXXXXXXXXX", Placeholder),
            ("saxxxxxxxxxxxxxxxxxx", Placeholder),
            ("****", Placeholder),
            ("stk_abc", IsToken),
            ("ZGY0YjE3NDk5ZWE2ZTk0MmQ3YTcyZWM2ZTVhMDk1", IsToken),
            ("magwntm3ztk1m2yzmduu", LowerCase),
            ("MAGWNTM3ZTK1M2YZMDUu", LowerCase),
            ("MAGWNTM3ZTK1M2YZMDU", TooShort(19)),
            ("MA", TooShort(2)),
            ("MAGWNTM3ZTK1M2YZMDUUU", TooLong(21)),
            ("MAGWNTM3-TK1M2YZMDUU", Character('-')),
            ("\"MAGWNTM3ZTK1M2YZMDUU\"", Character('"')),
            ("MAGWNTM3 TK1M2YZMDUU", Character(' ')),
            ("MAGWNTM3ÉTK1M2YZMDUU", Character('É')),
            ("АMGWNTM3ZTK1M2YZMDUU", Character('А')),
            ("XAGWNTM3ZTK1M2YZMDUU", Prefix),
        ] {
            assert_eq!(AuthId::new(text), Err(mistake), "{text}");
        }
    }

    #[test]
    fn token_mistakes_are_named_and_the_token_is_not() {
        let mistake = |token| match Credentials::new(ID, token) {
            Err(CredentialsMistake::Token(mistake)) => mistake,
            other => panic!("{other:?}"),
        };
        assert_eq!(mistake("\n"), TokenMistake::Empty);
        assert_eq!(mistake("your_auth_token"), TokenMistake::Placeholder);
        assert_eq!(mistake(ID), TokenMistake::IsId);
        for token in ["hunter2 hunter2", "hunter2\u{0}hunter2", "hünter"] {
            assert_eq!(mistake(token), TokenMistake::Character);
            assert!(!mistake(token).to_string().contains("unter"));
        }
    }

    #[test]
    fn headers_are_basic_but_for_stk_tokens() {
        let header = |token| Credentials::new(ID, token).unwrap().authorization();
        // printf MAGWNTM3ZTK1M2YZMDUU:hunter22 | base64
        assert_eq!(
            header(" hunter22\n").expose_secret(),
            "Basic TUFHV05UTTNaVEsxTTJZWk1EVVU6aHVudGVyMjI="
        );
        assert_eq!(
            header("stk_hunter22").expose_secret(),
            "Bearer stk_hunter22"
        );
    }

    #[test]
    fn the_token_is_never_shown() {
        let credentials = Credentials::new(ID, "hunter22").unwrap();
        let shown = format!("{credentials:?} {:?}", credentials.authorization());
        assert!(shown.contains(ID));
        assert!(!shown.contains("hunter22") && !shown.contains("TUFHV"));
    }
}
