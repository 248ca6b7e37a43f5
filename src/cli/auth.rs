//! `callreel auth`: the accounts whose tokens callreel keeps.

mod ask;

use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::anyhow;
use chrono::Utc;
use secrecy::ExposeSecret;

use crate::app::Criteria;
use crate::app::text::safe;
use crate::app::zone::Zone;
use crate::config::credentials::Places;
use crate::config::store::{Store, Stored};
use crate::config::{self, Config, Paths, ProfileName, Terminal, Value, Voices, keychain};
use crate::plivo::{
    self, ApiBase, Client, Credentials, Error, PageRequest, Priority, RecordingQuery, Span,
};

use super::account::forbid_core_dumps;
use super::api_url::ApiUrl;
use super::output::{print, shown};
use super::{CREDENTIALS, FAILED, Failure};

/// Keep accounts for --profile.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Clone, clap::Subcommand)]
enum Command {
    Add(Add),
    /// Print the name of every profile, its id, and where its token comes from
    List {
        /// Another configuration file than `callreel config path` tells
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// Forget the token of a profile
    Remove {
        /// Its name
        #[arg(value_name = "NAME", value_parser = profile_name)]
        name: ProfileName,
    },
}

/// Ask for an id and a token, check them with the API, and keep them.
///
/// The token is typed without being shown. When standard input is no terminal, it is read from there: one line, or with the id
/// two. It is kept below the state folder ($XDG_STATE_HOME/callreel/accounts), in a file that only you can read.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  \
    callreel auth add acme\n  \
    pass show plivo | callreel auth add acme --auth-id MAXXXXXXXXXXXXXXXXXX")]
struct Add {
    /// What it will be called: callreel --profile NAME
    #[arg(value_name = "NAME", value_parser = profile_name)]
    name: ProfileName,

    /// The id, which is no secret; asked for when it is not given
    #[arg(long, value_name = "ID")]
    auth_id: Option<String>,

    /// Another API than Plivo's own; plain http only to this machine
    #[arg(long, value_name = "URL", value_parser = ApiUrl)]
    api_url: Option<ApiBase>,

    /// Another configuration file than `callreel config path` tells
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Keep the token in the system's key store instead of a file: the Linux kernel's key ring, until the next restart
    #[arg(long)]
    keychain: bool,

