//! `callreel config`: the configuration file, and what is in effect.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};

use crate::app::action::ACTIONS;
use crate::app::keymap::Keymap;
use crate::app::toml::quoted;
use crate::config::slot::Source;
use crate::config::{Config, DEFAULT_FILE, Paths, Settings};

use super::Failure;
use super::account::{Api, forbid_core_dumps};
use super::output::{print, print_path, shown as shown_path};
use super::settings::Flags;

/// Write, find, check and show the configuration.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Clone, clap::Subcommand)]
enum Command {
    /// Write a file that names every setting, all of them commented out; never over one that is there
    Init,
    /// Print where the file is, or would be
    Path,
    /// Say every mistake in it, with its line; exit 1 if there is one
    Check {
        /// Another file than the one in effect
        file: Option<PathBuf>,
    },
    /// Print every setting in effect, and who said so: default, file, environment, flag
    Show(Show),
}

#[derive(Debug, Clone, clap::Args)]
struct Show {
    #[command(flatten)]
    api: Api,
    #[command(flatten)]
    flags: Flags,
}

/// Does what was asked for.
///
/// # Errors
/// The file is there already, cannot be read or written, or has mistakes.
pub fn run(args: &Args) -> Result<(), Failure> {
    let paths = Paths::of_this_user(None);
    let usual = || {
        paths.file().ok_or_else(|| {
            anyhow!(
                "HOME is not set, so there is no folder for a configuration: set XDG_CONFIG_HOME"
            )
        })
    };
    match &args.command {
        Command::Init => {
            let path = usual()?;
            init(&path)?;
            print_path(&path)
        }
        Command::Path => print_path(&usual()?),
        Command::Check { file } => {
            let path = file.clone().map_or_else(usual, Ok)?;
            match file {
                Some(path) => Config::read(path)?,
                None => Config::load(&paths)?,
            };
            let what = match path.exists() {
                true => "no mistakes",
                false => "there is no such file, and nothing needs one",
            };
            print(format!("{}: {what}\n", shown_path(&path)))
        }
        Command::Show(Show { api, flags }) => {
            // The address of an account stands beside its token.
            forbid_core_dumps()?;
            let env = |name: &str| std::env::var(name).ok();
            let mut ready = api.read(flags, &env)?;
            print(shown(&ready.config, &mut ready.settings))
        }
    }
}

/// Writes the default file, for this user alone.
fn init(path: &Path) -> Result<(), Failure> {
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    }
    let opened = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path);
    let mut file = opened.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => anyhow!(
            "{} is there already, and is left as it is: move it away first",
            path.display()
        ),
        _ => anyhow!("{} cannot be written: {error}", path.display()),
    })?;
    file.write_all(DEFAULT_FILE.as_bytes())
        .with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(())
}

/// Every setting as it would stand in a file, and who said so.
fn shown(config: &Config, settings: &mut Settings) -> String {
    let mut lines = Vec::new();
    for slot in settings.slots() {
        let (key, value) = (slot.names().key, slot.write());
        let line = match value.is_empty() {
            true => format!("# {key} is not set"),
            false => format!("{key} = {value}"),
        };
        lines.push(match slot.source() {
            Source::Default => format!("{line:<44}  # default"),
            source => format!("{line:<44}  # {source}"),
        });
    }
    lines.extend(rebound(config.keymap()));
    for view in config.views() {
        let said = view.lines().into_iter();
        lines.extend(said.map(|(key, value)| {
            let line = format!("views.{}.{key} = {value}", view.name);
            format!("{line:<44}  # file")
        }));
    }
    lines.join("\n") + "\n"
}

/// The actions that do not have their usual keys.
fn rebound(keymap: &Keymap) -> Vec<String> {
    let standard = Keymap::standard();
    let keys = |keymap: &Keymap, action| {
        let mut keys: Vec<String> = Vec::new();
        for binding in keymap.bindings().iter().filter(|b| b.action == action) {
            let key = quoted(&binding.chord.to_string());
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        keys.join(", ")
    };
    ACTIONS
        .iter()
        .map(|about| {
            (
                about.name,
                keys(keymap, about.action),
                keys(&standard, about.action),
            )
        })
        .filter(|(_, now, usual)| now != usual)
        .map(|(name, now, _)| format!("{:<44}  # file", format!("keys.{name} = [{now}]")))
        .collect()
}
