//! Which recordings are to be deleted, and what earlier runs left.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::stream::{self, StreamExt};

use super::{Args, refused};
use crate::archive::MANIFEST;
use crate::cli::report::{Far, Report};
use crate::cli::selection::Selected;
use crate::cli::{Failure, download, told};
use crate::deletion::{
    Choice, Earlier, Hold, Plan, RECEIPTS, Receipts, Unfinished, Who, Whole, from_manifest,
    in_words,
};
use crate::plivo::{Bound, Client, Error, Extent, Priority, RecordingId, TimeRange};

/// Recordings that are asked for at a time.
const AT_A_TIME: usize = 8;

/// What a person is shown before anything is deleted.
pub(super) struct Chosen {
    pub(super) plan: Plan,
    /// What was chosen, in words.
    pub(super) source: String,
    /// The moment from which ages and relative times count.
    asked: DateTime<Utc>,
    /// Before when, where an age was named.
    pub(super) before: Option<DateTime<Utc>>,
    /// Ids that the API does not know.
    pub(super) missing: Vec<RecordingId>,
    pub(super) earlier: Earlier,
    /// Lines of the list of those to hold.
    pub(super) hold_lines: usize,
    folder: PathBuf,
    name: String,
}

impl Chosen {
    /// Lines of the list of those to hold that hold nothing of what was chosen.
    pub(super) fn unmatched(&self) -> usize {
        self.hold_lines.saturating_sub(self.plan.matched.len())
    }

    /// Nothing is to be done.
    pub(super) fn is_nothing(&self) -> bool {
        self.plan.count() == 0 && self.plan.held.is_empty() && self.earlier.unsettled.is_empty()
    }

    /// Nothing that was chosen is left out for being wrong.
    pub(super) fn is_as_it_should_be(&self) -> bool {
        let plan = &self.plan;
        let complete = plan.foreign == 0 && plan.unnamed == 0;
        complete && plan.unproven.is_empty() && self.missing.is_empty()
    }

    /// The run that did not come to its end, where what is left of it is what was chosen: by the same choice, and as many.
    pub(super) fn rest_of(&self) -> Option<&Unfinished> {
        let unfinished = self.earlier.unfinished.as_ref();
        let unfinished = unfinished.filter(|unfinished| unfinished.source == self.source)?;
        let rest = unfinished.count.saturating_sub(unfinished.done);
        // Those whose answer was never seen may be gone already.
        let least = rest.saturating_sub(self.earlier.unsettled.len() as u64);
        (least..=rest)
            .contains(&self.plan.count())
            .then_some(unfinished)
    }

    /// What a run is part of that begins now. So many deletions turned out to be done already, and so many of them were planned.
    pub(super) fn whole(&self, settled: u64, planned: u64) -> Whole {
        let (count, before) = match self.rest_of() {
            Some(unfinished) => (unfinished.count, unfinished.done + settled),
            None => (self.plan.count(), planned),
        };
        Whole {
            source: self.source.clone(),
            asked: self.asked,
            count,
            before,
        }
    }

    /// Opens the receipts for writing.
    ///
    /// # Errors
    /// When that is not possible, or another run was at work since they were read.
    pub(super) fn open_receipts(&self, who: &Who) -> Result<Receipts, Failure> {
        let (receipts, earlier) = Receipts::open(&self.folder, &self.name, who.clone())
            .map_err(|error| unreadable(error, &self.folder.join(&self.name)))?;
        match earlier == self.earlier {
            true => Ok(receipts),
            false => Err(refused(anyhow!(
                "nothing was deleted: another run has deleted recordings meanwhile; look again"
            ))),
        }
    }
}

fn unreadable(error: io::Error, path: &Path) -> Failure {
    let path = path.display();
    match error.kind() {
        io::ErrorKind::WouldBlock => {
            anyhow!("nothing was deleted: another run is deleting by {path}: wait until it has ended")
        }
        _ => anyhow!(error).context(format!(
            "nothing was deleted: the receipts {path} cannot be used; --receipts FILE puts them elsewhere"
        )),
    }
    .into()
}

/// Finds out what is meant, exactly.
///
/// # Errors
/// Wrong flags; a listing that could not be brought to its end is refused.
pub(super) async fn choose(
    args: &Args,
    client: &Client,
    report: &mut Report,
) -> Result<Chosen, Failure> {
    let hold = hold(args.hold.as_deref())?;
    let archive = args.manifest.as_deref().map(archive).transpose()?;
    let (folder, name) = receipts(args.receipts.as_deref(), archive.as_deref())?;
    let account = client.credentials().id().as_str();
    let earlier = Receipts::look(&folder, &name, account)
        .map_err(|error| unreadable(error, &folder.join(&name)))?;
    let begun = earlier.unfinished.clone();
    let asking = Asking {
        args,
        client,
        hold,
        archive,
        folder,
        name,
        earlier,
    };
    // What a run began with `-7d` is still what it was, were it days ago.
    if args.depends_on_time()
        && let Some(unfinished) = begun
        && let Some(then) = unfinished.asked
    {
        let rest = asking.at(then, Some(&unfinished.source), report).await?;
        let rest = rest.filter(|chosen| chosen.rest_of().is_some() && !chosen.is_nothing());
        if let Some(chosen) = rest {
            return Ok(chosen);
        }
    }
    let chosen = asking.at(Utc::now(), None, report).await?;
    // Without a source to be compared there always is one.
    chosen.ok_or_else(|| anyhow!("nothing was chosen").into())
}

