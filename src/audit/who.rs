//! In whose name something is done.

use crate::plivo::AuthId;

/// In whose name, and where from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// The person, or the job.
    pub operator: String,
    /// The machine.
    pub host: String,
    /// The auth id, as it is: a log has to say whose recordings it is about, and the id opens nothing without its token.
    pub account: String,
}

impl Who {
    /// The user of this machine, by their own name where none is given.
    pub fn here(operator: Option<String>, account: &AuthId) -> Self {
        let named = |name| std::env::var(name).ok().filter(|name| !name.is_empty());
        let user = || named("USER").or_else(|| named("LOGNAME"));
        let host = rustix::system::uname();
        Self {
            operator: operator.or_else(user).unwrap_or_default(),
            host: host.nodename().to_string_lossy().into_owned(),
            account: account.to_string(),
        }
    }
}
