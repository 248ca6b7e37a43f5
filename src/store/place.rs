//! Where the file lies: in the XDG state folder, for what is not worth a place among settings and is no cache either.

use std::ffi::OsString;
use std::path::PathBuf;

use super::Error;

/// `$XDG_STATE_HOME/callreel/review.sqlite`, else `~/.local/state/callreel/review.sqlite`.
///
/// # Errors
/// [`Error::NoPlace`] where neither variable holds a full path; a relative one is to be taken as none (XDG Base Directory 0.8).
pub fn file(env: impl Fn(&str) -> Option<OsString>) -> Result<PathBuf, Error> {
    let full = |name: &str| {
        env(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let state = full("XDG_STATE_HOME")
        .or_else(|| full("HOME").map(|home| home.join(".local").join("state")))
        .ok_or(Error::NoPlace)?;
    Ok(state.join("callreel").join("review.sqlite"))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn with(set: &[(&str, &str)]) -> Result<PathBuf, Error> {
        file(|name| {
            let found = set.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn the_state_folder_is_the_users_own_choice_if_it_is_a_full_path() {
        let usual = Path::new("/home/x/.local/state/callreel/review.sqlite");
        assert_eq!(with(&[("HOME", "/home/x")]).unwrap(), usual);
        let relative = [("XDG_STATE_HOME", "state"), ("HOME", "/home/x")];
        assert_eq!(with(&relative).unwrap(), usual);
        let empty = [("XDG_STATE_HOME", ""), ("HOME", "/home/x")];
        assert_eq!(with(&empty).unwrap(), usual);
        let chosen = [("XDG_STATE_HOME", "/var/x"), ("HOME", "/home/x")];
        assert_eq!(
            with(&chosen).unwrap(),
            Path::new("/var/x/callreel/review.sqlite")
        );
    }

    #[test]
    fn without_a_home_there_is_no_place() {
        assert!(matches!(with(&[]), Err(Error::NoPlace)));
        assert!(matches!(with(&[("HOME", "here")]), Err(Error::NoPlace)));
    }
}
