//! Carries out what the loop cannot do itself: a task for each request, commands for the player.

mod news;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use crate::app::deliveries::Step;
use crate::app::jobs as job;
use crate::app::views::View;
use crate::app::{self, Api, Effect, Message, RequestId};
use crate::audio::event::Secret;
use crate::audio::{self, Command, PlayId};
use crate::config;
use crate::plivo::{
    self, Asynchronous, Call, Client, Get, MediaRefused, MediaRequest, PageRequest, RecordingId,
    Reply,
};
use crate::store::Told;

use super::account::Account;
use super::hearing::Hearing;
use super::jobs::{Jobs, Places};
use super::log::Log;
use super::marks::{self, Marks};
use super::profiles::{Desk, Opened, Profiles};
use super::program::Hands;

/// The account that is browsed, the requests under way, and the way to the player.
pub struct Effects<S> {
    account: Option<Account>,
    tell: mpsc::Sender<Message>,
    log: Log,
    /// One slot for each request; an answer that nobody wants any more dies with its task.
    tasks: HashMap<RequestId, AbortHandle>,
    /// Answers come by callback, where the account has a way for them.
    callbacks: bool,
    /// Tell the app what changes by itself: the account's limit, what arrives by callback.
    watches: Vec<AbortHandle>,
    marks: Marks,
    hearing: Hearing,
    /// The configuration file, where there is a place for one.
    config: Option<PathBuf>,
    /// The other accounts there are; `None`: there can be none.
    profiles: Option<Profiles>,
    opened: Desk,
    jobs: Jobs,
    /// Takes a command for the player.
    sound: S,
}

impl<S: FnMut(Command)> Effects<S> {
    /// Answers go to `tell`, commands for the player to `sound`.
    pub fn new(tell: mpsc::Sender<Message>, log: Log, sound: S) -> Self {
        Self {
            account: None,
            marks: Marks::new(None, tell.clone()),
            hearing: Hearing::new(tell.clone()),
            jobs: Jobs::new(tell.clone(), log.clone()),
            tell,
            log,
            tasks: HashMap::new(),
            callbacks: true,
            watches: Vec::new(),
            config: None,
            profiles: None,
            opened: Desk::default(),
            sound,
        }
    }

    /// Marks may be kept in this file; without one they are not.
    pub fn keep_in(&mut self, path: Option<PathBuf>) {
        self.marks = Marks::new(path, self.tell.clone());
    }

    /// Views may be saved in this configuration file; without one they are not.
    pub fn save_views_in(&mut self, config: Option<PathBuf>) {
        self.config = config;
    }

    /// Another account may be asked for.
    pub fn change_by(&mut self, profiles: Option<Profiles>) {
        self.profiles = profiles;
    }

    /// The account that a request opened; `None`: another one was asked for since.
    pub fn take_opened(&self, request: RequestId) -> Option<Opened> {
        self.opened.take(request)
    }

    fn read_profiles(&self, request: RequestId) {
        match self.profiles.clone() {
            Some(profiles) => profiles.read(request, self.tell.clone()),
            None => self.tell_later(Message::Profiles {
                request,
                profiles: Ok(Vec::new()),
            }),
        }
    }

    fn open_profile(&self, request: RequestId, name: String) {
        match self.profiles.clone() {
            Some(profiles) => {
                profiles.open(request, name, self.opened.clone(), self.tell.clone());
            }
            None => self.tell_later(Message::ProfileOpened {
                request,
                opened: Err(format!("there is no profile {name}")),
            }),
        }
    }

    fn tell_later(&self, message: Message) {
        let tell = self.tell.clone();
        tokio::spawn(async move {
            // Nobody listens when the loop has ended.
            let _ = tell.send(message).await;
        });
    }