/// Everything that is known before a moment is.
struct Asking<'a> {
    args: &'a Args,
    client: &'a Client,
    hold: Hold,
    archive: Option<PathBuf>,
    folder: PathBuf,
    name: String,
    earlier: Earlier,
}

impl Asking<'_> {
    /// What is meant where ages and relative times count from `asked` on. `None`: it is not what `source` says.
    async fn at(
        &self,
        asked: DateTime<Utc>,
        source: Option<&str>,
        report: &mut Report,
    ) -> Result<Option<Chosen>, Failure> {
        let Self {
            args,
            client,
            hold,
            archive,
            ..
        } = self;
        let before = args.older_than.and_then(|age| {
            let age = TimeDelta::from_std(age).ok()?;
            asked.checked_sub_signed(age)
        });
        let mut chosen = Chosen {
            plan: Plan::default(),
            source: String::new(),
            asked,
            before,
            missing: Vec::new(),
            earlier: self.earlier.clone(),
            hold_lines: hold.lines(),
            folder: self.folder.clone(),
            name: self.name.clone(),
        };
        let differs = |chosen: &Chosen| source.is_some_and(|source| source != chosen.source);
        match archive {
            Some(archive) => {
                chosen.source = proven_in(args, archive);
                if differs(&chosen) {
                    return Ok(None);
                }
                let account = client.credentials().id().as_str();
                chosen.plan = of_manifest(args, archive, account, hold, &chosen).await?;
            }
            None if args.ids.is_empty() => {
                let selected = selected(args, &chosen)?;
                chosen.source = selected.words();
                if differs(&chosen) {
                    return Ok(None);
                }
                listed(selected, client, report, hold, &mut chosen).await?;
            }
            None => named(args, client, hold, &mut chosen).await?,
        }
        let done = chosen.earlier.done.clone();
        chosen.plan.without(&done);
        Ok(Some(chosen))
    }
}

fn hold(file: Option<&Path>) -> Result<Hold, Failure> {
    let Some(file) = file else {
        return Ok(Hold::default());
    };
    let name = file.display();
    let text = fs::read_to_string(file).with_context(|| format!("--hold {name}"))?;
    Ok(Hold::read(&text).with_context(|| format!("--hold {name}"))?)
}

/// The folder of the archive whose manifest was named.
fn archive(manifest: &Path) -> Result<PathBuf, Failure> {
    if manifest.is_dir() {
        return Ok(manifest.to_owned());
    }
    if manifest.file_name().is_none_or(|name| name != MANIFEST) {
        return Err(anyhow!(
            "--manifest {}: name the {MANIFEST} of an archive",
            manifest.display()
        )
        .into());
    }
    Ok(folder_of(manifest))
}

fn folder_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Where the receipts are: folder and name.
fn receipts(named: Option<&Path>, archive: Option<&Path>) -> Result<(PathBuf, String), Failure> {
    if let Some(file) = named {
        let name = file.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| anyhow!("--receipts {}: name a file", file.display()))?;
        return Ok((folder_of(file), name.to_owned()));
    }
    let name = RECEIPTS.to_owned();
    if let Some(archive) = archive {
        return Ok((archive.to_owned(), name));
    }
    let set = |name| std::env::var_os(name).map(PathBuf::from);
    let state = set("XDG_STATE_HOME")
        .filter(|path| path.is_absolute())
        .or_else(|| Some(set("HOME")?.join(".local/state")))
        .ok_or_else(|| anyhow!("HOME is not set: name the receipts by --receipts FILE"))?;
    Ok((state.join("callreel"), name))
}

/// What of an archive is chosen, in words.
fn proven_in(args: &Args, archive: &Path) -> String {
    let mut words = format!("proven in {}", archive.join(MANIFEST).display());
    if args.include_empty {
        words.push_str(" · those without sound too");
    }
    if let Some(age) = args.older_than {
        let hours = age.as_secs() / 3600;
        words.push_str(&match hours % 24 {
            0 => format!(" · older than {} d", hours / 24),
            _ => format!(" · older than {hours} h"),
        });
    }
    words
}