    /// Keep them without asking the API whether they are right
    #[arg(long)]
    no_check: bool,
}

/// A profile's name as an argument.
///
/// # Errors
/// What is needed instead.
pub(super) fn profile_name(text: &str) -> Result<ProfileName, String> {
    ProfileName::parse(text).ok_or_else(|| format!("{} is needed", ProfileName::range()))
}

/// Does what was asked for.
///
/// # Errors
/// Credentials that are wrong, an API that does not answer, a folder that cannot be written.
pub async fn run(args: Args) -> Result<ExitCode, Failure> {
    forbid_core_dumps()?;
    let named = match &args.command {
        Command::Add(Add { config, .. }) | Command::List { config } => config.clone(),
        Command::Remove { .. } => None,
    };
    let paths = Paths::of_this_user(named);
    let state = paths.state.as_deref().ok_or_else(|| {
        anyhow!("HOME is not set, so there is no folder to keep tokens in: set XDG_STATE_HOME")
    })?;
    let store = Store::under(state);
    match args.command {
        Command::Add(add) => return add_account(&add, &paths, &store).await,
        Command::List { .. } => {
            let lines = list(&paths, &store)?;
            print(lines)?;
        }
        Command::Remove { name } => match store.remove(&name)? {
            true => print(format!("{name}: forgotten\n"))?,
            false => {
                return Err(anyhow!(
                    "no token is kept for {name}: `callreel auth list` shows them"
                )
                .into());
            }
        },
    }
    Ok(ExitCode::SUCCESS)
}

async fn add_account(add: &Add, paths: &Paths, store: &Store) -> Result<ExitCode, Failure> {
    // Before anyone is asked for a token.
    if add.keychain {
        keychain::check()?;
    }
    let api_url = address(add, paths)?;
    let wrong = |error: anyhow::Error| Failure {
        error,
        code: CREDENTIALS,
    };
    let (id, token) = match ask::for_both(&add.name, add.auth_id.clone()).await? {
        Ok(both) => both,
        Err(ending) => return Ok(ExitCode::from(ending.exit_code())),
    };
    let credentials =
        Credentials::new(&id, token.expose_secret()).map_err(|mistake| wrong(mistake.into()))?;
    if !add.no_check {
        check(&credentials, &api_url).await?;
    }
    let path = store.put(
        &add.name,
        &Stored {
            credentials,
            api_url,
            in_keychain: add.keychain,
        },
    )?;
    let (name, path) = (&add.name, shown(&path));
    let kept = match add.keychain {
        true => format!(
            "its token is in the kernel's key ring until this machine starts again or it lies unused for days, and its id in {path}"
        ),
        false => format!("kept in {path}, which only you can read"),
    };
    print(format!("{name}: {kept}; callreel --profile {name}\n"))?;
    Ok(ExitCode::SUCCESS)
}

/// Where the account will be asked when it is used by its name. One of that name that is kept already does not count: it is
/// about to be replaced.
fn address(add: &Add, paths: &Paths) -> Result<ApiBase, config::Error> {
    let settings = Config::load(paths)?.settle(&Voices {
        profile: Some(add.name.clone()),
        implied: None,
        address: &|_| None,
        env: &|name| std::env::var(name).ok(),
        flags: &|settings| settings.api_url.flag("--api-url", add.api_url.clone()),
    })?;
    Ok(settings.api_url.value)
}

/// Asks for one recording.
async fn check(credentials: &Credentials, base: &ApiBase) -> Result<(), Failure> {
    let client = Client::new(credentials.clone(), base.clone(), plivo::Options::default())?;
    let plan = Criteria::last_days(1)
        .plan(&Zone::utc(), Utc::now())
        .map_err(|_| anyhow!("this machine's clock cannot be right"))?;
    let windows = plan.range.windows();
    let window = windows
        .first()
        .ok_or_else(|| anyhow!("this machine's clock cannot be right"))?;
    let request = PageRequest::count(RecordingQuery {
        filter: plan.filter,
        span: Span::Added(*window),
    });
    match client.list(&request, Priority::Visible).await {
        Ok(_) => Ok(()),
        Err(error) => {
            let code = match error {
                Error::Unauthorized { .. } => CREDENTIALS,
                _ => FAILED,
            };
            let said = format!("nothing was kept: {error}: {}", error.advice());
            Err(Failure {
                error: anyhow!("{}", safe(&said)),
                code,
            })
        }
    }
}

/// Each profile: its name, its id as far as it is known, where its token comes from.
fn list(paths: &Paths, store: &Store) -> Result<String, Failure> {
    let config = Config::load(paths)?;
    let env = |name: &str| std::env::var(name).ok();
    let places = Places {
        config: &config,
        paths,
        env: &env,
        terminal: Terminal::Free,
    };
    let mut lines = String::new();
    for name in places.names() {
        let profile = config.profiles().get(&name);
        let kept = store.get(&name);
        let id = places.auth_id(&name);
        let from = match (profile.and_then(|profile| profile.token.as_ref()), &kept) {
            (Some(token), _) => places.origin(token).to_string(),
            (None, Ok(Some(kept))) => kept.origin(store.path(&name)).to_string(),
            (None, Ok(None)) => "no token".to_owned(),
            (None, Err(error)) => error.to_string(),
        };
        let id = id.map_or("no auth_id".to_owned(), |id| id.to_string());
        lines.push_str(&format!(
            "{:<16} {id:<20}  {}\n",
            name.as_str(),
            safe(&from)
        ));
    }
    if lines.is_empty() && io::stdout().is_terminal() {
        lines.push_str("no profiles: `callreel auth add NAME` adds one\n");
    }
    Ok(lines)
}
