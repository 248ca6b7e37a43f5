//! The line that is typed before an export or a download: where to.

use super::{Again, Job, Kind, State, Work};
use crate::app::ids::JobId;
use crate::app::input::TextLine;
use crate::app::picks::{Chosen, counted};
use crate::app::text::named;
use crate::app::words::count;
use crate::app::{App, Effect, Now, Overlay};

/// Where downloads go while nobody has said otherwise; `~/` is the user's home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder(String);

impl Folder {
    /// Letters in it at most.
    pub const LONGEST: usize = 200;

    /// `None` where that is no folder's name: nothing, or what could not be shown as it is.
    pub fn new(text: &str) -> Option<Self> {
        named(text, Self::LONGEST).map(Self)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Folder {
    fn default() -> Self {
        Self("~/calls".to_owned())
    }
}

/// The forms of an export, by the ending of the file's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Csv,
    Tsv,
    Json,
    Ndjson,
}

impl Form {
    const ALL: [(&str, Self); 4] = [
        ("csv", Self::Csv),
        ("tsv", Self::Tsv),
        ("json", Self::Json),
        ("ndjson", Self::Ndjson),
    ];

    /// `None` where the name does not tell.
    pub fn of(name: &str) -> Option<Self> {
        let (stem, ending) = name.rsplit_once('.')?;
        let named = stem.rsplit('/').next().is_some_and(|stem| !stem.is_empty());
        let found = Self::ALL
            .into_iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(ending));
        found.filter(|_| named).map(|(_, form)| form)
    }
}

/// What the typed place is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Export,
    Download,
}

/// The open line.
#[derive(Debug, Clone, PartialEq)]
pub struct Into {
    pub purpose: Purpose,
    pub line: TextLine,
    /// What is exported or downloaded.
    pub chosen: Chosen,
    /// How many that is, as it is shown.
    pub count: String,
    /// The name of a file that is there: taken once more, it is replaced.
    pub exists: Option<String>,
}

impl Into {
    /// What keeps the line from being taken.
    pub fn mistake(&self) -> Option<&'static str> {
        let typed = self.line.text().trim();
        match self.purpose {
            Purpose::Export if Form::of(typed).is_none() => {
                Some("end the name in .csv, .tsv, .json or .ndjson")
            }
            Purpose::Download if typed.is_empty() => Some("name a folder"),
            _ => None,
        }
    }

    /// The typed file is there, and that was said.
    pub fn replaces(&self) -> bool {
        self.exists.as_deref() == Some(self.line.text().trim())
    }
}

impl App {
    /// Asks where what is marked, else all that the filter lists, is to be exported.
    pub(in crate::app) fn open_export(&mut self, now: Now) {
        if !self.may_begin(now) {
            return;
        }
        let Some((chosen, count)) = self.marked().or_else(|| self.all_listed()) else {
            return self.notices.info("there is nothing to export", now.mono);
        };
        let name = format!("recordings-{}.csv", now.wall.format("%Y-%m-%d"));
        self.open_into(Purpose::Export, &name, chosen, count);
    }

    /// Asks where what is marked, else the selected row, is to be downloaded.
    pub(in crate::app) fn open_download(&mut self, now: Now) {
        if !self.may_begin(now) {
            return;
        }
        let Some((chosen, count)) = self.marked().or_else(|| self.cursor_row()) else {
            return self.notices.info("there is nothing to download", now.mono);
        };
        let used = self.jobs.folder.clone();
        let folder = used.unwrap_or_else(|| self.jobs.usual.as_str().to_owned());
        self.open_into(Purpose::Download, &folder, chosen, count);
    }

    fn open_into(&mut self, purpose: Purpose, text: &str, chosen: Chosen, count: String) {
        self.overlay = Some(Overlay::Into(Box::new(Into {
            purpose,
            line: TextLine::with(text),
            chosen,
            count,
            exists: None,
        })));
    }