    fn save_view(&self, view: Box<View>) {
        let (config, tell) = (self.config.clone(), self.tell.clone());
        // A disk may be slow, and the screen waits for none.
        tokio::task::spawn_blocking(move || {
            let saved = match config {
                Some(file) => config::append(&file, &view.section())
                    .map(|()| view)
                    .map_err(|error| error.to_string()),
                None => Err("nothing was written: there is no folder for a configuration".into()),
            };
            // Nobody listens when the loop has ended.
            let _ = tell.blocking_send(Message::ViewSaved(saved));
        });
    }

    /// Where jobs may put what they keep.
    pub fn jobs_in(&mut self, places: Places) {
        self.jobs.keep_in(places);
    }

    /// Browses another account from now on: what was asked of the one before is dropped, its sound ends.
    pub fn serve(&mut self, account: Account) {
        self.give_up();
        self.jobs.stop_all();
        (self.sound)(Command::Stop);
        self.hearing.serve(account.audit.clone());
        self.callbacks = true;
        self.watches
            .push(news::of_the_throttle(&account.client, self.tell.clone()));
        self.watches
            .push(news::of_the_clock(&account.client, self.tell.clone()));
        if let Some(way) = &account.by_callback {
            self.watches
                .push(news::of_the_receiver(&way.receiver, self.tell.clone()));
        }
        let key = (!account.is_demo()).then(|| marks::account_key(&account.client));
        self.marks.serve(key);
        self.account = Some(account);
    }

    /// The account is left, or the program ends: nothing is heard from now on. What its jobs and its log still have to do is in what this gives.
    pub fn leave(mut self) -> Leaving {
        self.silence();
        let (unheard, _) = mpsc::channel(1);
        Leaving {
            jobs: std::mem::replace(&mut self.jobs, Jobs::new(unheard.clone(), self.log.clone())),
            hearing: std::mem::replace(&mut self.hearing, Hearing::new(unheard)),
        }
    }

    fn silence(&mut self) {
        self.hearing.stop("quit");
        (self.sound)(Command::Stop);
    }

    /// The account, if there is one; without credentials there is none, and nothing is asked for.
    fn client(&self) -> Option<&Client> {
        self.account.as_ref().map(|account| &account.client)
    }

    /// The way of one request; without an account there is none.
    fn asking(&self, request: RequestId) -> Option<Asking> {
        let account = self.account.as_ref()?;
        let later = account.by_callback.as_ref().filter(|_| self.callbacks);
        Some(Asking {
            request,
            client: account.client.clone(),
            later: later.map(|way| way.asynchronous.clone()),
            tell: self.tell.clone(),
        })
    }

    fn fetch_page(&mut self, request: RequestId, page: PageRequest, priority: app::Priority) {
        let Some(asking) = self.asking(request) else {
            return;
        };
        self.run(request, async move {
            let result = asking.ask(page, priority_of(priority)).await;
            Api::Page { request, result }
        });
    }

    fn fetch_recording(&mut self, request: RequestId, recording: RecordingId) {
        let Some(asking) = self.asking(request) else {
            return;
        };
        self.run(request, async move {
            let result = asking.ask(Get(recording), plivo::Priority::Detail).await;
            Api::Recording {
                request,
                result: result.map(Arc::new),
            }
        });
    }

    fn run(&mut self, request: RequestId, work: impl Future<Output = Api> + Send + 'static) {
        let tell = self.tell.clone();
        let task = tokio::spawn(async move {
            let answer = work.await;
            // Nobody listens when the loop has ended.
            let _ = tell.send(Message::Api(answer)).await;
        });
        self.tasks.insert(request, task.abort_handle());
    }

    fn play(&mut self, command: impl FnOnce(audio::Request) -> Command, play: PlayId, url: &str) {
        let Some(client) = self.client() else { return };
        match client.media(url) {
            Ok(media) => (self.sound)(command(request_of(media))),
            Err(refused) => self.refuse(play, &refused),
        }
    }

