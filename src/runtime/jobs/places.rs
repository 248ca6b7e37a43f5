//! Where jobs put what they keep, as people type and read it.

use std::path::{Path, PathBuf};

/// Where jobs may put what they keep.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// What `~/` stands for.
    pub home: Option<PathBuf>,
    /// The folder of receipts.
    pub state: Option<PathBuf>,
}

impl Places {
    /// A place as it was typed, or why there is none.
    pub(super) fn path(&self, typed: &str) -> Result<PathBuf, String> {
        let Some(after) = typed.strip_prefix('~') else {
            return Ok(PathBuf::from(typed));
        };
        if !after.is_empty() && !after.starts_with('/') {
            return Err(format!(
                "{typed} would be in another user's home, which is not looked up: name the place in full, or ./{typed}"
            ));
        }
        match &self.home {
            // Joined to a path that begins with a slash, the home would be dropped.
            Some(home) => Ok(home.join(after.trim_start_matches('/'))),
            None => Err(format!(
                "HOME is not set, so that {typed} means nothing: name the place in full"
            )),
        }
    }

    /// A place as people write it.
    pub(super) fn shown(&self, path: &Path) -> String {
        let home = self.home.as_deref();
        match home.and_then(|home| path.strip_prefix(home).ok()) {
            Some(below) => format!("~/{}", below.display()),
            None => path.display().to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_home_is_written_short_and_read_back() {
        let places = Places {
            home: Some("/home/me".into()),
            state: None,
        };
        for (typed, path, shown) in [
            ("~/calls", "/home/me/calls", "~/calls"),
            ("/tmp/x", "/tmp/x", "/tmp/x"),
            ("calls", "calls", "calls"),
            ("~//etc/x", "/home/me/etc/x", "~/etc/x"),
            ("./~me/x", "./~me/x", "./~me/x"),
        ] {
            assert_eq!(places.path(typed), Ok(PathBuf::from(path)));
            assert_eq!(places.shown(Path::new(path)), shown);
        }
        assert_eq!(places.path("~"), Ok(PathBuf::from("/home/me/")));
        let nowhere = places.path("~me/x").unwrap_err();
        assert!(nowhere.starts_with("~me/x would be in another user's home"));
        let nowhere = Places::default().path("~/x").unwrap_err();
        assert!(nowhere.starts_with("HOME is not set, so that ~/x"));
    }
}
