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
    /// The user of this machine, by their own name where none is given; where the environment has none (cron, containers), by
    /// the system's list of users, or by number.
    pub fn here(operator: Option<String>, account: &AuthId) -> Self {
        let named = |name| std::env::var(name).ok().filter(|name| !name.is_empty());
        let user = || named("USER").or_else(|| named("LOGNAME"));
        let host = rustix::system::uname();
        Self {
            operator: operator.or_else(user).unwrap_or_else(|| {
                let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
                by_number(&users, rustix::process::getuid().as_raw())
            }),
            host: host.nodename().to_string_lossy().into_owned(),
            account: account.to_string(),
        }
    }
}

/// The name of a user in a list like `/etc/passwd`, else the number in words.
fn by_number(users: &str, number: u32) -> String {
    let name = users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next().filter(|name| !name.is_empty())?;
        let is_theirs = fields.nth(1)?.parse() == Ok(number);
        is_theirs.then(|| name.to_owned())
    });
    name.unwrap_or_else(|| format!("uid {number}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_no_name_in_the_environment_has_one_in_the_systems_list_or_a_number() {
        let users = "root:x:0:0:root:/root:/bin/sh\n# a comment\nbroken:x\nnight:x:1001:1001::/:\n";
        assert_eq!(by_number(users, 0), "root");
        assert_eq!(by_number(users, 1001), "night");
        assert_eq!(by_number(users, 7), "uid 7");
        assert_eq!(by_number("", 7), "uid 7");
    }
}