async fn of_manifest(
    args: &Args,
    archive: &Path,
    account: &str,
    hold: &Hold,
    chosen: &Chosen,
) -> Result<Plan, Failure> {
    let (archive, account, hold) = (archive.to_owned(), account.to_owned(), hold.clone());
    let (include_empty, before) = (args.include_empty, chosen.before);
    let (shown, done) = (archive.display().to_string(), chosen.earlier.done.clone());
    let planned = tokio::task::spawn_blocking(move || {
        let choice = Choice {
            include_empty,
            before,
            account: &account,
        };
        from_manifest(&archive, choice, &hold, &done)
    });
    let planned = planned.await.context("the reading broke down")?;
    Ok(planned.map_err(|error| match error.kind() {
        io::ErrorKind::WouldBlock => {
            anyhow!("a download is under way in {shown}: try again when it has ended")
        }
        _ => anyhow!(error).context(format!("the manifest of {shown} cannot be read")),
    })?)
}

/// What is to be listed.
fn selected(args: &Args, chosen: &Chosen) -> Result<Selected, Failure> {
    let everything = args.all || chosen.before.is_some();
    let mut selected = args.selection.at(everything, chosen.asked)?;
    if let (Extent::Added(range), Some(before)) = (selected.extent, chosen.before) {
        let range = TimeRange::new(range.from(), Bound::excluding(before));
        let nothing = || anyhow!("--older-than: nothing is older than that and newer than --from");
        selected.extent = Extent::Added(range.ok_or_else(nothing)?);
    }
    Ok(selected)
}

async fn listed(
    selected: Selected,
    client: &Client,
    report: &mut Report,
    hold: &Hold,
    chosen: &mut Chosen,
) -> Result<(), Failure> {
    let mut sweep = selected.sweep(client.clone(), Priority::Count, None);
    let mut ticks = Report::ticks();
    loop {
        tokio::select! {
            biased;
            _ = ticks.tick() => report.progress(Far {
                done: sweep.progress().rows,
                ..Far::default()
            }),
            row = sweep.next() => match row {
                None => return Ok(()),
                Some(Ok(row)) => {
                    if selected.local.admits(&row) {
                        chosen.plan.add(&row, hold);
                    }
                }
                Some(Err(stopped)) => {
                    let (begun, failure) = (stopped.rows > 0, told::stopped(stopped));
                    return Err(match begun {
                        true => refused(failure.error.context(
                            "nothing was deleted, since how many there are is not known exactly",
                        )),
                        false => failure,
                    });
                }
            },
        }
    }
}

async fn named(
    args: &Args,
    client: &Client,
    hold: &Hold,
    chosen: &mut Chosen,
) -> Result<(), Failure> {
    let ids = download::ids(&args.ids, io::stdin())?;
    chosen.source = in_words(&ids, "named");
    let asked = stream::iter(ids).map(|id| async move {
        let found = client.get(&id, Priority::Detail).await;
        (id, found)
    });
    let mut asked = std::pin::pin!(asked.buffered(AT_A_TIME));
    while let Some((id, found)) = asked.next().await {
        match found {
            Ok(recording) => chosen.plan.add(&recording, hold),
            Err(Error::NotFound { .. }) if chosen.earlier.done.contains(id.as_str()) => {
                chosen.plan.done += 1;
            }
            Err(Error::NotFound { .. }) => {
                let unsettled = &chosen.earlier.unsettled;
                if !unsettled.iter().any(|about| about.id == id.as_str()) {
                    chosen.missing.push(id);
                }
            }
            Err(error) => return Err(told::failure(error)),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(source: &str, count: usize, unfinished: Option<Unfinished>) -> Chosen {
        let row = |id| serde_json::json!({ "recording_id": format!("r-{id}") });
        let mut plan = Plan::default();
        for id in 0..count {
            plan.add(
                &crate::plivo::Recording::from_row(row(id)),
                &Hold::default(),
            );
        }
        Chosen {
            plan,
            source: source.to_owned(),
            asked: DateTime::UNIX_EPOCH,
            before: None,
            missing: Vec::new(),
            earlier: Earlier {
                unfinished,
                ..Earlier::default()
            },
            hold_lines: 0,
            folder: PathBuf::new(),
            name: String::new(),
        }
    }

    #[test]
    fn a_run_goes_on_only_with_what_it_had_chosen() {
        let unfinished = Unfinished {
            run: "r".to_owned(),
            source: "these".to_owned(),
            asked: None,
            count: 10,
            done: 4,
        };
        for (source, count, rest) in [
            ("these", 6, true),
            ("these", 5, false),
            ("those", 6, false),
            ("", 6, false),
        ] {
            let chosen = chosen(source, count, Some(unfinished.clone()));
            assert_eq!(chosen.rest_of().is_some(), rest, "{source} {count}");
        }
    }
}