    /// What is refused is told when it is played.
    fn fetch_ahead(&mut self, url: &str) {
        let media = self.client().and_then(|client| client.media(url).ok());
        if let Some(media) = media {
            (self.sound)(Command::FetchAhead(request_of(media)));
        }
    }

    fn refuse(&mut self, play: PlayId, refused: &MediaRefused) {
        (self.sound)(Command::Stop);
        let failed = audio::Event::Failed(audio::Error::Refused(refused.to_string()));
        let tell = self.tell.clone();
        tokio::spawn(async move {
            let _ = tell.send(Message::Player(play, failed)).await;
        });
    }
}

/// An account that is browsed no more, but has something under way.
pub struct Leaving {
    jobs: Jobs,
    hearing: Hearing,
}

impl Leaving {
    /// Jobs finish what they have under way, as far as there is time, and the last lines of the audit log are written, which another
    /// program may hold for seconds. Gives, in words, what is not in it.
    pub async fn end(mut self) -> Option<String> {
        self.jobs.end().await;
        let ended = tokio::task::spawn_blocking(move || self.hearing.end()).await;
        // What panicked has been told already.
        ended.unwrap_or_default()
    }
}

impl<S: FnMut(Command)> Hands for Effects<S> {
    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::FetchPage {
                request,
                page,
                priority,
            } => self.fetch_page(request, page, priority),
            Effect::FetchRecording { request, recording } => {
                self.fetch_recording(request, recording);
            }
            Effect::Cancel(request) => {
                drop(self.opened.take(request));
                if let Some(task) = self.tasks.remove(&request) {
                    task.abort();
                }
            }
            Effect::Play {
                play,
                recording,
                added,
                url,
                at,
                expected,
            } => {
                self.hearing.begin(play, recording, added);
                self.play(
                    |request| Command::Play {
                        play,
                        request,
                        at,
                        expected,
                    },
                    play,
                    &url,
                );
            }
            Effect::Callbacks(on) => self.callbacks = on,
            Effect::Pause => (self.sound)(Command::Pause),
            Effect::Resume { at } => (self.sound)(Command::Resume { at }),
            Effect::Seek(to) => (self.sound)(Command::Seek(to)),
            Effect::FetchAhead(url) => self.fetch_ahead(&url),
            Effect::Loop(part) => (self.sound)(Command::Loop(part)),
            Effect::Stop => {
                self.hearing.stop("stopped");
                (self.sound)(Command::Stop);
            }
            Effect::Volume(volume) => {
                self.hearing.volume(volume);
                (self.sound)(Command::Volume(volume));
            }
            Effect::Mute(mute) => {
                self.hearing.mute(mute);
                (self.sound)(Command::Mute(mute));
            }
            Effect::Speech(speech) => (self.sound)(Command::Speech(speech)),
            Effect::Thresholds(thresholds) => (self.sound)(Command::Thresholds(thresholds)),
            Effect::OpenMarks { create } => self.marks.open(create),
            Effect::Keep(changes) => self.marks.keep(changes),
            Effect::SaveView(view) => self.save_view(view),
            Effect::ReadProfiles(request) => self.read_profiles(request),
            Effect::OpenProfile { request, name } => self.open_profile(request, name),
            Effect::Begin { job, work } => {
                if let Some(account) = &self.account {
                    self.jobs.begin(job, work, account);
                }
            }
            Effect::Confirm(job) => self.jobs.confirm(job),
            Effect::StopJob(job) => self.jobs.stop(job),
            // The loop's own.
            Effect::Timer { .. }
            | Effect::CancelTimer(_)
            | Effect::Copy(_)
            | Effect::ReadLog
            | Effect::Suspend
            | Effect::OpenDemo
            | Effect::ChangeAccount(_)
            | Effect::Quit => {}
        }
    }

    fn told(&mut self, message: &Message) {
        if let Message::Player(play, event) = message {
            self.hearing.told(*play, event);
        }
        self.jobs.told(message);
        match message {
            Message::Api(Api::Page { request, result }) => {
                self.tasks.remove(request);
                self.note("page", result.as_ref().err());
            }
            Message::Api(Api::Recording { request, result }) => {
                self.tasks.remove(request);
                self.note("recording", result.as_ref().err());
            }
            Message::Marks(Told::Failed(words) | Told::Unread(words) | Told::Unkept(words)) => {
                self.log.line(&format!("marks: {words}"));
            }
            Message::Unlogged(Some(words)) => self.log.line(&format!("not logged: {words}")),
            Message::Profiles {
                profiles: Err(words),
                ..
            }
            | Message::ProfileOpened {
                opened: Err(words), ..
            } => self.log.line(&format!("profiles: {words}")),
            Message::ViewSaved(Err(words)) => self.log.line(&format!("view: {words}")),
            Message::Job(
                _,
                job::Told::Ended(job::End {
                    how: job::How::Failed(why),
                    ..
                }),
            ) => self.log.line(&format!("job: {why}")),
            Message::Player(play, audio::Event::Failed(error)) => {
                self.log.line(&format!("play {}: {error}", play.0));
            }
            Message::Player(play, audio::Event::Retrying { detail, attempt }) => {
                self.log
                    .line(&format!("play {}: attempt {attempt}: {detail}", play.0));
            }
            Message::Player(_, audio::Event::Device(Some(reason))) => {
                self.log.line(&format!("sound device: {reason}"));
            }
            _ => {}
        }
    }
}