    /// Enter in that line. What cannot be stays to be mended.
    pub(in crate::app) fn take_into(&mut self, into: Box<Into>, now: Now) -> Vec<Effect> {
        if into.mistake().is_some() || !self.may_begin(now) {
            self.overlay = Some(Overlay::Into(into));
            return Vec::new();
        }
        let replace = into.replaces();
        let to = into.line.text().trim().to_owned();
        let Into {
            purpose,
            chosen,
            count,
            ..
        } = *into;
        let (kind, work, again) = match (purpose, Form::of(&to)) {
            (Purpose::Export, Some(form)) => {
                let again = Again {
                    chosen: chosen.clone(),
                    count,
                };
                let to = to.clone();
                let work = Work::Export {
                    chosen,
                    to,
                    form,
                    replace,
                };
                (Kind::Export, work, Some(again))
            }
            _ => {
                self.jobs.folder = Some(to.clone());
                let to = to.clone();
                (Kind::Download, Work::Download { chosen, to }, None)
            }
        };
        let job = self.new_job(kind, to, State::Running);
        if let Some(job) = &mut self.jobs.job {
            job.again = again;
            job.took_marks = self.picks.used();
        }
        vec![Effect::Begin { job, work }]
    }

    pub(super) fn new_job(&mut self, kind: Kind, to: String, state: State) -> JobId {
        let id = self.ids.job();
        self.jobs.leaving = false;
        self.jobs.job = Some(Job {
            id,
            kind,
            to,
            state,
            far: Default::default(),
            pace: Default::default(),
            again: None,
            took_marks: false,
        });
        id
    }

    /// One job at a time: where there is another one, that is said.
    pub(super) fn may_begin(&mut self, now: Now) -> bool {
        let Some(job) = self.jobs.running() else {
            return true;
        };
        let words = format!("{} is under way: {{stop-job}} stops it", job.kind.noun());
        self.notices.info(self.keymap.spell(&words), now.mono);
        false
    }

    /// What is marked, and how many that is.
    pub(super) fn marked(&self) -> Option<(Chosen, String)> {
        Some((self.picked()?, self.picks.count()))
    }

    /// The selected row.
    pub(super) fn cursor_row(&self) -> Option<(Chosen, String)> {
        let recording = self.rows().ready(self.table.cursor)?;
        let may = !recording.id.is_stand_in();
        may.then(|| (Chosen::rows([recording.clone()]), "1".to_owned()))
    }

    /// All that is listed: the queue, else what the filter lists.
    fn all_listed(&self) -> Option<(Chosen, String)> {
        if let Some(queue) = self.shown_queue() {
            let rows = Chosen::rows(queue.loaded().map(|(_, row)| row.clone()));
            let many = count(rows.len().unwrap_or(0) as u64);
            return Some((rows, many)).filter(|(rows, _)| !rows.is_empty());
        }
        let history = self.history.as_ref()?;
        let total = history.total();
        let plus = if total.exact { "" } else { "+" };
        let all = Chosen::All {
            plan: Box::new(history.plan().clone()),
            but: Default::default(),
            counted: counted(total),
        };
        let some = !(total.exact && total.known == 0);
        some.then(|| (all, format!("{}{plus}", count(total.known as u64))))
    }

    /// The pane of a job that has ended leaves the screen. False where there is none.
    pub(in crate::app) fn put_job_away(&mut self) -> bool {
        let ended = |job: &mut Job| matches!(job.state, State::Ended(_));
        self.jobs.job.take_if(ended).is_some()
    }

    /// The job that runs is to stop after what is under way; one that has ended leaves the screen.
    pub(in crate::app) fn stop_job(&mut self, now: Now) -> Vec<Effect> {
        let Some(job) = &mut self.jobs.job else {
            self.notices.info("no job is under way", now.mono);
            return Vec::new();
        };
        match job.state {
            State::Running => {
                job.state = State::Stopping;
                vec![Effect::StopJob(job.id)]
            }
            State::Stopping | State::Asking => Vec::new(),
            State::Ended(_) => {
                self.jobs.job = None;
                Vec::new()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_of_the_name_is_the_form() {
        for (name, form) in [
            ("a.csv", Some(Form::Csv)),
            ("~/x/a.b.TSV", Some(Form::Tsv)),
            ("a.json", Some(Form::Json)),
            ("a.ndjson", Some(Form::Ndjson)),
            ("a.txt", None),
            ("csv", None),
            (".csv", None),
            ("x/.csv", None),
            ("", None),
        ] {
            assert_eq!(Form::of(name), form, "{name}");
        }
    }
}
