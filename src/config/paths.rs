//! Where the configuration and what callreel keeps stand, by the XDG rules.

use std::ffi::OsString;
use std::path::PathBuf;

/// The folders of one user, as far as the environment tells of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// `$XDG_CONFIG_HOME/callreel`, else `~/.config/callreel`; `None` without a home.
    pub config: Option<PathBuf>,
    /// `$XDG_STATE_HOME/callreel`, else `~/.local/state/callreel`; `None` without a home.
    pub state: Option<PathBuf>,
    /// `None` where `HOME` is not set.
    pub home: Option<PathBuf>,
    /// `CALLREEL_CONFIG`, or the flag `--config`.
    named: Option<PathBuf>,
}

impl Paths {
    /// The folders that `env` names; a relative one counts as not set, as the XDG rules say. `named` is the flag `--config`.
    pub fn new<T: Into<OsString>>(named: Option<PathBuf>, env: impl Fn(&str) -> Option<T>) -> Self {
        let env = |name: &str| env(name).map(|value| PathBuf::from(value.into()));
        let absolute = |name: &str| env(name).filter(|path| path.is_absolute());
        let home = absolute("HOME");
        let under = |xdg: &str, below: &str| {
            absolute(xdg)
                .or_else(|| home.as_ref().map(|home| home.join(below)))
                .map(|folder| folder.join("callreel"))
        };
        let variable = env("CALLREEL_CONFIG").filter(|path| !path.as_os_str().is_empty());
        Self {
            config: under("XDG_CONFIG_HOME", ".config"),
            state: under("XDG_STATE_HOME", ".local/state"),
            home,
            named: named.or(variable),
        }
    }

    /// As the environment of this program says.
    pub fn of_this_user(named: Option<PathBuf>) -> Self {
        Self::new(named, |name| std::env::var_os(name))
    }

    /// As `env` says, which tells of text only; names of folders that are none come from the environment of this program, so that
    /// every command finds the same ones.
    pub fn as_told(named: Option<PathBuf>, env: impl Fn(&str) -> Option<String>) -> Self {
        Self::new(named, |name| {
            let raw = || std::env::var_os(name).filter(|value| value.to_str().is_none());
            env(name).map(OsString::from).or_else(raw)
        })
    }

    /// The configuration file, whether it is there or not; `None` where there is no folder for it.
    pub fn file(&self) -> Option<PathBuf> {
        let usual = || Some(self.config.as_ref()?.join("config.toml"));
        self.named.clone().or_else(usual)
    }

    /// A file that was asked for by name has to be there.
    pub fn is_named(&self) -> bool {
        self.named.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(named: Option<&str>, env: &[(&str, &str)]) -> Paths {
        Paths::new(named.map(PathBuf::from), |name| {
            let found = env.iter().find(|(set, _)| *set == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn xdg_folders_come_before_the_home_folder_and_relative_ones_do_not_count() {
        let home = ("HOME", "/home/me");
        let own = paths(None, &[home, ("XDG_CONFIG_HOME", "/cfg")]);
        assert_eq!(
            own.file().unwrap(),
            PathBuf::from("/cfg/callreel/config.toml")
        );
        assert_eq!(
            own.state.unwrap(),
            PathBuf::from("/home/me/.local/state/callreel")
        );
        let usual = paths(None, &[home, ("XDG_CONFIG_HOME", "cfg")]);
        assert_eq!(
            usual.file().unwrap(),
            PathBuf::from("/home/me/.config/callreel/config.toml")
        );
        let state = |xdg| paths(None, &[home, ("XDG_STATE_HOME", xdg)]).state;
        assert_eq!(state("/var/x"), Some(PathBuf::from("/var/x/callreel")));
        let usual = Some(PathBuf::from("/home/me/.local/state/callreel"));
        assert_eq!((state("state"), state("")), (usual.clone(), usual));
    }

    #[test]
    fn a_flag_names_the_file_before_the_variable_does() {
        let env = [("HOME", "/home/me"), ("CALLREEL_CONFIG", "/v.toml")];
        let file = |named| paths(named, &env).file();
        assert_eq!(file(None), Some(PathBuf::from("/v.toml")));
        assert_eq!(file(Some("/f.toml")), Some(PathBuf::from("/f.toml")));
        assert!(paths(None, &env).is_named() && !paths(None, &env[..1]).is_named());
    }

    #[test]
    fn without_a_home_nothing_is_looked_for_in_the_working_folder() {
        assert_eq!(paths(None, &[]).file(), None);
        assert_eq!(paths(None, &[("HOME", "")]).state, None);
        assert_eq!(paths(None, &[("HOME", "here")]).state, None);
    }
}