impl<S> Effects<S> {
    /// Nothing that was asked for is waited for any more.
    fn give_up(&mut self) {
        for (_, task) in self.tasks.drain() {
            task.abort();
        }
        for watch in self.watches.drain(..) {
            watch.abort();
        }
    }

    fn note(&self, what: &str, error: Option<&plivo::Error>) {
        if let Some(error) = error {
            self.log.line(&format!("{what}: {error}"));
        }
    }
}

/// Requests of an account end with who asked for them.
impl<S> Drop for Effects<S> {
    fn drop(&mut self) {
        self.give_up();
    }
}

/// One request on its way, at once or by callback.
struct Asking {
    request: RequestId,
    client: Client,
    later: Option<Asynchronous>,
    tell: mpsc::Sender<Message>,
}

impl Asking {
    async fn ask<C: Call + Clone>(
        &self,
        call: C,
        priority: plivo::Priority,
    ) -> Result<C::Answer, plivo::Error> {
        let Some(later) = &self.later else {
            return self.client.send(&call, priority).await;
        };
        let accepted = match later.begin(&call, priority).await? {
            Reply::Immediate(answer) => return Ok(answer),
            Reply::Accepted(accepted) => accepted,
        };
        let api_id = accepted.api_id.clone();
        self.step(Step::Accepted { api_id }).await;
        let delivery = later.delivery(&accepted).await?;
        let signature = delivery.signature;
        self.step(Step::Delivered { signature }).await;
        call.read_delivered(delivery.answer)
    }

    async fn step(&self, step: Step) {
        let request = self.request;
        // Nobody listens when the loop has ended.
        let _ = self
            .tell
            .send(Message::Api(Api::Callback { request, step }))
            .await;
    }
}

fn priority_of(priority: app::Priority) -> plivo::Priority {
    match priority {
        app::Priority::Visible => plivo::Priority::Visible,
        app::Priority::Detail => plivo::Priority::Detail,
        app::Priority::Count => plivo::Priority::Count,
        app::Priority::Prefetch => plivo::Priority::Prefetch,
    }
}

/// The way to a recording's sound, as the fetching side takes it.
pub fn request_of(media: MediaRequest) -> audio::Request {
    audio::Request {
        url: media.url,
        authorization: media.authorization.map(Secret),
        own_origin: media.own_origin,
    }
}

#[cfg(test)]
mod tests;
